import Formats
import Telemetry

/// What the columns of an unknown table look like, as a mapping that the user can look at and give.
///
/// It is only ever shown: titles are words, and whose power a column is nobody can know by them.
public struct PowerLogGuess: Sendable {
  /// The mapping, as `--map` takes it; a unit that no title tells is written as `?`.
  public let mapping: String
  /// Whether each of its units is told.
  public let isWhole: Bool

  /// Looks at the beginning of a file; `nil` where it is no table with a time and watts or joules.
  public init?(_ head: [UInt8]) {
    let text = PowerLogText(head)
    let lines = text.head(8)
    guard lines.count > 1, let titles = PowerLogSheet.Titles(lines[0]), titles.cells.count > 1
    else {
      return nil
    }
    let isUntitled = titles.cells.contains { Self.isTime($0) }
    let rows = lines.dropFirst(isUntitled ? 0 : 1).compactMap { line -> [String]? in
      var cells = CSVCells()
      Array(line.utf8).withUnsafeBufferPointer { cells.split($0, at: titles.separator) }
      guard cells.count == titles.cells.count else { return nil }
      return (0..<cells.count).map { String(decoding: cells[$0], as: UTF8.self) }
    }
    if isUntitled {
      guard let found = Self.untitled(rows) else { return nil }
      (mapping, isWhole) = (found, true)
      return
    }
    guard !rows.isEmpty, let time = Self.time(titles.cells, rows) else { return nil }
    var parts = time
    var used: Set<String> = []
    var isWhole = true
    for (place, title) in titles.cells.enumerated() {
      guard rows.contains(where: { Self.isNumber($0[place], titles.separator) }),
        let (metric, quantity) = Self.metric(title)
      else { continue }
      var device = Self.device(title)
      var count = 2
      while used.contains("\(device).\(metric)") {
        device = "\(Self.device(title))-\(count)"
        count += 1
      }
      used.insert("\(device).\(metric)")
      let unit = PowerLogUnit.of(title, quantity)
      if unit == nil { isWhole = false }
      parts.append("\(device).\(metric)=\(Self.column(place, titles)),\(unit ?? "?")")
    }
    guard !used.isEmpty else { return nil }
    mapping = parts.joined(separator: ",")
    self.isWhole = isWhole
  }

  private static func isTime(_ cell: String) -> Bool {
    switch PowerLogTime(Array(cell.utf8)) {
    case .instant?, .wall?, .either?, .yearless?: true
    default: false
    }
  }

  /// The mapping of rows without titles: the first time, and the one column with watts behind each number.
  ///
  /// Whose they are is for the user to say.
  private static func untitled(_ rows: [[String]]) -> String? {
    guard let first = rows.first, let time = first.firstIndex(where: isTime) else { return nil }
    let watts = first.indices.filter { place in
      rows.allSatisfy { $0[place].split(separator: " ").last == "W" }
    }
    guard watts.count == 1, let power = watts.first else { return nil }
    return "time=#\(time + 1),wall.power=#\(power + 1),W"
  }

  private static func column(_ place: Int, _ titles: PowerLogSheet.Titles) -> String {
    let title = titles.cells[place]
    let isPlain =
      !title.isEmpty && !title.contains { $0 == "," || $0 == "=" || $0 == "\"" || $0 == "'" }
      && titles.place(title) == place
    return isPlain ? title : "#\(place + 1)"
  }

  private static func isNumber(_ cell: String, _ separator: UInt8) -> Bool {
    let digits = cell.prefix { $0 != " " }
    let isDecimalComma = separator != UInt8(ascii: ",")
    return PlainNumber.parse(digits.utf8.map { isDecimalComma && $0 == 0x2C ? 0x2E : $0 }) != nil
  }

  /// The column of the time, or those of day and time.
  private static func time(_ titles: [String], _ rows: [[String]]) -> [String]? {
    func column(_ place: Int) -> String {
      titles[place].contains(",") || titles[place].isEmpty ? "#\(place + 1)" : titles[place]
    }
    for place in titles.indices {
      switch PowerLogTime(Array(rows[0][place].utf8)) {
      case .instant?, .wall?, .either?, .yearless?: return ["time=\(column(place))"]
      case .clock?:
        // A day may stand in a column of its own.
        if let day = titles.indices.first(where: { day in
          day != place && PowerLogTime(Array("\(rows[0][day]) \(rows[0][place])".utf8)) != nil
        }) {
          return ["date=\(column(day))", "time=\(column(place))"]
        }
        return ["time=\(column(place))"]
      case .written?, nil: continue
      }
    }
    return nil
  }

  private static func metric(_ title: String) -> (String, PowerLogQuantity)? {
    let lower = title.lowercased()
    // A limit is no draw, and neither is a factor or a rate of something else.
    let others = ["limit", "cap", "tdp", "factor", "efficiency", "cost", "price", "saving"]
    guard !others.contains(where: lower.contains) else { return nil }
    if PowerLogUnit.of(title, .energy) != nil { return ("energy", .energy) }
    if PowerLogUnit.of(title, .power) != nil { return ("power", .power) }
    if lower.contains("energy") || lower.contains("joule") || lower.contains("kwh") {
      return ("energy", .energy)
    }
    return lower.contains("power") || lower.contains("watt") ? ("power", .power) : nil
  }

  private static func device(_ title: String) -> String {
    let lower = title.lowercased()
    func index(_ word: String) -> String {
      guard let mark = lower.firstRange(of: word) else { return "" }
      let rest = lower[mark.upperBound...].drop { $0 == "_" || $0 == " " || $0 == "-" || $0 == "[" }
      return String(rest.prefix { $0.isNumber && $0.isASCII })
    }
    if lower.contains("gpu") { return "gpu" + (index("gpu").isEmpty ? "0" : index("gpu")) }
    if lower.contains("cpu") { return "cpu" + index("cpu") }
    if lower.contains("package") || lower.contains("pkg") { return "cpu" }
    if lower.contains("dram") || lower.contains("memory") { return "dram" }
    if ["wall", "system", "node", "machine", "total", "plug", "psu"].contains(where: lower.contains)
    {
      return "wall"
    }
    return "other"
  }
}
