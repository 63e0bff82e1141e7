import Formats
import HTTP
import Quantities
import Telemetry

extension LiveGridSource {
  func newAsk(_ now: Timestamp) -> GridAsk {
    GridAsk(zone: settings.zone, now: now, back: back(now), wishes: settings.wishes)
  }

  /// Asks for the pages that are due.
  /// - Returns: whether any was.
  mutating func ask(_ clock: any SessionClock) -> Bool {
    // Once for all pages: a key that is refused is read again, and a token renewed, no oftener than the
    // pages back off.
    var mayRenew = true
    loginFailure = nil
    var hasAsked = false
    var silence: SourceFailure?
    let requests = provider.requests(newAsk(clock.now))
    for request in requests {
      var plan = plans[request.purpose] ?? newPlan(request)
      guard plan.isDue(clock.now) else { continue }
      hasAsked = true
      if let silence {
        // All pages are of one host, which would let each of them wait as long.
        plan.ended(.silent, asked: clock.now)
        failing[request.purpose] = silence
        outcomes[request.purpose] = "not asked, for the page before it got no answer"
        plans[request.purpose] = plan
        continue
      }
      do throws(GridFetchFailure) {
        if let remark = try poll(request.purpose, &plan, clock, &mayRenew) {
          remarks[request.purpose] = remark
        }
        failing[request.purpose] = nil
      } catch {
        let failure = error.failure
        let words = SourceFailure(
          failure.health, hiding(failure.message), remedy: hiding(failure.remedy),
          isFinal: failure.isFinal)
        failing[request.purpose] = words
        outcomes[request.purpose] = words.message
        if error.isSilent { silence = words }
      }
      plans[request.purpose] = plan
    }
    return hasAsked
  }

  private mutating func poll(
    _ purpose: GridRequest.Purpose, _ plan: inout GridPollPlan, _ clock: any SessionClock,
    _ mayRenew: inout Bool
  ) throws(GridFetchFailure) -> String? {
    let now = clock.now
    var asked: (request: GridRequest, ask: GridAsk, reply: GridReply)
    do throws(GridFetchFailure) {
      asked = try fetch(purpose, plan, now)
      if [401, 403].contains(asked.reply.status), mayRenew {
        mayRenew = false
        if try renew(asked.reply.status) { asked = try fetch(purpose, plan, now) }
      }
    } catch {
      let isDenied = error.failure.health == .denied
      plan.ended(
        error.isSilent ? .silent : isDenied ? .denied : .failed(retryAfter: nil), asked: now)
      throw error
    }
    let reply = asked.reply
    // An answer may be stamped after the question.
    let heard = clock.now
    asked.ask.now = heard
    switch reply.status {
    case 304:
      plan.ended(.unchanged, asked: now)
      outcomes[purpose] = "nothing new"
      return nil
    case 200: break
    case 401, 403:
      plan.ended(.denied, asked: now)
      throw failure(reply.status)
    default:
      let wait = reply.retryAfter ?? (reply.status == 429 ? plan.cadence : nil)
      plan.ended(.failed(retryAfter: wait), asked: now)
      throw failure(reply.status)
    }
    do throws(GridRefusal) {
      let answer = GridPlausibility.gate(
        try provider.decode(reply.body, asked.request, asked.ask), now: heard)
      guard !answer.intervals.isEmpty || purpose == .index else { throw answer.leftOut ?? .empty }
      plan.ended(.answered(etag: reply.etag, lastModified: reply.lastModified), asked: now)
      known.take(answer.intervals)
      let count = answer.intervals.count
      outcomes[purpose] =
        count == 0 ? "answered" : "answered, \(count) interval\(count == 1 ? "" : "s")"
      return answer.remark
    } catch {
      plan.ended(.empty, asked: now)
      throw GridFetchFailure(
        SourceFailure(
          .failed, "\(provider.title), asked for \(settings.zone): \(error.words)",
          remedy: "it is asked again; what was known before still counts"))
    }
  }

  /// Fetches a page with the key or the token as it is now.
  private mutating func fetch(
    _ purpose: GridRequest.Purpose, _ plan: GridPollPlan, _ now: Timestamp
  ) throws(GridFetchFailure) -> (request: GridRequest, ask: GridAsk, reply: GridReply) {
    var ask = newAsk(now)
    ask.key = try credential(ask)
    guard let request = provider.requests(ask).first(where: { $0.purpose == purpose }) else {
      throw GridFetchFailure(SourceFailure(.failed, "\(provider.title) has no such page"))
    }
    let reply = try fetcher.get(
      request, etag: plan.etag, lastModified: plan.lastModified, now: now)
    return (request, ask, reply)
  }

