import CSystem
import Glibc
import Linux
import Telemetry

/// Asks one source what it finds and what it reads, on a thread of its own that nobody has to wait for.
///
/// It calls what a session calls, so that both are told the same.
final class SourceExam: Sendable {
  /// What the source has answered so far.
  struct Answer: Sendable {
    var probe: Probe?
    var devices: [DeviceID: Device] = [:]
    /// The devices of which there is a reading.
    var read: Set<DeviceID> = []
    /// What it said of itself last, or its failure.
    var state: (health: SourceState.Health, message: String, remedy: String)?
    /// What it said besides, each once.
    var notes: [String] = []
    /// Whether all calls have come back.
    var isDone = false
  }

  private let answers = Locked(Answer())
  private let clock: any SessionClock
  private let roster: JobRoster

  /// How often it is asked: what counts between two looks says nothing at the first.
  private static let calls = 3
  /// Milliseconds between two calls.
  private static let pause: Int32 = 350
  private static let mostNotes = 8

  init(_ source: sending any DataSource, clock: any SessionClock, roster: JobRoster) {
    self.clock = clock
    self.roster = roster
    var source = source
    let hasStarted = DetachedThread.start(stack: DetachedThread.smallStack) { [self] in
      run(&source)
    }
    guard !hasStarted else { return }
    answers.withLock {
      $0.state = (.failed, "no thread could be started for it", "")
      $0.isDone = true
    }
  }

  private func run(_ source: inout any DataSource) {
    let probe = source.probe()
    answers.withLock { $0.probe = probe }
    for call in 0..<Self.calls {
      if call > 0 { poll(nil, 0, Self.pause) }
      do throws(SourceFailure) {
        take(try source.sample(clock), from: source.name)
      } catch {
        let (health, message, remedy) = (error.health, error.message, error.remedy)
        answers.withLock { $0.state = (health, message, remedy) }
        break
      }
    }
    answers.withLock { $0.isDone = true }
  }

  private func take(_ observations: [Observation], from name: String) {
    roster.take(observations)
    answers.withLock { [observations] answer in
      // A call that came back in order is the end of a failure.
      if answer.state?.health == .failed { answer.state = nil }
      for observation in observations {
        switch observation {
        case .device(let device): answer.devices[device.id] = device
        case .reading(let reading): answer.read.insert(reading.device)
        case .state(let state) where state.source == name:
          answer.state = (state.health, state.message, state.remedy)
        case .event(let event):
          guard Self.isWorthAWord(event), answer.notes.count < Self.mostNotes,
            !answer.notes.contains(event.text)
          else { continue }
          answer.notes.append(event.text)
        case .state, .series, .grid: break
        }
      }
    }
  }

  /// Whether an event says why something is missing, rather than what happens.
  private static func isWorthAWord(_ event: Event) -> Bool {
    switch event.cause {
    case .denied, .failed, .hung, .lost, .refused, .asleep: true
    default: event.kind == .note && event.cause == nil
    }
  }

  var answer: Answer { answers.withLock { $0 } }

  /// Waits until all have answered, or for so many seconds; then whoever has not is left alone.
  static func wait(for exams: [SourceExam], seconds: Double) {
    var left = seconds * 1000
    while left > 0, exams.contains(where: { !$0.answer.isDone }) {
      poll(nil, 0, 20)
      left -= 20
    }
  }
}
