import CSystem
import Glibc
import Linux
import Recordings
import SwiftOverlayShims
import Telemetry

/// Writes a recording on a thread of its own, so that a slow disk never delays the screen.
///
/// What could not be written, since there is no room or the disk fails, is tried again, at first
/// soon and then more seldom, until it can be.
final class RecorderThread: Sendable {
  let path: String
  private let state = Locked(State())
  private let wake: Int32

  private struct State {
    var queue: [Observation] = []
    var isClosing = false
    var hasRefused = false
    var isClosed = false
    var problem = ""
    var obstacle = ""
  }

  /// Starts a recording at a path where there must be no file yet.
  /// - Throws: `RecordingError` when the file cannot be made.
  init(path: String, header: RecordingHeader, retention: Retention? = nil) throws {
    self.path = path
    // A limit on the size of files (`ulimit -f`) is an error like a full disk, and no reason to die.
    signal(SIGXFSZ, SIG_IGN)
    wake = cs_event_descriptor()
    let writer = try RecordingWriter(path: path, header: header)
    writer.retention = retention
    let hasStarted = DetachedThread.start { [self] in run(writer) }
    guard hasStarted else { throw Failure("no thread could be started for the recording") }
  }

  /// Why recording has stopped for good; empty while it goes on.
  var problem: String { state.withLock { $0.problem } }

  /// Why nothing can be written at the moment; empty when it can.
  ///
  /// What comes is kept until then.
  var obstacle: String { state.withLock { $0.obstacle } }

  func append(_ observations: [Observation]) {
    guard !observations.isEmpty else { return }
    state.withLock { state in
      guard state.problem.isEmpty else { return }
      state.queue += observations
    }
    wakeUp()
  }

  /// Ends the recording and waits until it is one whole file.
  func close() {
    state.withLock { $0.isClosing = true }
    wakeUp()
    while !state.withLock({ $0.isClosed }) {
      var time = timespec(tv_sec: 0, tv_nsec: 2_000_000)
      nanosleep(&time, nil)
    }
  }

  private func wakeUp() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  /// Writes one observation; what the file cannot hold is left out, and named once in it.
  private func keep(_ observation: Observation, in writer: RecordingWriter) throws {
    var refusal: RecordingError?
    do throws(RecordingError) {
      try writer.append(observation)
    } catch {
      refusal = error
    }
    guard let refusal else { return }
    guard case .refused = refusal else { throw refusal }
    let isFirst = state.withLock { state in
      defer { state.hasRefused = true }
      return !state.hasRefused
    }
    guard isFirst else { return }
    try writer.append(
      .event(Event(time: SystemClock.wall, kind: .note, text: "\(refusal)")))
  }

  /// Seconds between two commits: each writes whole pages, and what tells more often is committed together.
  private static let period = 1.0

  /// Seconds until something that could not be written is tried again: at first, and at most.
  private static let patience = (first: 0.25, most: 10.0)

  private func run(_ writer: RecordingWriter) {
    var backlog = RecordingBacklog()
    var pause = 0.0
    var nextTry = 0.0
    var isOver = false
    while true {
      wait(backlog.isEmpty || isOver ? nil : nextTry - Self.now())
      let (queue, isClosing) = state.withLock { state in
        let queue = state.queue
        state.queue = []
        return (queue, state.isClosing)
      }
      if !isOver { backlog.add(queue) }
      guard isClosing || !isOver && Self.now() >= nextTry else { continue }
      do {
        try backlog.write(to: writer) { try keep($0, in: writer) }
        if access(path, F_OK) != 0 {
          throw Failure("\(path) was removed while it was being recorded")
        }
        if isClosing { try writer.close() }
        (pause, nextTry) = (0, Self.now() + Self.period)
        state.withLock { $0.obstacle = "" }
      } catch let error as RecordingError where error.isPassing && !isClosing {
        pause = min(Self.patience.most, max(Self.patience.first, pause * 2))
        nextTry = Self.now() + pause
        state.withLock { $0.obstacle = "\(error)" }
      } catch {
        isOver = true
        state.withLock { state in
          if state.problem.isEmpty { state.problem = "\(error)" }
        }
      }
      if isClosing {
        state.withLock { $0.isClosed = true }
        return
      }
    }
  }

  /// Waits until something came, at most so many seconds.
  private func wait(_ seconds: Double?) {
    var entry = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
    let limit = seconds.map { Int32(max(0, min(60, $0)) * 1000 + 1) } ?? -1
    guard poll(&entry, 1, limit) > 0 else { return }
    var count: UInt64 = 0
    _ = read(wake, &count, 8)
  }

  /// Seconds by a clock that never steps.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension RecordingError {
  /// Whether the same may work later, as when there is room again.
  fileprivate var isPassing: Bool {
    switch self {
    case .full, .busy, .failed: true
    case .exists, .stray, .notFound, .foreign, .newer, .damaged, .refused: false
    }
  }
}

/// Something that went wrong while the program ran, in one line; exit status 1.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
