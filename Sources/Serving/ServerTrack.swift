import Telemetry

/// The pages of one URL, of which those that belong to one process are picked out.
///
/// Behind a URL may stand several servers that answer in turn, and a cache or a torn answer may show
/// an old page once. So a page on which something has fallen, or that speaks of another process, or
/// on which counts leap without a word on the process, is held back until the next ones say what it
/// was: the beginning of a restarted server, a stray, or another server.
struct ServerTrack: Sendable {
  /// What to make of a page.
  enum Verdict: Sendable {
    /// These pages, the last of them the one at hand, follow the one before.
    case follow([ServerPage])
    /// These pages follow something of which it is not known how far it has come.
    case anew([ServerPage])
    /// Not known yet.
    case wait
    /// Several servers answer in turn.
    case shared
    /// A server answers that ran already beside the one followed so far.
    case other
  }

  /// Pages in a row that a restart takes where the start time of the process tells of it.
  static let pagesOfRestart = 2
  /// Pages in a row that anything else takes, and that are waited for after a stray.
  static let pagesOfTrust = 3
  /// Strays that make another server.
  static let straysOfServer = 2
  /// Seconds after which a stray is forgotten.
  static let straySeconds = 30.0
  /// Seconds of one server alone after which the others count as gone.
  static let calm = 60.0
  /// How many pages are held back at most.
  static let heldLimit = 128
  /// How many former pages are remembered, to know an old copy again.
  static let memory = 64
  /// How many other servers are told apart.
  static let rivalLimit = 16

  private struct Rival {
    var page: ServerPage
    var seen = 1
  }

  /// The newest page of the server followed.
  private var last: ServerPage?
  /// Its pages that are not told of yet, since a stray came among them.
  private var backlog: [ServerPage] = []
  /// Its pages since the last stray.
  private var sinceStray = ServerTrack.pagesOfTrust
  /// Pages of which it is not known what they are.
  private var held: [ServerPage] = []
  private var rivals: [Rival] = []
  /// The fastest that each counter was seen to grow, a second.
  private var paces: [String: Double] = [:]
  private var former: [Int] = []
  /// The last pages of servers that were followed before this one.
  private var left: [ServerPage] = []
  /// Where several servers answer, since when the one at hand does alone.
  private var alone: Timestamp?

  /// Takes in the next page of the URL.
  mutating func take(_ page: ServerPage) -> Verdict {
    guard let last else { return accept([page], from: nil) }
    if let alone { return wait(page, since: alone) }
    rivals.removeAll { page.time - $0.page.time > Self.straySeconds }
    if let newest = held.last {
      if page.continues(newest), newest.continues(last) || !page.continues(last) {
        // What leaps away from the pages held back is not one of them.
        guard isBurst(page, newest) else { return hold(page) }
        held.append(page)
        return settle(last)
      }
      for stray in held { note(stray, beside: last) }
      held = []
      sinceStray = 0
      if rivals.contains(where: { $0.seen >= Self.straysOfServer }) { return share(page) }
    }
    if page.continues(last) {
      // A start time may be rounded so far that several servers share it.
      let isSure = page.hasSameStart(as: last) ? isBurst(page, last) : !isLeap(page, last)
      return isSure ? accept([page], from: last) : hold(page)
    }
    // A server that was left for another is back: both are there.
    if left.contains(where: { !$0.counts.isEmpty && page.continues($0) }) { return share(page) }
    // A copy of a page from before says nothing of now.
    return former.contains(Self.print(page)) ? .wait : hold(page)
  }

  // MARK: Held back

  private mutating func hold(_ page: ServerPage) -> Verdict {
    held = [page]
    return .wait
  }

  /// Decides on the pages held back, once there are enough of them.
  private mutating func settle(_ last: ServerPage) -> Verdict {
    let first = held[0]
    let isRestart = first.hasOtherStart(than: last)
    if isRestart, ranBeside(first, last) {
      guard let newest = held.last,
        newest.time - first.time >= Self.calm || held.count >= Self.heldLimit
      else { return held.count > Self.pagesOfTrust ? .other : .wait }
      return begin(held)
    }
    guard held.count >= (isRestart ? Self.pagesOfRestart : Self.pagesOfTrust) else { return .wait }
    if first.continues(last) {
      return isBurst(first, last) ? accept(held, from: last) : begin(held)
    }
    let isTold = first.table.name == last.table.name && couldCount(first, since: last, isRestart)
    return isTold ? accept(held, from: last) : begin(held)
  }

  /// Whether a process ran already when another one answered, so that it is none that came after.
  private func ranBeside(_ page: ServerPage, _ last: ServerPage) -> Bool {
    guard let started = page.started, let before = last.started else { return false }
    if started < before { return true }
    // Times that the clock bears out; a few seconds are the clocks' own.
    let now = last.time.seconds
    return before > now - 1e9 && before < now && started < now - 5
  }

