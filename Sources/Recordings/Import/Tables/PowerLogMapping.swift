import Formats
import Telemetry

/// What the user says of the columns of a table: `time=ts,gpu0.power=GPU0 draw,W,wall.energy=meter,kWh`.
///
/// A column is named by its title or, as `#3`, by its place. Behind it stands its unit, unless the title
/// tells it. `power` is watts of the moment, `energy` a counter that only grows.
public struct PowerLogMapping: Sendable, Hashable {
  /// A column and what it is a value of.
  struct Item: Sendable, Hashable {
    var device: String
    var isEnergy: Bool
    var column: String
    var unit: String?
  }

  /// The column of the day, where the time has one of its own.
  private(set) var day: String?
  /// The column of the time.
  private(set) var time = ""
  private(set) var items: [Item] = []

  /// Reads what the user wrote.
  ///
  /// - Throws: `ImportError` that says which part is none.
  public init(_ text: String) throws(ImportError) {
    /// Where the unit goes that may follow.
    var isOfItem = false
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let equals = part.firstIndex(of: "=") else {
        let unit = Self.trimmed(part)
        guard isOfItem, let last = items.indices.last, items[last].unit == nil else {
          throw ImportError("“\(unit)” belongs to no column; write such as gpu0.power=COLUMN,W")
        }
        guard Self.quantity(items[last]).factor(unit) != nil else {
          let known = items[last].isEnergy ? "J, kJ, Wh or kWh" : "mW, W or kW"
          throw ImportError("“\(unit)” is no unit of \(items[last].device); write \(known)")
        }
        items[last].unit = unit
        continue
      }
      let key = Self.trimmed(part[..<equals])
      let column = Self.trimmed(part[part.index(after: equals)...])
      guard !column.isEmpty else { throw ImportError("\(key) has no column") }
      isOfItem = false
      switch key {
      case "time": time = column
      case "date", "day": day = column
      default:
        let point = key.lastIndex(of: ".") ?? key.endIndex
        let metric = key[point...].dropFirst()
        guard point > key.startIndex, point < key.endIndex,
          metric == "power" || metric == "energy"
        else {
          throw ImportError(
            "“\(key)” is none of time, date, DEVICE.power and DEVICE.energy, such as gpu0.power")
        }
        let isEnergy = metric == "energy"
        guard !items.contains(where: { $0.device == key[..<point] && $0.isEnergy == isEnergy })
        else { throw ImportError("\(key) has two columns") }
        items.append(
          Item(
            device: String(key[..<point]), isEnergy: isEnergy, column: column, unit: nil))
        isOfItem = true
      }
    }
    guard !time.isEmpty else { throw ImportError("it names no column of the time: time=COLUMN") }
    guard !items.isEmpty else {
      throw ImportError("it names no power and no energy, such as gpu0.power=COLUMN,W")
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func quantity(_ item: Item) -> PowerLogQuantity {
    item.isEnergy ? .energy : .power
  }

  /// The columns it names.
  private var columns: [String] { [day, time].compactMap { $0 } + items.map(\.column) }

  /// The first of its columns that a file does not have; `nil` where it has all.
  public func missingColumn(_ head: [UInt8]) -> String? {
    let titles = PowerLogText(head).head(1).first.flatMap { PowerLogSheet.Titles($0) }
    return columns.first { column in titles.flatMap { Self.place(column, $0) } == nil }
  }

  private static func place(_ column: String, _ titles: PowerLogSheet.Titles) -> Int? {
    if column.first == "#" {
      return Int(column.dropFirst()).flatMap {
        titles.cells.indices.contains($0 - 1) ? $0 - 1 : nil
      }
    }
    return titles.place(column)
      ?? titles.cells.firstIndex { $0.lowercased() == column.lowercased() }
  }

  /// Reads a table by it.
  ///
  /// - Throws: `ImportError` where a unit is not told, or a column cannot be what it is said to be.
  func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    guard let titles = text.head(1).first.flatMap({ PowerLogSheet.Titles($0) }) else {
      throw ImportError("has no columns")
    }
    func place(_ column: String) throws(ImportError) -> Int {
      guard let place = Self.place(column, titles) else {
        throw ImportError("has no column “\(column)”")
      }
      return place
    }
    try refuseMixed(text, titles)
    var sheet: [PowerLogSheet.Column] = []
    for item in items {
      let found = try place(item.column)
      let title = titles.cells[found]
      let quantity = Self.quantity(item)
      guard let unit = item.unit ?? PowerLogUnit.of(title, quantity),
        let factor = quantity.factor(unit)
      else {
        throw ImportError(
          "column “\(title)” does not tell its unit; write it behind the column: "
            + "\(item.device).\(item.isEnergy ? "energy" : "power")=\(item.column),"
            + (item.isEnergy ? "kWh" : "W"))
      }
      let subject = Self.subject(item.device, "the column “\(title)”, as the user says, \(unit)")
      sheet.append(
        item.isEnergy
          ? .init(found, joules: subject, factor: factor)
          : .init(found, watts: subject, factor: factor))
    }
    let dayPlace = try day.map { day throws(ImportError) in try place(day) }
    let timePlace = try place(time)
    let table = PowerLogSheet(
      titles: titles, time: [dayPlace, timePlace].compactMap { $0 }, columns: sheet
    ).read(text)
    table.finish()
    try check(table)
    return table
  }

