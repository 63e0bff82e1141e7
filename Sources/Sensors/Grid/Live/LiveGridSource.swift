import Formats
import HTTP
import Quantities
import Telemetry

/// What a service says of a zone's electricity, interval by interval, as it is measured, revised and
/// forecast.
///
/// It wakes when a page is due and not before, says only what is new or has changed, and keeps what it
/// heard for the next start (`GridCache`).
struct LiveGridSource: DataSource {
  let name = "grid-live"
  let kind = "live-grid"
  private(set) var interval: Double?

  var settings: LiveGridSettings
  var fetcher: any GridFetcher
  var plans: [GridRequest.Purpose: GridPollPlan] = [:]
  private var known: [Key: GridInterval] = [:]
  /// What has not been said yet.
  private var changed: Set<Key> = []
  private var hasAnnounced = false
  private var hasKey: Bool
  private var message = ""
  /// What is wrong with each page, until it is answered again.
  var failing: [GridRequest.Purpose: SourceFailure] = [:]
  /// What is to be said of each page for people.
  var remarks: [GridRequest.Purpose: String] = [:]
  private let seed: UInt64
  private var cache: GridCache?
  /// Until when everything measured is known; `nil` before the first answer.
  private var measuredUntil: Timestamp?
  /// When the newest answer came.
  private var lastSaid: Timestamp?
  /// What the key was given for, where the service wants a token.
  var token: GridToken?
  /// Why there is no token, for the pages that are asked for at the same time.
  var loginFailure: GridFetchFailure?
  /// When what the cache kept at the start was said.
  private var keptSaid: Timestamp?
  /// What came of the last question for each page, in words.
  var outcomes: [GridRequest.Purpose: String] = [:]
  /// Whether the service was asked in this session, and so learned of it.
  private var hasAskedEver = false
  private var isKept = false
  /// What was said of its forecast with the device, for readers of a recording.
  private var announcedRemark = ""

  /// Where an interval is kept: one that was forecast is kept apart from what was measured.
  private struct Key: Hashable {
    var span: TimeSpan
    var quality: GridStatement.Quality
  }

  /// The longest wait between two looks at the plans, in seconds.
  private static let longestWait = 3600.0

  init(_ settings: LiveGridSettings, fetcher: (any GridFetcher)? = nil) {
    self.settings = settings
    switch settings.place {
    case .server(let base): self.fetcher = fetcher ?? HTTPGridFetcher(base)
    case .file(let path): self.fetcher = fetcher ?? GridFileFetcher(path: path)
    }
    hasKey = settings.provider.keyVariable == nil || settings.key != nil
    seed = FNV1a.hash(settings.seedText)
    cache = settings.cachePath.map(GridCache.init)
    // Long enough that a slow answer is no stall; after each call it is what the plans say.
    interval = 30
  }

  var provider: any GridProvider.Type { settings.provider }

  private var device: DeviceID {
    DeviceID(machine: "", kind: .grid, name: "\(provider.name):\(settings.zone)\(settings.mark)")
  }

  mutating func probe() -> Probe {
    guard hasKey else { return Probe(.denied, missingKey.message, remedy: missingKey.remedy) }
    return Probe(
      .waiting,
      "\(settings.zone) from \(provider.title) at \(settings.place.host ?? "a file"), not asked yet",
      remedy: "it is asked once a session runs")
  }

  private var missingKey: SourceFailure {
    SourceFailure(
      .denied, "\(provider.title) needs a key",
      remedy: "set \(provider.keyVariable ?? "") or key_command or key_file", isFinal: true)
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    guard hasKey else { throw missingKey }
    var observations: [Observation] = []
    let now = clock.now
    if !hasAnnounced {
      hasAnnounced = true
      observations = remember(now)
      readRefusedKeyAgain()
      hasAskedEver = isDue(now)
      observations = announce() + observations
    }
    readRefusedKeyAgain()
    let hasAsked = ask(clock)
    if hasAsked, !hasAskedEver || announcedRemark != remarks[.forecast] ?? "" {
      hasAskedEver = true
      observations += announce()
    }
    let end = clock.now
    if !changed.isEmpty { say(end, &observations) }
    // A little more than needed, so that it is due when the source is woken.
    let wait = plans.values.map { $0.wait(end) }.min() ?? 60
    interval = min(readsKeyAgain ? Self.keyWait : Self.longestWait, max(1, wait + 0.5))
    if hasAsked || !observations.isEmpty, let state = state(end) {
      observations.append(.state(state))
    }
    if let cache, hasAsked {
      isKept = cache.write(content)
    }
    return observations
  }

