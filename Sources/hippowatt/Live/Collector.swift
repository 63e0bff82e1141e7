import Glibc
import Telemetry

/// All sources of a live session, each on its own thread.
final class Collector {
  private(set) var threads: [SourceThread] = []
  let clock: any SessionClock

  init(clock: any SessionClock) { self.clock = clock }

  /// Starts a source; what it finds of jobs goes into the roster.
  func add(_ source: sending any DataSource, interval: Double, roster: JobRoster = JobRoster()) {
    threads.append(SourceThread(source, interval: interval, clock: clock, roster: roster))
  }

  /// The observations of all sources since the last call.
  func drain() -> [Observation] {
    var result: [Observation] = []
    for thread in threads { thread.drain(into: &result) }
    return result
  }

  /// Whether every source has come back at least once.
  var isSettled: Bool { threads.allSatisfy(\.hasAnswered) }

  /// Whether every source has ended.
  var isFinished: Bool { !threads.isEmpty && threads.allSatisfy(\.isFinished) }

  /// Ends all sources and what they have started, unless one takes too long for that.
  func stop() {
    for thread in threads { thread.stop() }
    for _ in 0..<250 where !threads.allSatisfy(\.isStoppedOrStalled) { poll(nil, 0, 2) }
  }
}
