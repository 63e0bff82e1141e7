/// A published measurement of a technique that promises to save energy.
public struct Diet: Hashable, Sendable {
  /// What the ratio is a ratio of: joules, seconds, bytes or FLOPs.
  public enum Measure: String, Sendable, Hashable { case energy, time, memory, operations }

  /// The family of techniques, such as quantization, batch or power cap.
  public var family: String
  /// What was done, such as `quantized, AWQ 4 bit`.
  public var technique: String
  /// The model it was measured with.
  public var model: String
  /// The accelerators it was measured on.
  public var hardware: String
  /// What was measured.
  public var measure: Measure
  /// Result over baseline: below 1 saves, above 1 costs.
  public var ratio: Double
  /// The conditions the ratio holds under, such as requests at once, time and quality.
  public var condition: String
  /// The publication the measurement is from.
  public var source: String
  let isForTraining: Bool
  let isForServing: Bool

  /// Whether the technique lowered what was measured.
  public var saves: Bool { ratio < 1 }

  /// Every measurement there is a row for, in order of the table.
  public static let all: [Diet] = table.split(separator: "\n").compactMap(Diet.init)

  private init?(row: Substring) {
    let fields = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 9, let measure = Measure(rawValue: fields[4]),
      let ratio = Double(fields[5])
    else { return nil }
    family = fields[0]
    technique = fields[1]
    model = fields[2]
    hardware = fields[3]
    self.measure = measure
    self.ratio = ratio
    condition = fields[6]
    source = fields[7]
    isForTraining = fields[8] != "s"
    isForServing = fields[8] != "t"
  }

  /// At most `limit` rows that are most relevant to a machine and its job, in the order of the
  /// table.
  ///
  /// Rows measured on the same chip and for the same kind of job come first, energy before time and
  /// memory; no family takes more than its share while others have rows left, and up to a third of
  /// the rows is kept for measurements in which a technique cost more.
  public static func selection(
    hardware: String, isServing: Bool?, limit: Int
  ) -> [Diet] {
    let chip = chipWord(hardware)
    func weight(_ row: Diet) -> Int {
      var weight = row.measure == .energy ? 4 : 0
      if let chip, row.hardware.contains(chip) || row.technique.contains(chip) { weight += 5 }
      if let isServing {
        weight += (isServing ? row.isForServing : row.isForTraining) ? 6 : 0
      }
      return weight
    }
    let order = all.indices.sorted {
      let (a, b) = (weight(all[$0]), weight(all[$1]))
      return a == b ? $0 < $1 : a > b
    }
    var chosen: [Int] = []
    var counts: [String: Int] = [:]
    let costs = order.filter { !all[$0].saves }
    for share in 1...2 {
      for index in costs where chosen.count < limit / 3 && !chosen.contains(index) {
        if counts[all[index].family, default: 0] < share { take(index) }
      }
    }
    for share in 1...max(1, limit) where chosen.count < limit {
      for index in order where chosen.count < limit && !chosen.contains(index) {
        if counts[all[index].family, default: 0] < share { take(index) }
      }
      if chosen.count == all.count { break }
    }
    func take(_ index: Int) {
      chosen.append(index)
      counts[all[index].family, default: 0] += 1
    }
    return chosen.sorted().map { all[$0] }
  }

  /// The word of a product's name that a table of measurements would use: `H100`, `A40`.
  private static func chipWord(_ name: String) -> String? {
    let words = name.split { !$0.isLetter && !$0.isNumber }
    return words.first { word in
      word.count >= 3 && word.contains(where: \.isNumber) && word.contains(where: \.isLetter)
        && !word.hasSuffix("GB")
    }.map(String.init)
  }
}