  /// What is kept for the next start; a service that did not answer is asked at once then.
  private var content: GridCache.Content {
    var content = GridCache.Content(intervals: Array(known.values), said: lastSaid)
    for (purpose, plan) in plans {
      var page = GridCache.Page(remark: remarks[purpose] ?? "")
      if plan.silences == 0 {
        (page.next, page.notBefore) = (plan.next, plan.notBefore)
        page.failure = failing[purpose]
        page.keyMark = page.failure?.health == .denied ? settings.keyMark : nil
      }
      content.pages[purpose] = page
    }
    return content
  }

  /// Whether any page is due.
  private func isDue(_ now: Timestamp) -> Bool {
    provider.requests(newAsk(now)).contains { plans[$0.purpose]?.isDue(now) ?? true }
  }

  /// Seconds between two looks at the file of a key that was refused.
  private static let keyWait = 15.0

  /// Whether a key that was refused may change without being asked for: only a file is cheap to read.
  private var readsKeyAgain: Bool {
    guard case .file = settings.keySource else { return false }
    return plans.values.contains(where: \.isDenied)
  }

  /// Makes the pages due whose key was refused, where there is another one.
  private mutating func readRefusedKeyAgain() {
    guard readsKeyAgain, let key = try? settings.readKey(), key != settings.key else { return }
    (settings.key, token) = (key, nil)
    for (purpose, plan) in plans where plan.isDenied {
      var plan = plan
      plan.askAtOnce()
      plans[purpose] = plan
    }
  }

  /// A day at first; later what may still change, and all since the last measurement.
  func back(_ now: Timestamp) -> Double {
    guard let measuredUntil else { return 86_400 }
    return min(86_400, max(4 * 3600, now - measuredUntil + 7200))
  }

  func newPlan(_ request: GridRequest) -> GridPollPlan {
    GridPollPlan(cadence: request.cadence, seed: seed ^ FNV1a.hash(request.purpose.rawValue))
  }

  // MARK: Saying

  /// Takes intervals in; what several pages tell of one is said as one.
  mutating func take(_ intervals: [GridInterval]) {
    for interval in intervals {
      let key = Key(span: interval.span, quality: interval.quality)
      var whole = known[key] ?? interval
      whole.merge(interval)
      if interval.quality != .forecast {
        measuredUntil = max(measuredUntil ?? interval.span.end, interval.span.end)
      }
      guard known[key] != whole else { continue }
      known[key] = whole
      changed.insert(key)
    }
  }

  /// Says what has changed.
  private mutating func say(_ said: Timestamp, _ observations: inout [Observation]) {
    let order = changed.sorted {
      ($0.span.start, $0.quality.rawValue) < ($1.span.start, $1.quality.rawValue)
    }
    changed = []
    for key in order {
      guard let whole = known[key] else { continue }
      observations.append(.grid(whole.statement(device, said: said)))
    }
    lastSaid = max(lastSaid ?? said, said)
    // The same hour of the last seven days stands where nothing newer is known.
    let oldest = said - 8 * 86_400
    known = known.filter { $0.key.span.end > oldest }
  }

  private mutating func announce() -> [Observation] {
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
  private mutating func remember(_ now: Timestamp) -> [Observation] {
    guard let content = cache?.read(now: now) else { return [] }
    var observations: [Observation] = []
    keptSaid = content.said
    take(content.intervals)
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
  private mutating func state(_ now: Timestamp) -> SourceState? {
    let failure = GridRequest.Purpose.allCases.compactMap { failing[$0] }.first
    let newest = known.values.filter { $0.quality != .forecast }.map(\.span.end).max()
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

  /// The line of the catalogue: `live-grid:ZONE`.
  package static let entry = SourceEntry(
    "live-grid", gives: "a zone's electricity mix, carbon intensity and forecast, from a service",
    feeds: [.grid], isDefault: false, usage: "live-grid:ZONE", options: LiveGridSettings.names
  ) { request, context throws(SourceRequestError) in
    LiveGridSource(try LiveGridSettings(request, context))
  }
}
