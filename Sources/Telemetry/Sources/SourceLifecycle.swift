/// The state of a data source from call to call: a pure state machine.
///
/// Each step returns the state to announce, if it changed.
public struct SourceLifecycle: Sendable {
  /// The source's name, which every state carries.
  public let source: String
  /// The name of the source's line in the catalogue.
  public let kind: String
  /// Seconds after which a call that has not come back counts as stalled.
  public let deadline: Double
  private let machine: String
  /// The state that was announced last; `nil` before the first.
  public private(set) var state: SourceState?
  /// When the running call began; `nil` between calls.
  private var asked: Timestamp?
  private var failures = 0
  /// What the source itself said of its state last; `nil` where it says nothing, and after a failure.
  private var own: SourceState?

  /// The life of a source that was not asked yet; where no kind is given it is the source's name.
  public init(source: String, kind: String? = nil, machine: String = "", deadline: Double) {
    self.source = source
    self.kind = kind ?? source
    self.machine = machine
    self.deadline = deadline
  }

  /// Notes that a call begins.
  public mutating func ask(at time: Timestamp) -> SourceState? {
    asked = time
    return state == nil ? change(.waiting, "no answer yet", at: time) : nil
  }

  /// Notes that a call came back, with or without observations.
  ///
  /// - Parameter told: what the source itself says of its state, which counts: a source may come back
  ///   in good order from a service that does not answer.
  public mutating func answer(at time: Timestamp, told: SourceState? = nil) -> SourceState? {
    asked = nil
    failures = 0
    if let told {
      (own, state) = (told, told)
      return nil
    }
    if let own { return change(own.health, own.message, own.remedy, at: time) }
    return change(.ok, "", at: time)
  }

  /// Notes that a call came back with a failure.
  public mutating func fail(_ failure: SourceFailure, at time: Timestamp) -> SourceState? {
    asked = nil
    failures += 1
    own = nil
    return change(failure.health, failure.message, failure.remedy, at: time)
  }

  /// Checks whether the running call takes too long; a stall counts from when the call began.
  public mutating func check(at time: Timestamp) -> SourceState? {
    guard let asked, time - asked > deadline, state?.health != .stalled else { return nil }
    return change(
      .stalled, "its call has not come back", "everything else goes on; it is asked no further",
      at: asked)
  }

  /// Seconds to wait after a failure: each one doubles them, up to half a minute.
  ///
  /// What is only not there yet is looked for each five seconds, for a short job is soon over.
  /// `nil` unless the last call failed.
  public func delay(interval: Double) -> Double? {
    let longest = state?.health == .waiting ? 5.0 : 30
    return failures == 0
      ? nil : min(max(longest, interval), max(interval, 1) * Double(1 << min(failures, 6)))
  }

  private mutating func change(
    _ health: SourceState.Health, _ message: String, _ remedy: String = "", at time: Timestamp
  ) -> SourceState? {
    if let state, state.health == health, state.message == message { return nil }
    var next = SourceState(
      source: source, kind: kind, time: time, health: health, message: message, remedy: remedy)
    next.machine = machine
    state = next
    return next
  }
}
