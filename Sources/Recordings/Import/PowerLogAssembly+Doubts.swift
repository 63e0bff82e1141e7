import Quantities
import Telemetry

extension PowerLogAssembly {
  /// Says what no sensor would write: one power throughout, or powers that only ever grow.
  mutating func tellDoubts(_ whole: Whole, _ doubts: PowerLogDoubts) {
    guard whole.stretches[0].device.subject.method != .modelled else { return }
    let name = "\(whole.id.kind.name) \(whole.stretches[0].device.label)"
    if let power = doubts.constant {
      doubt(
        whole,
        "\(name): all \(doubts.count) powers are \(PowerLogGate.text(power)) W to the last digit, as a "
          + "rating is: was it measured?")
    } else if doubts.isGrowing {
      doubt(whole, "\(name): its powers only ever grow, as a counter does: is it energy?")
    }
  }

  private mutating func doubt(_ whole: Whole, _ text: String) {
    remarks.append(
      Remark(path: files[whole.stretches[0].file].path, text: text, isLoss: false))
  }
}

/// What shows that powers are none, seen row by row.
struct PowerLogDoubts {
  /// How many powers have to be the same to the last digit before that is said.
  ///
  /// A board that idles keeps its whole watts for minutes; five minutes of them are a constant.
  private static let sameCount = 300
  /// How many powers have to do nothing but grow before that is said.
  private static let growingCount = 60

  /// How many powers there were.
  private(set) var count = 0
  private let metric: Metric
  private var first = 0.0
  private var last = 0.0
  private var isSame = true
  private var isEverGrowing = true
  /// Lines of rows, until there are enough: a window's mean is one value in many rows.
  private var lines: Set<Int> = []
  private var places: (shape: Int, of: [Int]) = (-1, [])

  /// - Parameter metric: the power that the account is made of.
  init(_ metric: Metric) { self.metric = metric }

  /// Takes in a row.
  @inline(__always)
  mutating func note(_ row: PowerLogRows) {
    if lines.count < Self.sameCount { lines.insert(row.line) }
    if row.shape != places.shape { look(row) }
    for place in places.of where PowerLogBits.isNumber(row.values[place]) {
      let power = Double(bitPattern: row.values[place])
      if count == 0 {
        first = power
      } else {
        if power != first { isSame = false }
        if !(power > last) { isEverGrowing = false }
      }
      last = power
      count += 1
      return
    }
  }

  private mutating func look(_ row: PowerLogRows) {
    let metrics = row.store.shapes[row.shape].metrics
    places = (row.shape, metrics.indices.filter { metrics[$0] == metric })
  }

  /// The power that all are, where that is no accident.
  var constant: Double? {
    first > 0 && isSame && count >= Self.sameCount && lines.count >= Self.sameCount ? first : nil
  }

  /// Whether each is more than the one before it, and there are many.
  var isGrowing: Bool { count >= Self.growingCount && isEverGrowing }
}
