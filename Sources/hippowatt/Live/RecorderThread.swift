import CSystem
import Glibc
import Recordings
import SwiftOverlayShims
import Telemetry

/// Writes a recording on a thread of its own, so that a slow disk never delays the screen.
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
  }

  /// Starts a recording at a path where there must be no file yet.
  /// - Throws: `RecordingError` when the file cannot be made.
  init(path: String, header: RecordingHeader) throws {
    self.path = path
    wake = cs_event_descriptor()
    let writer = try RecordingWriter(path: path, header: header)
    let box = Box(writer, self)
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let started = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        let box = Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
        box.thread.run(box.writer)
        return nil
      }, Unmanaged.passRetained(box).toOpaque())
    pthread_attr_destroy(&attributes)
    if started != 0 { throw Failure("no thread could be started for the recording") }
  }

  private final class Box {
    let writer: RecordingWriter
    let thread: RecorderThread
    init(_ writer: RecordingWriter, _ thread: RecorderThread) {
      self.writer = writer
      self.thread = thread
    }
  }

  /// Why recording has stopped; empty while it goes on.
  var problem: String { state.withLock { $0.problem } }

  func append(_ observations: [Observation]) {
    guard !observations.isEmpty else { return }
    state.withLock { state in
      guard state.problem.isEmpty else { return }
      state.queue += observations
    }
    signal()
  }

  /// Ends the recording and waits until it is one whole file.
  func close() {
    state.withLock { $0.isClosing = true }
    signal()
    while !state.withLock({ $0.isClosed }) {
      var time = timespec(tv_sec: 0, tv_nsec: 2_000_000)
      nanosleep(&time, nil)
    }
  }

  private func signal() {
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

  private func run(_ writer: RecordingWriter) {
    cs_block_signals()
    var count: UInt64 = 0
    while true {
      _ = read(wake, &count, 8)
      let (queue, isClosing) = state.withLock { state in
        let queue = state.queue
        state.queue = []
        return (queue, state.isClosing)
      }
      do {
        for observation in queue { try keep(observation, in: writer) }
        try writer.commit()
        if access(path, F_OK) != 0 {
          throw Failure("\(path) was removed while it was being recorded")
        }
        if isClosing { try writer.close() }
      } catch {
        state.withLock { $0.problem = "\(error)" }
      }
      if isClosing {
        state.withLock { $0.isClosed = true }
        return
      }
    }
  }
}

/// Something that went wrong while the program ran, in one line; exit status 1.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
