import Formats
import Telemetry

/// What nvidia-smi writes with `--format=csv,noheader`: the same rows without their titles.
///
/// Only what shows by itself what it is gets read: the time, watts by their unit, names and numbers
/// of devices by their form. Where units are left out as well, nobody can tell watts from degrees; and
/// where nothing is written as nvidia-smi writes it, nobody can tell a GPU from a plug.
enum NvidiaSMIRows: PowerLogFormat {
  static let name = "nvidia-smi CSV without titles"

  static func recognises(_ text: PowerLogText) -> Bool { columns(text) != nil }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    guard let columns = columns(text) else { return text.table() }
    var table = PowerLogCells.read(text, NvidiaSMILog.lexicon, columns: columns)
    let words = columns.uses.map { "column \($0.place + 1) as \($0.word)" }
    table.assumptions.append("it has no titles: \(words.joined(separator: ", "))")
    return table
  }

  /// What the columns are, by their cells in the first rows.
  private static func columns(_ text: PowerLogText) -> PowerLogColumns? {
    let rows = rows(text)
    guard let first = rows.first, rows.allSatisfy({ $0.count == first.count }) else { return nil }
    var uses: [PowerLogColumns.Use] = []
    var powers: [Int] = []
    for place in first.indices {
      let cells = rows.map { $0[place] }
      if cells.allSatisfy(isTime) {
        guard !uses.contains(where: \.isTime) else { return nil }
        uses.append(.init(place: place, column: .time))
      } else if cells.allSatisfy({ isPower($0) }) {
        powers.append(place)
      } else if cells.allSatisfy({ $0.hasPrefix("GPU-") }) {
        uses.append(.init(place: place, column: .mark(.uuid)))
      } else if cells.allSatisfy(isBus) {
        uses.append(.init(place: place, column: .mark(.bus)))
      } else if cells.allSatisfy(isModel) {
        uses.append(.init(place: place, column: .model))
      } else if isIndex(cells), !uses.contains(where: { $0.column == .mark(.index) }) {
        uses.append(.init(place: place, column: .mark(.index)))
      }
    }
    guard uses.contains(where: \.isTime), let power = power(of: powers, rows),
      uses.contains(where: \.isOfNVIDIA) || first.contains(where: isWrittenBySMI)
    else { return nil }
    uses.append(.init(place: power, column: .value(.power, .power)))
    return PowerLogColumns(separator: 0x2C, count: first.count, uses: uses)
  }

  /// Which of the columns of watts is the power and not its limit; `nil` where nobody can tell.
  ///
  /// A limit stands beside it in every row, is always the same, and is not exceeded by much.
  private static func power(of places: [Int], _ rows: [[String]]) -> Int? {
    func watts(_ place: Int) -> [Double] {
      rows.compactMap { row in
        let content = PowerLogQuantity.power.read(ArraySlice(row[place].utf8), unit: nil)
        if case .number(let watts) = content { return watts }
        return nil
      }
    }
    let told = places.map { (place: $0, watts: watts($0)) }.filter { !$0.watts.isEmpty }
    if told.count == 1 { return told[0].place }
    guard told.count == 2 else { return nil }
    for (one, other) in [(told[0], told[1]), (told[1], told[0])] {
      guard let limit = other.watts.first, other.watts.allSatisfy({ $0 == limit }),
        let most = one.watts.max(), most < 1.1 * limit, most != limit
      else { continue }
      return one.place
    }
    return nil
  }

  /// The cells of the first rows.
  private static func rows(_ text: PowerLogText) -> [[String]] {
    var cells = CSVCells()
    var rows: [[String]] = []
    text.forEachLine { line in
      guard !line.isBlank, line.isWhole else { return true }
      cells.split(line.bytes, at: 0x2C)
      rows.append((0..<cells.count).map { String(decoding: cells[$0].prefix(128), as: UTF8.self) })
      return rows.count < 256
    }
    // A line that is broken must not hide what the others are.
    let usual = rows.reduce(into: [Int: Int]()) { $0[$1.count, default: 0] += 1 }
      .max { $0.value < $1.value }
    guard let usual, usual.key > 1, usual.value * 10 >= rows.count * 9 else { return [] }
    return rows.filter { row in row.count == usual.key && row.contains(where: isTime) }
  }

  private static func isTime(_ cell: String) -> Bool {
    if case .wall? = PowerLogTime(cell.utf8) { true } else { false }
  }

  /// Whether a cell has the form that nvidia-smi gives times and quantities.
  private static func isWrittenBySMI(_ cell: String) -> Bool {
    if [" MiB", " MHz", " %"].contains(where: cell.hasSuffix) { return true }
    let bytes = Array(cell.utf8)
    return bytes.count == 23 && bytes[4] == 0x2F && bytes[7] == 0x2F && bytes[19] == 0x2E
      && isTime(cell)
  }

  private static func isPower(_ cell: String) -> Bool {
    cell.hasSuffix(" W") || cell.hasSuffix(" mW") || (cell.first == "[" && cell.last == "]")
      || cell == "ERR!"
  }

  private static func isBus(_ cell: String) -> Bool {
    cell.split(separator: ":").count == 3 && cell.contains(".") && !isTime(cell)
  }

  private static func isModel(_ cell: String) -> Bool {
    cell.hasPrefix("NVIDIA") || cell.hasPrefix("Tesla") || cell.hasPrefix("GeForce")
      || cell.hasPrefix("Quadro")
  }

  /// Whether cells are the numbers of a machine's devices: each from 0 on, and each as often.
  private static func isIndex(_ cells: [String]) -> Bool {
    var counts: [Int: Int] = [:]
    for cell in cells {
      guard let number = Int(cell), 0..<64 ~= number else { return false }
      counts[number, default: 0] += 1
    }
    let most = counts.values.max() ?? 0
    let least = counts.values.min() ?? 0
    return counts.keys.max() == counts.count - 1 && most - least <= max(1, most / 10)
  }
}

extension PowerLogColumns.Use {
  /// Whether it names a device as NVIDIA's driver does.
  fileprivate var isOfNVIDIA: Bool {
    switch column {
    case .mark(.uuid), .mark(.bus), .model: true
    default: false
    }
  }

  /// What the column is taken for, in a word.
  fileprivate var word: String {
    switch column {
    case .time: "the time"
    case .day: "the day"
    case .mark(.uuid): "the uuid"
    case .mark(.bus): "the bus id"
    case .mark: "the index"
    case .model: "the product"
    case .host: "the machine"
    case .value: "the power"
    }
  }

  fileprivate init(place: Int, column: PowerLogColumn) {
    self.init(place: place, column: column, factor: nil)
  }
}
