import Formats
import HTTP
import Quantities
import Telemetry

extension LiveGridSource {
  /// Says what has changed.
  mutating func say(_ said: Timestamp, _ observations: inout [Observation]) {
    for interval in known.news() {
      observations.append(.grid(interval.statement(device, said: said)))
    }
    lastSaid = max(lastSaid ?? said, said)
    // The same hour of the last seven days stands where nothing newer is known.
    known.forget(until: said - 8 * 86_400)
  }

  /// The zone and its service as a device.
  mutating func announce() -> [Observation] {
    let facts = provider.facts(settings.zone, settings.wishes)
    var attributes = facts.attributes
    if settings.place != GridPlace(provider.base, isFile: false) {
      attributes["own"] = settings.wishes.label ?? ""
    }
    announcedRemark = remarks[.forecast] ?? ""
    if !announcedRemark.isEmpty { attributes["forecast_remark"] = announcedRemark }
    switch settings.place {
    case .server(let url):
      attributes["host"] = url.host
      if !hasAskedEver { attributes["unasked"] = "" }
    case .file(let path):
      attributes["file"] = path.split(separator: "/").last.map(String.init) ?? path
    }
    return [
      .device(
        Device(
          id: device, label: GridSource.name(of: settings.zone) ?? settings.zone,
          model: facts.words,
          attributes: attributes))
    ]
  }

  /// What was kept when the program ran last, said before anything is asked.
  mutating func remember(_ now: Timestamp) -> [Observation] {
    guard let content = cache?.read(now: now) else { return [] }
    var observations: [Observation] = []
    keptSaid = content.said
    known.take(content.intervals)
    say(content.said ?? now, &observations)
    for request in provider.requests(newAsk(now)) {
      guard let page = content.pages[request.purpose] else { continue }
      if !page.remark.isEmpty { remarks[request.purpose] = page.remark }
      guard var next = page.next else { continue }
      var longest = request.cadence + 3600
      if let failure = page.failure {
        // Another key may be a good one.
        if failure.health == .denied, page.keyMark != settings.keyMark { continue }
        if settings.asksAtOnce {
          guard let until = page.notBefore else { continue }
          next = until
        }
        longest = max(longest, GridPollPlan.mostRetryAfter)
        guard next > now, next - now <= longest else { continue }
        failing[request.purpose] = SourceFailure(
          failure.health, failure.message,
          remedy: "it is asked again at \(GridStamp.minutes(next))")
      }
      guard next - now <= longest else { continue }
      plans[request.purpose] = GridPollPlan(
        cadence: request.cadence, seed: seed ^ FNV1a.hash(request.purpose.rawValue), next: next,
        notBefore: page.notBefore)
    }
    return observations
  }

  /// How it stands, where that is not what was said last.
  mutating func state(_ now: Timestamp) -> SourceState? {
    let failure = GridRequest.Purpose.allCases.compactMap { failing[$0] }.first
    let newest = known.newestMeasured
    var words = "\(provider.title), \(settings.zone)"
    if let newest {
      words += ": known until \(GridStamp.minutes(newest))"
    } else {
      words += known.isEmpty ? ": nothing is known yet" : ": only a forecast is known"
    }
    for purpose in GridRequest.Purpose.allCases {
      if let remark = remarks[purpose], !remark.isEmpty { words += "; \(remark)" }
    }
    if failure != nil {
      var messages: [String] = []
      for purpose in GridRequest.Purpose.allCases {
        guard let message = failing[purpose]?.message, !messages.contains(message) else { continue }
        messages.append(message)
      }
      words =
        messages.joined(separator: "; ") + (newest == nil ? "" : "; " + words)
    }
    guard words != message else { return nil }
    message = words
    return SourceState(
      source: name, kind: kind, time: now,
      health: failure?.health ?? (known.isEmpty ? .waiting : .ok), message: words,
      remedy: failure?.remedy ?? "")
  }

  /// What came of the last questions, and how old what was kept is.
  func account(_ now: Timestamp) -> GridAnswers {
    var account = GridAnswers()
    account.outcomes = GridRequest.Purpose.allCases.compactMap { purpose in
      outcomes[purpose].map { "\(purpose.rawValue): \($0)" }
    }
    account.waits = GridRequest.Purpose.allCases.compactMap { purpose in
      guard outcomes[purpose] == nil, let next = plans[purpose]?.next, next > now else {
        return nil
      }
      let reason = failing[purpose].map { " (said last: \($0.message))" } ?? ""
      return "\(purpose.rawValue) at \(GridStamp.minutes(next))\(reason)"
    }
    account.forecastRemark = remarks[.forecast] ?? ""
    account.isKept = isKept
    if !hasKey { account.outcomes = [missingKey.message + ": \(provider.keyVariable ?? "")"] }
    account.hasAnswered = outcomes.keys.contains { failing[$0] == nil }
    account.cachePath = settings.cachePath
    account.cacheAge = keptSaid.map { max(0, now - $0) }
    return account
  }
}