  /// Whether what has fallen could have been counted anew since the last page, by the known pace.
  private func couldCount(
    _ page: ServerPage, since last: ServerPage, _ isRestart: Bool
  ) -> Bool {
    if isRestart, paces.isEmpty { return true }
    let keys = isRestart ? Array(page.counts.keys) : page.fallen(since: last)
    guard isRestart || !keys.isEmpty else { return false }
    let elapsed = max(1, page.time - last.time)
    // What hardly ever moves has no pace to go by, as long as something else has.
    var isKnown = false
    var isFree = true
    for key in keys {
      guard let value = page.counts[key], value > 0 else { continue }
      let pace = max(paces[key] ?? 0, pace(key))
      if pace == 0 {
        isFree = false
      } else if value <= (isRestart ? 10 : 3) * pace * elapsed {
        isKnown = true
      } else {
        return false
      }
    }
    return isKnown || isFree
  }

  /// How fast a counter grows over the pages held back, a second.
  private func pace(_ key: String) -> Double {
    guard let first = held.first, let newest = held.last, newest.time > first.time,
      let from = first.counts[key], let to = newest.counts[key]
    else { return 0 }
    return max(0, to - from) / (newest.time - first.time)
  }

  /// Whether one server can have counted what its counters leapt by.
  private func isBurst(_ page: ServerPage, _ last: ServerPage) -> Bool {
    let elapsed = max(1, page.time - last.time)
    return page.counts.allSatisfy { key, value in
      let growth = value - (last.counts[key] ?? 0)
      return growth <= max(page.burst(key), 3 * max(paces[key] ?? 0, pace(key)) * elapsed)
    }
  }

  /// Whether counts grow much faster than they were ever seen to.
  private func isLeap(_ page: ServerPage, _ last: ServerPage) -> Bool {
    let elapsed = max(1, page.time - last.time)
    return page.counts.contains { key, value in
      value - (last.counts[key] ?? 0) > 2 * (paces[key] ?? 0) * elapsed
    }
  }

  // MARK: Accepted

  private mutating func accept(_ pages: [ServerPage], from: ServerPage?) -> Verdict {
    var before = from
    for page in pages {
      if let before, page.continues(before) {
        let elapsed = max(1, page.time - before.time)
        for (key, value) in page.counts {
          paces[key] = max(paces[key] ?? 0, (value - (before.counts[key] ?? 0)) / elapsed)
        }
      }
      former.append(Self.print(page))
      before =
        before.map { page.continues($0) ? page.completed(by: $0) : page } ?? page
    }
    if former.count > Self.memory { former.removeFirst(former.count - Self.memory) }
    if paces.count > ServerCounters.seriesLimit { paces = [:] }
    last = before
    held = []
    backlog += pages
    sinceStray += pages.count
    guard sinceStray >= Self.pagesOfTrust else { return .wait }
    sinceStray = Self.pagesOfTrust
    defer { backlog = [] }
    return .follow(backlog)
  }

  /// Follows pages that do not go on from those before.
  private mutating func begin(_ pages: [ServerPage]) -> Verdict {
    let before = Array((left + [last].compactMap(\.self)).suffix(Self.rivalLimit))
    self = ServerTrack()
    left = before
    _ = accept(pages, from: nil)
    return .anew(pages)
  }

  private static func print(_ page: ServerPage) -> Int {
    var hasher = Hasher()
    hasher.combine(page.started)
    hasher.combine(page.counts)
    return hasher.finalize()
  }

  // MARK: Several servers

  /// Remembers a page that was not of the server followed; a torn one of its own is none.
  private mutating func note(_ page: ServerPage, beside last: ServerPage) {
    // Another server may lack what it never had to count.
    let missing = last.counts.keys.count { page.counts[$0] == nil }
    let isWhole = missing * 4 <= last.counts.count
    let isOther = page.hasOtherStart(than: last) || page.table.name != last.table.name
    let isDisjoint = !last.counts.keys.contains { page.counts[$0] != nil }
    guard !page.counts.isEmpty, isOther || isWhole || isDisjoint else { return }
    if let index = rivals.firstIndex(where: { page.continues($0.page) }) {
      rivals[index] = Rival(page: page, seen: rivals[index].seen + 1)
    } else if rivals.count < Self.rivalLimit {
      rivals.append(Rival(page: page))
    }
  }

  private mutating func share(_ page: ServerPage) -> Verdict {
    self = ServerTrack()
    alone = page.time
    last = page
    return .shared
  }

  /// Waits until one server has answered alone for long enough.
  private mutating func wait(_ page: ServerPage, since: Timestamp) -> Verdict {
    guard let last, page.continues(last) else { return share(page) }
    self.last = page
    return page.time - since >= Self.calm ? begin([page]) : .shared
  }
}
