import Dashboard
import Recordings
import Telemetry

/// A session that is going on: sources in, timeline and recording out.
final class LiveFeed: Feed {
  private(set) var timeline = Timeline()
  let interval: Double
  /// Whether everything comes from another machine, by a pipe.
  var isRemote = false
  let collector: Collector
  private let clock: SystemClock
  private let machine: String
  private(set) var recorder: RecorderThread?
  private var isSimulated = false
  private var secondHand = SecondHandDevices()
  private var lastFailure = ""
  private var started: Timestamp
  /// How far a remote machine's clock is ahead of ours, in seconds, by its first observations.
  private var skew: Double?

  init(clock: SystemClock, machine: String, interval: Double) {
    self.clock = clock
    self.machine = machine
    self.interval = interval
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
      collector.add(try SourceCatalogue.all.make(request, in: context), interval: interval)
    }
  }

  /// Starts a recording of everything from now on.
  func record(to path: String, note: String = "", isSimulated: Bool) throws {
    let header = RecordingHeader(
      machine: machine, programVersion: Version.string, startedAt: clock.start,
      monotonicStart: clock.monotonicStart, note: note, isSimulated: isSimulated)
    recorder = try RecorderThread(path: path, header: header)
  }

  var isSettled: Bool { collector.isSettled }

  var bounds: TimeSpan {
    let shift = skew ?? 0
    let start = started + shift
    // A log or a stream may begin before us, but not by more than a week.
    let first = max(timeline.span?.start ?? start, start - 604_800)
    return TimeSpan(min(start, first), clock.now + shift)
  }

  var info: SessionInfo {
    var info = SessionInfo(
      origin: .live, machine: remoteMachine ?? machine, isSimulated: isSimulated,
      recordingSince: recorder == nil ? nil : started + (skew ?? 0),
      recordingProblem: recorder?.problem ?? "",
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

  func update(for view: ViewState) { take(collector.drain()) }

  /// Takes observations into timeline and recording.
  func take(_ observations: [Observation]) {
    guard !observations.isEmpty else { return }
    let observations = observations + secondHand.demotions(after: observations)
    timeline.apply(observations)
    recorder?.append(observations)
    if isRemote {
      // Two machines' clocks differ, and what just came must not look old, nor lie ahead.
      for case .reading(let reading) in observations {
        skew = max(skew ?? -.infinity, reading.arrival - clock.now)
      }
    }
    for case .state(let state) in observations where state.health == .failed {
      lastFailure = state.message
    }
    guard !isSimulated else { return }
    isSimulated = observations.contains {
      if case .series(let series) = $0 { series.provenance.method == .simulated } else { false }
    }
  }

  func mark(_ event: Event) -> String? {
    take([.event(event)])
    return nil
  }

  func close() {
    collector.stop()
    recorder?.close()
  }
}