  /// What a page is asked for with: the key, or the token that it gives.
  private mutating func credential(_ ask: GridAsk) throws(GridFetchFailure) -> String? {
    var ask = ask
    ask.key = settings.key?.revealed
    guard let login = provider.login(ask) else { return ask.key }
    if let token, ask.now < token.end { return token.text.revealed }
    if let loginFailure { throw loginFailure }
    token = nil
    do throws(GridFetchFailure) {
      return try logIn(login, ask)
    } catch {
      loginFailure = error
      throw error
    }
  }

  private mutating func logIn(
    _ login: GridRequest, _ first: GridAsk
  ) throws(GridFetchFailure) -> String {
    var ask = first
    var reply = try fetcher.get(login, etag: nil, lastModified: nil, now: ask.now)
    if [401, 403].contains(reply.status), try readKeyAgain() {
      ask.key = settings.key?.revealed
      if let again = provider.login(ask) {
        reply = try fetcher.get(again, etag: nil, lastModified: nil, now: ask.now)
      }
    }
    guard reply.status == 200 else { throw failure(reply.status) }
    do throws(GridRefusal) {
      let token = try GridToken(reply.body, now: ask.now)
      self.token = token
      return token.text.revealed
    } catch {
      throw GridFetchFailure(
        SourceFailure(
          .failed, "\(provider.title): \(error.words)", remedy: "it is asked again later"))
    }
  }

  /// Renews what was refused; whether there is something new to ask with.
  private mutating func renew(_ status: Int) throws(GridFetchFailure) -> Bool {
    let hasNewKey = try readKeyAgain()
    guard token != nil else { return hasNewKey }
    // A token may end before its time; one that may not see a page stays as it is.
    if hasNewKey || status == 401 { token = nil }
    return token == nil
  }

  /// Reads the key again; whether it is another one than before.
  private mutating func readKeyAgain() throws(GridFetchFailure) -> Bool {
    do throws(SourceRequestError) {
      guard let key = try settings.readKey(), key != settings.key else { return false }
      settings.key = key
      return true
    } catch {
      throw GridFetchFailure(
        SourceFailure(
          .denied, "\(provider.title) refuses the key, and no other can be read: \(error)",
          remedy: "it is read again later"))
    }
  }

  /// A text without the key and the token, should a service repeat them.
  private func hiding(_ text: String) -> String {
    let key = settings.key?.revealed ?? ""
    var secrets = [key, token?.text.revealed ?? ""]
    if provider.flaw(ofKey: "") != nil {
      secrets += key.split(separator: ":", maxSplits: 1).dropFirst().map(String.init)
    }
    return secrets.filter { $0.utf8.count >= 4 }.reduce(text) { $0.hiding($1) }
  }

  private func failure(_ status: Int) -> GridFetchFailure {
    GridFetchFailure(reason(status))
  }

  private func reason(_ status: Int) -> SourceFailure {
    let title = "\(provider.title), asked for \(settings.zone),"
    switch status {
    case 401, 403:
      let remedy =
        settings.key == nil
        ? nil : "check the key and that it may ask for it; it is read again, then asked again"
      return SourceFailure(
        .denied, "\(title) refuses (\(status))", remedy: remedy ?? "it is asked again later")
    case 429:
      return SourceFailure(
        .failed, "\(title) was asked too often (429)", remedy: "it is left alone for a while")
    case 500...:
      return SourceFailure(
        .failed, "\(title) is out of order (\(status))", remedy: "it is asked again later")
    default:
      return SourceFailure(
        .failed, "\(title) answers with status \(status)", remedy: "check zone and base")
    }
  }
}

extension String {
  /// The same with a mask wherever another text stands in it.
  fileprivate func hiding(_ secret: String) -> String {
    let (all, part) = (Array(utf8), Array(secret.utf8))
    var result: [UInt8] = []
    var place = 0
    while place < all.count {
      if all[place...].starts(with: part) {
        result += Array(Secrets.mask.utf8)
        place += part.count
      } else {
        result.append(all[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
