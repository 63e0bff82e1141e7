import Accounting
import Dashboard
import HTTP
import Recordings
import Telemetry

/// A session that is going on: sources in, timeline and recording out.
final class LiveFeed: Feed {
  private(set) var timeline: Timeline
  /// Seconds between two readings.
  private let readingInterval: Double
  /// The user's alerts, if there are any.
  var alerts: AlertDesk?
  /// Seconds between two frames: alerts are looked at every second, however seldom a reading comes.
  var interval: Double { alerts == nil ? readingInterval : min(1, readingInterval) }
  /// Whether everything comes from another machine, by a pipe.
  var isRemote = false {
    didSet { judge.home = isRemote ? "" : machine }
  }
  let collector: Collector
  private let clock: SystemClock
  let machine: String
  private(set) var recorder: RecorderThread?
  private var isSimulated = false
  private var twins = DeviceTwins()
  private var secondHand = SecondHandDevices()
  /// Decides what the accelerators waited for, while the session goes on.
  private var judge = WaitingJudge()
  private var judgedAt: Timestamp?
  private var hasFinishedJudging = false
  private var lastFailure = ""
  private var started: Timestamp
  /// What is private is taken out of everything before it is kept.
  private var privacy: PrivacyFilter
  /// How far a remote machine's clock is ahead of ours, in seconds, by its first observations.
  private var skew: Double?

  /// A feed whose timeline takes no more memory than `budget` allows.
  init(
    clock: SystemClock, machine: String, interval: Double, privacy: PrivacyFilter = PrivacyFilter(),
    budget: MemoryBudget = .screen
  ) {
    timeline = Timeline(budget: budget)
    self.clock = clock
    self.privacy = privacy
    self.machine = self.privacy.machine(machine)
    judge.home = self.machine
    readingInterval = interval
    collector = Collector(clock: clock)
    started = clock.now
  }

  /// Makes the sources a user asked for once, to find out whether that can be done at all.
  func prepare(_ requests: [SourceRequest], in context: SourceContext) throws {
    for request in requests { _ = try SourceCatalogue.all.make(request, in: context) }
  }

  /// Starts the sources a user asked for, or all that are on by default.
  func start(_ requests: [SourceRequest], in context: SourceContext) throws {
    let wanted =
      requests.isEmpty
      ? SourceCatalogue.all.defaults : requests
    for request in wanted {
      for host in Self.hosts(of: request) { privacy.hide(host: host) }
      collector.add(
        try SourceCatalogue.all.make(request, in: context), interval: readingInterval,
        roster: context.roster)
    }
  }

  /// The hosts that a source asks, which are named before anything tells whose they are; none of this machine.
  private static func hosts(of request: SourceRequest) -> [String] {
    guard ["wall", "site", "serve", "dcgm"].contains(request.kind) else { return [] }
    // A site names the meter of each part in a setting.
    return ([request.argument] + request.options.values).compactMap { text in
      guard let url = try? HTTPURL(HTTPCredentials.split(text).url), !url.isLoopback else {
        return nil
      }
      return url.host
    }
  }

  /// Starts a recording of everything from now on.
  func record(
    to path: String, note: String = "", isSimulated: Bool, retention: Retention? = nil
  ) throws {
    let header = RecordingHeader(
      machine: machine, programVersion: Version.string, startedAt: clock.start,
      monotonicStart: clock.monotonicStart, note: privacy.filtered(note), isSimulated: isSimulated)
    recorder = try RecorderThread(path: path, header: header, retention: retention)
  }

  /// Shows what a recorder saw before this session began; it is not recorded again.
  func recall(_ past: [Observation]) {
    timeline.apply(privacy.filtered(past))
    _ = timeline.takeLeaps()
  }

  var isSettled: Bool { collector.isSettled }

  var bounds: TimeSpan {
    let shift = skew ?? 0
    let start = started + shift
    // A log or a stream may begin before us, but not by much.
    let first = max(timeline.span?.start ?? start, start - PlausibleTime.back)
    return TimeSpan(min(start, first), clock.now + shift)
  }

  var info: SessionInfo {
    var info = SessionInfo(
      origin: .live, machine: remoteMachine ?? machine, isSimulated: isSimulated,
      recordingSince: recorder == nil ? nil : started + (skew ?? 0),
      recordingProblem: recorder.map { $0.problem.isEmpty ? $0.obstacle : $0.problem } ?? "",
      utcOffset: HostEnvironment.utcOffset)
    info.hasEnded = collector.isFinished
    return info
  }

  /// The machine that a stream comes from.
  private var remoteMachine: String? {
    isRemote ? timeline.devices.lazy.map(\.id.machine).first { !$0.isEmpty } : nil
  }

  var canSignal: Bool { !isRemote && !isSimulated }

  var notice: String { collector.isFinished ? lastFailure : "" }

  var news: Int32? { collector.news }

  func update(for view: ViewState) {
    collector.takeNews()
    take(collector.drain())
    take(judgeAlerts())
  }

  /// What the alerts have to say now; with `all` none waits for its next time.
  func judgeAlerts(all: Bool = false) -> [Observation] {
    alerts?.judge(timeline, over: bounds, all: all) ?? []
  }

  func takeBell() -> Bool { alerts?.takeBell() ?? false }

  /// Takes observations into timeline and recording, without what is private, and returns them so.
  @discardableResult
  func take(_ told: [Observation]) -> [Observation] {
    guard !told.isEmpty else { return [] }
    let observations = twins.take(
      privacy.filtered(told + secondHand.demotions(after: told)))
    keep(observations)
    let decided = decide()
    guard !decided.isEmpty else { return observations }
    keep(decided)
    return observations + decided
  }

  /// What has become certain of the accelerators' waiting, once a second.
  private func decide() -> [Observation] {
    let now = clock.now + (skew ?? 0)
    guard judgedAt.map({ now - $0 >= 1 || now < $0 }) ?? true else { return [] }
    judgedAt = now
    return judge.judge(timeline, until: now)
  }

  /// Decides and keeps what is left to be decided at the end of a session, once, and returns it.
  @discardableResult
  func finishJudging() -> [Observation] {
    guard !hasFinishedJudging else { return [] }
    hasFinishedJudging = true
    let end = clock.now + (skew ?? 0) + WaitingJudge.lag
    let decided = judge.judge(timeline, until: end) + judge.finish()
    keep(decided)
    return decided
  }

  private func keep(_ observations: [Observation]) {
    timeline.apply(observations)
    recorder?.append(observations)
    let leaps = timeline.takeLeaps().map { Observation.event($0.event) }
    timeline.apply(leaps)
    recorder?.append(leaps)
    if isRemote {
      // Two machines' clocks differ, and what just came must not look old, nor lie ahead.
      for case .reading(let reading) in observations {
        skew = max(skew ?? -.infinity, reading.arrival - clock.now)
      }
    }
    for case .state(let state) in observations where state.health == .failed {
      lastFailure = state.message
    }
    if !isSimulated {
      isSimulated = observations.contains {
        if case .series(let series) = $0 { series.provenance.method == .simulated } else { false }
      }
    }
  }

  func mark(_ event: Event) -> String? {
    take([.event(event)])
    return nil
  }

  func close() {
    alerts?.finish(within: 0.5)
    collector.stop()
    if recorder != nil { finishJudging() }
    recorder?.close()
  }
}
