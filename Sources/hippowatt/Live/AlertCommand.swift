import CSystem
import Glibc
import Linux
import SwiftOverlayShims

/// Runs what the user wants to be run when an alert is raised: on a thread of its own, one at a time.
///
/// What is raised while the command still runs waits for its end, the newest instead of those before.
final class AlertCommand: Sendable {
  private let command: String
  private let timeout: Double
  private let state = Locked(State())

  private struct State {
    /// The environment of the run that waits.
    var next: [String: String]?
    var isRunning = false
    var isStopped = false
    var failure: String?
    var hasFailed = false
  }

  /// A command for the shell, which is ended after `timeout` seconds.
  init(_ command: String, timeout: Double) {
    self.command = command
    self.timeout = timeout
  }

  /// Runs it with an environment; its facts stand in no text that a shell reads.
  func run(_ environment: [String: String]) {
    let mustStart = state.withLock { state in
      guard !state.isStopped else { return false }
      state.next = environment
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart, !start() {
      state.withLock { $0.isRunning = false }
      fail("no thread could be started")
    }
  }

  /// Whether it runs or is about to.
  var isRunning: Bool { state.withLock { $0.isRunning } }

  /// Why it failed; only once, however often it does.
  func takeFailure() -> String? {
    state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
  }

  /// Ends what runs, and starts nothing more.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      state.next = nil
    }
  }

  private func fail(_ words: String) {
    state.withLock { state in
      guard !state.hasFailed else { return }
      state.hasFailed = true
      state.failure = words
    }
  }

  private func start() -> Bool { DetachedThread.start { [self] in work() } }

  /// Runs what waits until nothing does.
  private func work() {
    while true {
      let environment = state.withLock { state in
        let next = state.next
        state.next = nil
        if next == nil { state.isRunning = false }
        return next
      }
      guard let environment else { return }
      if let failure = once(environment) { fail(failure) }
    }
  }

  /// Runs it once to its end; returns why it failed.
  private func once(_ environment: [String: String]) -> String? {
    let child: ChildProcess
    do throws(Errno) {
      child = try ChildProcess(command: command, environment: environment)
    } catch {
      return "its command cannot be started: \(error.words)"
    }
    let start = SystemClock.read(CLOCK_MONOTONIC)
    while true {
      child.read { _ in }
      if let ending = child.ending() {
        guard !child.hasSucceeded else { return nil }
        child.read { _ in }
        let words = child.lastError
        return "its command \(ending)" + (words.isEmpty ? "" : ": \(words)")
      }
      if Double(SystemClock.read(CLOCK_MONOTONIC) - start) * 1e-9 >= timeout {
        return "its command went on for longer than its timeout and was ended"
      }
      if state.withLock({ $0.isStopped }) {
        return "its command still ran at the end and was ended"
      }
      poll(nil, 0, 20)
    }
  }
}
