import Quantities
import Telemetry

/// What an alert says, in sentences without its name.
extension AlertState {
  func raised(_ worst: Judged, held: Double, others: Int) -> AlertWord {
    let (reading, value) = (worst.reading, worst.value)
    var text = reading.words ?? "\(reading.name) at \(reading.unit.text(value))"
    text += relation(worst)
    // Where the limit is the alert's name it need not be said again.
    if rule.isNamed, !rule.quantity.isYesOrNo, !rule.limit.isRelative {
      text += ", \(rule.side.rawValue) \(rule.limit.text)"
    }
    if rule.hold > 0 { text += " for \(SI.age(held))" }
    if others > 0 { text += ", and \(others) more" }
    return AlertWord(
      kind: .raised, text: text, value: rule.quantity.isYesOrNo ? held : value,
      unit: reading.unit, device: reading.name)
  }

  func cleared(_ worst: Judged?, after seconds: Double, isOver: Bool) -> AlertWord {
    let passed = "after \(SI.age(seconds))"
    guard let worst, !rule.quantity.isYesOrNo else {
      let text = worst == nil && isOver ? "over \(passed): the job has ended" : "over \(passed)"
      return AlertWord(
        kind: .cleared, text: text, value: nil, unit: rule.limit.unit,
        device: worst?.reading.name ?? "")
    }
    let reading = worst.reading
    let now = reading.words ?? "\(reading.name) at \(reading.unit.text(worst.value))"
    return AlertWord(
      kind: .cleared, text: "over \(passed): \(now)\(relation(worst))", value: worst.value,
      unit: reading.unit, device: reading.name)
  }

  /// How far a value is from its baseline, in words; empty without one.
  private func relation(_ judged: Judged) -> String {
    guard let baseline = judged.baseline else { return "" }
    let side = judged.measure < 0 ? "below" : "above"
    let whose = rule.baseline == nil ? "its median " : ""
    return
      ", \(SI.fixed(abs(judged.measure), 0)) % \(side) \(whose)\(judged.reading.unit.text(baseline))"
  }
}
