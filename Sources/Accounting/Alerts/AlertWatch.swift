import Telemetry

/// All alerts of a session: looked at as time goes on, each as often as it changes.
public struct AlertWatch: Sendable {
  private var states: [AlertState]
  private var due: [Timestamp?]

  /// Alerts that have seen nothing yet.
  public init(_ rules: [AlertRule]) {
    states = rules.map(AlertState.init)
    due = states.map { _ in nil }
  }

  /// What the user asked for, in order.
  public var rules: [AlertRule] { states.map(\.rule) }

  /// Whether any alert is to be looked at by a time.
  public func isDue(at time: Timestamp) -> Bool {
    states.indices.contains { isDue($0, at: time) }
  }

  private func isDue(_ index: Int, at time: Timestamp) -> Bool {
    guard let next = due[index] else { return true }
    // A clock that was put back must not silence anything.
    return time >= next || next - time > states[index].rule.quantity.period
  }

  /// Looks at those alerts whose time has come, or at all of them, and returns what they say with
  /// their places.
  public mutating func judge(_ scene: AlertScene, all: Bool = false) -> [(
    alert: Int, word: AlertWord
  )] {
    let time = scene.session.end
    var result: [(alert: Int, word: AlertWord)] = []
    for index in states.indices where all || isDue(index, at: time) {
      let rule = states[index].rule
      due[index] = time + rule.quantity.period
      let readings = rule.quantity.read(rule, scene)
      result += states[index].judge(readings, at: time).map { (index, $0) }
    }
    return result
  }
}

extension AlertWord {
  /// What is kept of it: an event of the alert's own.
  public func event(of rule: AlertRule, at time: Timestamp) -> Event {
    let cause: Event.Cause? =
      switch kind {
      case .raised: .alert
      case .cleared: .alertCleared
      case .unjudged: nil
      }
    return Event(time: time, kind: .note, text: text, device: rule.id, cause: cause)
  }
}
