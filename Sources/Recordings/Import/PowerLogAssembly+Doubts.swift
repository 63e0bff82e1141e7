import Quantities
import Telemetry

extension PowerLogAssembly {
  /// How many powers have to be the same to the last digit before that is said.
  ///
  /// A board that idles keeps its whole watts for minutes; five minutes of them are a constant.
  private static let sameCount = 300
  /// How many powers have to do nothing but grow before that is said.
  private static let growingCount = 60

  /// Says what no sensor would write: one power throughout, or powers that only ever grow.
  mutating func tellDoubts(_ whole: Whole, _ rows: [PowerLogStretch.Row], _ metric: Metric) {
    let subject = whole.stretches[0].device.subject
    guard subject.method != .modelled else { return }
    let powers = rows.compactMap { row -> Double? in
      for value in row.values where value.metric == metric {
        if case .number(let number) = value.content { return number }
      }
      return nil
    }
    guard let first = powers.first else { return }
    let name = "\(whole.id.kind.name) \(whole.stretches[0].device.label)"
    // A window's mean is one value in many rows.
    let lines = Set(rows.map(\.line)).count
    if first > 0, powers.count >= Self.sameCount, lines >= Self.sameCount,
      powers.allSatisfy({ $0 == first })
    {
      doubt(
        whole,
        "\(name): all \(powers.count) powers are \(PowerLogGate.text(first)) W to the last digit, as a "
          + "rating is: was it measured?")
    } else if powers.count >= Self.growingCount,
      zip(powers, powers.dropFirst()).allSatisfy({ $1 > $0 })
    {
      doubt(whole, "\(name): its powers only ever grow, as a counter does: is it energy?")
    }
  }

  private mutating func doubt(_ whole: Whole, _ text: String) {
    remarks.append(
      Remark(path: files[whole.stretches[0].file].path, text: text, isLoss: false))
  }
}
