import CSystem
import Glibc
import Telemetry

/// All sources of a live session, each on its own thread.
final class Collector {
  private(set) var threads: [SourceThread] = []
  let clock: any SessionClock
  /// Readable once a source has come back for the first time, until `takeNews`.
  ///
  /// It is never closed, because a source that hangs may come back after the session.
  let news = cs_event_descriptor()

  init(clock: any SessionClock) { self.clock = clock }

  /// Makes `news` wait for the next source.
  func takeNews() {
    var entry = pollfd(fd: news, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 0) > 0 else { return }
    var count: UInt64 = 0
    _ = read(news, &count, 8)
  }

  /// Starts a source; what it finds of jobs goes into the roster.
  func add(_ source: sending any DataSource, interval: Double, roster: JobRoster = JobRoster()) {
    threads.append(
      SourceThread(source, interval: interval, clock: clock, roster: roster, news: news))
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
