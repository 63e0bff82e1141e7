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
  var known = KnownIntervals()
  private var hasAnnounced = false
  var hasKey: Bool
  var message = ""
  /// What is wrong with each page, until it is answered again.
  var failing: [GridRequest.Purpose: SourceFailure] = [:]
  /// What is to be said of each page for people.
  var remarks: [GridRequest.Purpose: String] = [:]
  let seed: UInt64
  var cache: GridCache?
  /// When the newest answer came.
  var lastSaid: Timestamp?
  /// What the key was given for, where the service wants a token.
  var token: GridToken?
  /// Why there is no token, for the pages that are asked for at the same time.
  var loginFailure: GridFetchFailure?
  /// When what the cache kept at the start was said.
  var keptSaid: Timestamp?
  /// What came of the last question for each page, in words.
  var outcomes: [GridRequest.Purpose: String] = [:]
  /// Whether the service was asked in this session, and so learned of it.
  var hasAskedEver = false
  var isKept = false
  /// What was said of its forecast with the device, for readers of a recording.
  var announcedRemark = ""

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

  var device: DeviceID {
    DeviceID(machine: "", kind: .grid, name: "\(provider.name):\(settings.zone)\(settings.mark)")
  }

  mutating func probe() -> Probe {
    guard hasKey else { return Probe(.denied, missingKey.message, remedy: missingKey.remedy) }
    return Probe(
      .waiting,
      "\(settings.zone) from \(provider.title) at \(settings.place.host ?? "a file"), not asked yet",
      remedy: "it is asked once a session runs")
  }

  var missingKey: SourceFailure {
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
    if known.hasNews { say(end, &observations) }
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
    var content = GridCache.Content(intervals: known.all, said: lastSaid)
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
    guard let measuredUntil = known.measuredUntil else { return 86_400 }
    return min(86_400, max(4 * 3600, now - measuredUntil + 7200))
  }

  func newPlan(_ request: GridRequest) -> GridPollPlan {
    GridPollPlan(cadence: request.cadence, seed: seed ^ FNV1a.hash(request.purpose.rawValue))
  }

  /// The line of the catalogue: `live-grid:ZONE`.
  package static let entry = SourceEntry(
    "live-grid", gives: "a zone's electricity mix, carbon intensity and forecast, from a service",
    feeds: [.grid], isDefault: false, usage: "live-grid:ZONE", options: LiveGridSettings.names
  ) { request, context throws(SourceRequestError) in
    LiveGridSource(try LiveGridSettings(request, context))
  }
}
