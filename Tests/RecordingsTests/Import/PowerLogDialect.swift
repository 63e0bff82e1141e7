import Seeded
import Telemetry

@testable import Recordings

/// A made-up table of GPUs as one of the many scripts may write it: its columns in any order, with or
/// without units, quotes, blanks and line ends of any sort, rows out of order and rows twice.
struct PowerLogDialect {
  struct Column {
    let title: String
    let metric: Metric
    let quantity: PowerLogQuantity
    let unit: String
    /// Whether the unit stands behind each number.
    var isInCells = true
    var factor: Double? { quantity.factor(unit) }
  }

  struct Row {
    var time: String
    var device: String
    /// The cells of the values, in the order of their columns.
    var cells: [String]
  }

  private(set) var rows: [Row] = []
  private(set) var values: [Column] = []
  let separator: String
  private(set) var bytes: [UInt8] = []

  private static let columns = [
    Column(title: "utilization.gpu", metric: .utilization, quantity: .share, unit: "%"),
    Column(title: "memory.used", metric: .memoryUsed, quantity: .memory, unit: "MiB"),
    Column(title: "temperature.gpu", metric: .temperature, quantity: .temperature, unit: "C"),
    Column(title: "clocks.sm", metric: .smClock, quantity: .clock, unit: "MHz"),
    Column(title: "fan.speed", metric: .fanSpeed, quantity: .share, unit: "%"),
  ]

  init(count: Int, _ dice: inout SeededRandom) {
    separator = [",", ",", ", ", ";", "\t"][dice.next(5)]
    let gpus = 1 + dice.next(9)
    let isByName = dice.next(2) == 0
    let unit = ["W", "W", "mW"][dice.next(3)]
    values = [Column(title: "power.draw", metric: .power, quantity: .power, unit: unit)]
    for column in Self.columns where dice.next(2) == 0 { values.append(column) }
    values.shuffle(using: &dice)
    for place in values.indices { values[place].isInCells = dice.next(3) > 0 }
    for second in 0..<count / gpus + 1 {
      for gpu in 0..<gpus where dice.next(50) > 0 {
        rows.append(
          Row(
            time: Self.time(second * 1000 + dice.next(40), &dice),
            device: isByName ? "GPU-0000000\(gpu)" : "\(gpu)",
            cells: values.map { Self.cell($0, separator, &dice) }))
        // A row that is written twice, or out of order.
        if dice.next(60) == 0 { rows.append(rows[rows.count - 1]) }
        if dice.next(60) == 0, rows.count > 1 { rows.swapAt(rows.count - 1, dice.next(rows.count)) }
      }
    }
    write(isByName: isByName, &dice)
  }

  private static func time(_ milliseconds: Int, _ dice: inout SeededRandom) -> String {
    let stamp = PowerLogAssemblyTests.stamp(milliseconds)
    switch dice.next(40) {
    case 0: return stamp.prefix(10).replacing("/", with: "-") + "T" + stamp.dropFirst(11)
    case 1: return String(stamp.dropLast(4))
    case 2: return stamp + "25"
    default: return stamp
    }
  }

  private static func cell(
    _ column: Column, _ separator: String, _ dice: inout SeededRandom
  ) -> String {
    let unit = column.isInCells ? " \(column.unit)" : ""
    let point = separator.hasPrefix(",") || dice.next(2) == 0 ? "." : ","
    switch dice.next(30) {
    case 0: return "[N/A]"
    case 1: return ["", "ERR!", "-", "abc \(dice.next(1000))", "1.2.3", "-5", "+7"][dice.next(7)]
    case 2: return "1\(dice.next(9))e1\(unit)"
    case 3: return "\(dice.next(90))\(point)\(unit)"
    case 4: return "000\(dice.next(90))\(point)123456789012345678\(unit)"
    default: return "\(dice.next(90))\(point)\(dice.next(100))\(unit)"
    }
  }

  private mutating func write(isByName: Bool, _ dice: inout SeededRandom) {
    let isQuoted = dice.next(4) == 0
    let end = dice.next(3) == 0 ? "\r\n" : "\n"
    let place = dice.next(values.count + 1)
    func line(_ time: String, _ device: String, _ cells: [String]) -> String {
      var all = cells
      all.insert(time, at: place)
      all.insert(device, at: 0)
      if isQuoted { all = all.map { "\"\($0)\"" } }
      return all.joined(separator: separator) + end
    }
    var text = line(
      "timestamp", isByName ? "uuid" : "index", values.map { "\($0.title) [\($0.unit)]" })
    for row in rows { text += line(row.time, row.device, row.cells) }
    if dice.next(5) == 0 {
      bytes = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    } else {
      bytes = Array(text.utf8)
    }
  }
}