  /// Refuses a table with rows of several sensors, whose values would be taken for those of one.
  private func refuseMixed(
    _ text: PowerLogText, _ titles: PowerLogSheet.Titles
  ) throws(ImportError) {
    let names = ["entity_id", "sensor", "sensor_id", "metric", "uuid", "gpu_uuid"]
    guard let place = titles.cells.firstIndex(where: { names.contains($0.lowercased()) }) else {
      return
    }
    var cells = CSVCells()
    var first: (line: Int, name: [UInt8])?
    var other = 0
    text.forEachLine { line in
      guard line.number > 1, !line.isBlank else { return true }
      cells.split(line.bytes, at: titles.separator)
      guard cells.count > place else { return true }
      if let first, !cells[place].elementsEqual(first.name) {
        if !cells[place].elementsEqual(titles.cells[place].utf8) { other = line.number }
      } else if first == nil {
        first = (line.number, Array(cells[place]))
      }
      return other == 0
    }
    guard other > 0 else { return }
    throw ImportError(
      line: other,
      "its rows are of several things, as the column “\(titles.cells[place])” tells: make a file of each"
    )
  }

  /// What a device is, by its name: `gpu0`, `cpu1`, `dram`, `wall`; others are shown and not added.
  private static func subject(_ name: String, _ note: String) -> PowerLogSubject {
    let word = name.lowercased().prefix { !$0.isNumber }
    let index = name.dropFirst(word.count)
    func subject(_ kind: DeviceKind, _ role: DeviceRole) -> PowerLogSubject {
      PowerLogSubject(
        kind: kind, role: role, marks: [.name: name], method: .instant, note: note)
    }
    switch word {
    case "gpu" where Int(index) != nil:
      return PowerLogSubject(marks: [.index: String(index)], method: .instant, note: note)
    case "gpu", "gpus":
      var all = subject(.gpu, .accelerator)
      all.count = 16
      return all
    case "cpu", "package": return subject(.cpu, .processor)
    case "dram", "ram", "memory": return subject(.cpu, .memory)
    case "wall", "machine", "node": return subject(.meter, .machine)
    default: return subject(.meter, .sensor)
    }
  }

  /// Whether columns are what they are said to be.
  private func check(_ table: PowerLogTable) throws(ImportError) {
    for (place, subject) in table.subjects.enumerated() {
      for metric in [Metric.power, .energy] {
        let course = PowerLogCourse(table.tracks[place].rows, metric)
        guard course.count >= 12, let first = course.first, let last = course.last else { continue }
        let name = "\(subject.marks[.name] ?? "gpu\(subject.marks[.index] ?? "")")"
        if metric == .power, course.falls == 0, course.rises * 10 >= course.count * 9 {
          throw ImportError(
            "the power of \(name) only ever grows, as a counter does: is it \(name).energy?")
        }
        guard metric == .energy else { continue }
        if course.falls * 10 > course.count {
          throw ImportError(
            "the energy of \(name) falls again and again, as no counter does: is it \(name).power?")
        }
        let seconds = Double(last.time &- first.time) / 1e9
        let watts = seconds > 0 ? (last.value - first.value) / seconds : 0
        if watts > (subject.role == .machine || subject.role == .sensor ? 2e5 : 4000) {
          throw ImportError(
            "the energy of \(name) grows by \(Int(min(watts, 1e15))) W: is its unit right?")
        }
      }
    }
  }
}

/// How the values of a metric follow each other.
private struct PowerLogCourse {
  private(set) var count = 0
  private(set) var rises = 0
  private(set) var falls = 0
  private(set) var first: (time: Int64, value: Double)?
  private(set) var last: (time: Int64, value: Double)?

  init(_ track: PowerLogTrack, _ metric: Metric) {
    let rows = PowerLogTrackRows(track)
    while rows.next() {
      let metrics = rows.store.shapes[rows.shape].metrics
      let place = metrics.indices.first {
        metrics[$0] == metric && PowerLogBits.isNumber(rows.values[$0])
      }
      guard let place else { continue }
      let value = (time: rows.packed.order, value: Double(bitPattern: rows.values[place]))
      if let last {
        if value.value > last.value { rises += 1 }
        if value.value < last.value { falls += 1 }
      } else {
        first = value
      }
      last = value
      count += 1
    }
  }
}

/// The unit that a title tells.
enum PowerLogUnit {
  private static let endings: [(String, String)] = [
    ("_mw", "mW"), ("_milliwatts", "mW"), ("_kw", "kW"), ("_w", "W"), ("_watts", "W"),
    ("_watt", "W"), ("_kwh", "kWh"), ("_wh", "Wh"), ("_kj", "kJ"), ("_mj", "mJ"), ("_uj", "uJ"),
    ("_j", "J"), ("_joules", "J"), ("_joule", "J"), (" watts", "W"), (" joules", "J"),
    (" kwh", "kWh"),
  ]

  /// The unit in brackets, or behind an underscore: `power [W]`, `energy (kWh)`, `power_mw`.
  static func of(_ title: String, _ quantity: PowerLogQuantity) -> String? {
    if let last = title.last, last == "]" || last == ")",
      let open = title.lastIndex(where: { $0 == "[" || $0 == "(" })
    {
      let unit = String(title[title.index(after: open)...].dropLast())
      if quantity.factor(unit) != nil { return unit }
    }
    // A title may be nothing but the unit.
    let lower = "_" + title.lowercased()
    for (ending, unit) in endings where lower.hasSuffix(ending) && quantity.factor(unit) != nil {
      return unit
    }
    return nil
  }
}
