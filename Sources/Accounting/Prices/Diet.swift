/// A published measurement of a technique that promises to save energy.
public struct Diet: Hashable, Sendable {
  /// What the ratio is a ratio of: joules, seconds, bytes or FLOPs.
  public enum Measure: String, Sendable, Hashable { case energy, time, memory, operations }

  /// What kind of technique it is; a selection takes some of each.
  public enum Family: Sendable, Hashable {
    case quantization, batch, sharding, powerCap, clocks, experts, smallerModel, newerChip
    case pruning, distillation, speculation, attention, adapters
  }

  /// The kind of job that was measured.
  enum Job: Sendable, Hashable { case training, serving, both }

  /// The family of techniques it belongs to.
  public let family: Family
  /// What was done, such as `quantized, AWQ 4 bit`.
  public let technique: String
  /// The model it was measured with.
  public let model: String
  /// The accelerators it was measured on, with their number.
  public let hardware: String
  /// What was measured.
  public let measure: Measure
  /// Result over baseline: below 1 saves, above 1 costs.
  public let ratio: Double
  /// The conditions the ratio holds under, such as requests at once, time and quality.
  public let condition: String
  /// The publication the measurement is from.
  public let source: String
  /// The accelerators that took part, as words that a product's name holds in this order.
  let chips: [String]
  let job: Job

  /// Whether the technique lowered what was measured.
  public var saves: Bool { ratio < 1 }

  init(
    _ family: Family, _ technique: String, model: String, hardware: String, chips: [String],
    _ measure: Measure, _ ratio: Double, _ condition: String, source: String, _ job: Job
  ) {
    self.family = family
    self.technique = technique
    self.model = model
    self.hardware = hardware
    self.chips = chips
    self.measure = measure
    self.ratio = ratio
    self.condition = condition
    self.source = source
    self.job = job
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
    let product = words(hardware)
    func weight(_ row: Diet) -> Int {
      var weight = row.measure == .energy ? 4 : 0
      if row.chips.contains(where: { isNamed($0, in: product) }) { weight += 5 }
      if let isServing, row.job == .both || row.job == (isServing ? .serving : .training) {
        weight += 6
      }
      return weight
    }
    let order = all.indices.sorted {
      let (a, b) = (weight(all[$0]), weight(all[$1]))
      return a == b ? $0 < $1 : a > b
    }
    var chosen: [Int] = []
    var counts: [Family: Int] = [:]
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

  /// Whether a product's name, as the driver tells it, holds the words of a chip one after another.
  private static func isNamed(_ chip: String, in product: [Substring]) -> Bool {
    let wanted = words(chip)
    return product.indices.contains { product[$0...].starts(with: wanted) }
  }

  private static func words(_ name: String) -> [Substring] {
    name.split { !$0.isLetter && !$0.isNumber }
  }
}
