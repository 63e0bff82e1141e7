import CSystem
import Glibc
import Linux
import Quantities
import SwiftOverlayShims
import Telemetry

/// Asks one data source again and again, on a thread of its own.
///
/// A plain thread and not a task: a driver call may block for ever, and the pool of tasks is as
/// small as the number of processors. Nobody joins the thread; a call that never returns dies with
/// the process.
final class SourceThread: Sendable {
  let name: String
  private let interval: Double
  private let clock: any SessionClock
  private let roster: JobRoster
  private let state: Locked<State>

  private struct State {
    var lifecycle: SourceLifecycle
    var inbox: [Observation] = []
    var isStopped = false
    var hasAnswered = false
    var isFinished = false
    /// Whether the thread has released its source, and with it all that the source had started.
    var isGone = false
  }

  /// Wakes the thread from its sleep.
  private let wake = cs_event_descriptor()
  /// Told when the source has come back for the first time.
  private let news: Int32

  /// How many observations may wait to be fetched before the oldest are dropped.
  private static let inboxLimit = 100_000

  init(
    _ source: sending any DataSource, interval: Double, clock: any SessionClock,
    roster: JobRoster = JobRoster(), news: Int32 = -1
  ) {
    self.news = news
    name = source.name
    self.roster = roster
    self.interval = source.interval ?? interval
    self.clock = clock
    state = Locked(
      State(
        lifecycle: SourceLifecycle(
          source: source.name, kind: source.kind, machine: source.remoteMachine,
          deadline: max(3, 3 * self.interval))))
    // The source is handed over: nobody else has it.
    nonisolated(unsafe) let box = Unmanaged.passRetained(Box(source, thread: self))
    let hasStarted = DetachedThread.start(stack: DetachedThread.smallStack) {
      let thread = SourceThread.run(box)
      thread.state.withLock { $0.isGone = true }
    }
    if !hasStarted {
      box.release()
      let failure = SourceFailure(.failed, "no thread could be started for it", isFinal: true)
      state.withLock { state in
        state.isFinished = true
        state.isGone = true
        if let change = state.lifecycle.fail(failure, at: clock.now) {
          state.inbox.append(.state(change))
        }
      }
    }
  }

  private final class Box {
    var source: any DataSource
    let thread: SourceThread
    init(_ source: any DataSource, thread: SourceThread) {
      self.source = source
      self.thread = thread
    }
  }

  /// Runs until it is stopped, then releases the source, which ends all that it has started.
  private static func run(_ handle: Unmanaged<Box>) -> SourceThread {
    let box = handle.takeRetainedValue()
    box.thread.run(&box.source)
    return box.thread
  }

  private func run(_ source: inout any DataSource) {
    let start = clock.now
    while true {
      let begin = clock.now
      let isStopped = state.withLock { state in
        if let change = state.lifecycle.ask(at: begin) { state.inbox.append(.state(change)) }
        return state.isStopped
      }
      if isStopped { return }
      var delay: Double?
      do {
        let observations = try source.sample(clock)
        answer(observations)
      } catch {
        delay = fail(error)
        if error.isFinal { return }
      }
      // Ticks fall on whole intervals since the start, so that sources are read together.
      let now = clock.now
      var wait = interval - (now - start).truncatingRemainder(dividingBy: interval)
      // A source that changes its interval means the time until the next call.
      if let own = source.interval, own != interval { wait = own }
      if let delay { wait = delay }
      sleep(max(1e-3, wait))
    }
  }

  private func answer(_ observations: [Observation]) {
    let now = clock.now
    roster.take(observations)
    var told: SourceState?
    for case .state(let state) in observations where state.source == name { told = state }
    state.withLock { [told] state in
      if let change = state.lifecycle.answer(at: now, told: told) {
        state.inbox.append(.state(change))
      }
      state.inbox += observations
      note(&state)
      if state.inbox.count > Self.inboxLimit {
        state.inbox.removeFirst(state.inbox.count - Self.inboxLimit)
      }
    }
  }

  private func fail(_ failure: SourceFailure) -> Double? {
    let now = clock.now
    return state.withLock { state in
      if let change = state.lifecycle.fail(failure, at: now) { state.inbox.append(.state(change)) }
      note(&state)
      if failure.isFinal { state.isFinished = true }
      return state.lifecycle.delay(interval: interval)
    }
  }

  /// Notes that the source has come back.
  private func note(_ state: inout State) {
    guard !state.hasAnswered else { return }
    state.hasAnswered = true
    var one: UInt64 = 1
    if news >= 0 { _ = write(news, &one, 8) }
  }

  /// Takes what came in since the last call; also looks whether a call has stalled.
  func drain(into result: inout [Observation]) {
    let now = clock.now
    state.withLock { state in
      if let change = state.lifecycle.check(at: now) { state.inbox.append(.state(change)) }
      guard !state.inbox.isEmpty else { return }
      result += state.inbox
      // The room of a flood is given back.
      state.inbox.removeAll(keepingCapacity: state.inbox.count < 4096)
    }
  }

  /// Whether the first call has come back.
  var hasAnswered: Bool { state.withLock { $0.hasAnswered } }

  /// Whether the source has ended and will give nothing more.
  var isFinished: Bool { state.withLock { $0.isFinished } }

  /// Asks the thread to release its source as soon as no call is running.
  func stop() {
    state.withLock { $0.isStopped = true }
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  /// Whether there is nothing to wait for after `stop`: the source is gone, or a call is stalled.
  var isStoppedOrStalled: Bool {
    state.withLock { $0.isGone || $0.lifecycle.state?.health == .stalled }
  }

  private func sleep(_ seconds: Double) {
    var entry = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, Int32(saturating: min(seconds, 1e6) * 1000) + 1)
  }
}
