import Formats
import Telemetry

/// What a column of a table means.
package enum PowerLogColumn: Sendable, Hashable {
  /// The time of the row, or the time of day where another column holds the day.
  case time
  /// The day of the row.
  case day
  /// What tells the device apart.
  case mark(PowerLogSubject.Mark)
  /// The product.
  case model
  /// The machine.
  case host
  /// A value; of several columns of one metric the one of the lowest rank that has a number counts.
  case value(Metric, PowerLogQuantity, rank: Int = 0)
}

/// What the titles of a table's columns mean in a format.
package struct PowerLogLexicon: Sendable {
  /// What kind of statement the power is, and where it comes from.
  var subject: PowerLogSubject
  /// The unit of numbers without one, by quantity.
  var units: [PowerLogQuantity: String]
  /// What a title means, which comes in lower-case letters and without its unit.
  var column: @Sendable (_ title: String) -> PowerLogColumn?

  init(
    subject: PowerLogSubject, units: [PowerLogQuantity: String] = [:],
    column: @escaping @Sendable (_ title: String) -> PowerLogColumn?
  ) {
    self.subject = subject
    self.units = units
    self.column = column
  }
}

/// The columns of a table of cells: what they mean, and by what they are apart.
struct PowerLogColumns: Sendable {
  /// A column that is read.
  struct Use: Sendable {
    var place: Int
    var column: PowerLogColumn
    /// How many of the metric's unit a number without a unit of its own is.
    var factor: Double?
  }

  let separator: UInt8
  let count: Int
  let uses: [Use]
  /// Whether a comma stands before fractions.
  var hasDecimalComma: Bool { separator != UInt8(ascii: ",") }

  /// Finds the columns by a line of titles; `nil` where it has no power, or no time.
  init?(titles line: UnsafeBufferPointer<UInt8>, _ lexicon: PowerLogLexicon) {
    var cells = CSVCells()
    for separator: UInt8 in [0x2C, 0x3B, 0x09, 0x7C] where line.contains(separator) {
      cells.split(line, at: separator)
      var uses: [Use] = []
      for place in 0..<cells.count {
        let (title, unit) = Self.title(cells[place])
        guard let column = lexicon.column(title) else { continue }
        var factor: Double?
        if case .value(_, let quantity, _) = column {
          guard let spelled = unit ?? lexicon.units[quantity] else { continue }
          factor = quantity.factor(spelled)
          if unit != nil, factor == nil { continue }
        }
        uses.append(Use(place: place, column: column, factor: factor))
      }
      guard uses.contains(where: \.isTime), uses.contains(where: \.isPower) else { continue }
      self.separator = separator
      self.uses = uses
      count = cells.count
      return
    }
    return nil
  }

  /// The columns as they are said to be.
  init(separator: UInt8, count: Int, uses: [Use]) {
    self.separator = separator
    self.count = count
    self.uses = uses
  }

  /// A title without its unit, and the unit: `power.draw [W]`, `Power (mW)`.
  private static func title(_ cell: ArraySlice<UInt8>) -> (String, String?) {
    let text = String(decoding: cell.prefix(128), as: UTF8.self)
    guard let open = text.lastIndex(where: { $0 == "[" || $0 == "(" }), open != text.startIndex,
      let last = text.last, last == "]" || last == ")"
    else { return (text.lowercased(), nil) }
    var name = text[..<open]
    while name.last == " " { name = name.dropLast() }
    return (name.lowercased(), String(text[text.index(after: open)...].dropLast()))
  }
}

extension PowerLogColumns.Use {
  var isTime: Bool { column == .time }
  var isPower: Bool {
    if case .value(let metric, _, _) = column {
      return metric == .power || metric == .powerInstant || metric == .modulePower
    }
    return false
  }
}

/// Reads a table of cells, row by row, into a power log.
struct PowerLogCells {
  private(set) var table = PowerLogTable()
  private let lexicon: PowerLogLexicon
  private var columns: PowerLogColumns?
  private var hasTitles: Bool
  private var cells = CSVCells()
  private var places: [[UInt8]: Int] = [:]
  private var row: [(metric: Metric, rank: Int, content: PowerLogValue.Content)] = []

  init(_ lexicon: PowerLogLexicon, columns: PowerLogColumns? = nil, startsWithTitles: Bool = false)
  {
    self.lexicon = lexicon
    self.columns = columns
    hasTitles = startsWithTitles
  }

  /// Reads a whole text; its first line is passed over where it has the titles of known columns.
  static func read(
    _ text: PowerLogText, _ lexicon: PowerLogLexicon, columns: PowerLogColumns? = nil,
    startsWithTitles: Bool = false
  ) -> PowerLogTable {
    var reader = PowerLogCells(lexicon, columns: columns, startsWithTitles: startsWithTitles)
    text.forEachLine { line in
      reader.take(line)
      return true
    }
    return reader.table
  }

  private mutating func take(_ line: PowerLogText.Line) {
    guard !line.isBlank else { return }
    if hasTitles {
      hasTitles = false
      return
    }
    guard let columns else {
      self.columns = PowerLogColumns(titles: line.bytes, lexicon)
      // What stands before the titles is read by nobody; that counts if it was a row.
      if self.columns == nil, let first = line.bytes.split(separator: 0x2C).first,
        PowerLogTime(first) != nil
      {
        table.addBroken(line: line.number, "it stands before the titles")
      }
      return
    }
    cells.split(line.bytes, at: columns.separator)
    // A separator at the end of a line makes no cell.
    let hasEmptyEnd = cells.count == columns.count + 1 && cells[columns.count].isEmpty
    guard cells.count == columns.count || hasEmptyEnd else {
      if takeTitles(line) { return }
      if line.isWhole {
        table.addBroken(
          line: line.number, "\(cells.count) cells where the titles are \(columns.count)")
      } else {
        table.addTorn(line: line.number)
      }
      return
    }
    guard let time = time(columns) else {
      if takeTitles(line) { return }
      let place = columns.uses.first { $0.isTime }?.place ?? 0
      let cell = String(decoding: cells[place].prefix(40), as: UTF8.self)
      if line.isWhole {
        table.addBroken(line: line.number, "“\(cell)” is no time")
      } else {
        table.addTorn(line: line.number)
      }
      return
    }
    guard line.isWhole || line.bytes.last == UInt8(ascii: "\"") else {
      table.addTorn(line: line.number)
      return
    }
    table.add(line: line.number, time: time, subject: subject(columns), values(columns))
  }

  /// Takes a line of titles in the middle of a file, as a second run appended to it writes one.
  private mutating func takeTitles(_ line: PowerLogText.Line) -> Bool {
    guard line.isWhole, let others = PowerLogColumns(titles: line.bytes, lexicon) else {
      return false
    }
    columns = others
    return true
  }

  private func time(_ columns: PowerLogColumns) -> PowerLogTime? {
    guard let use = columns.uses.first(where: \.isTime) else { return nil }
    guard let day = columns.uses.first(where: { $0.column == .day }) else {
      return PowerLogTime(cells[use.place])
    }
    return PowerLogTime(cells[day.place] + [0x20] + cells[use.place])
  }

  private mutating func subject(_ columns: PowerLogColumns) -> Int {
    var key: [UInt8] = []
    for use in columns.uses {
      switch use.column {
      case .mark(let mark): key += [0, UInt8(mark.rawValue)] + cells[use.place]
      case .model: key += [0, 254] + cells[use.place]
      case .host: key += [0, 255] + cells[use.place]
      case .time, .day, .value: break
      }
    }
    if let known = places[key] { return known }
    var subject = lexicon.subject
    for use in columns.uses {
      let cell = cells[use.place]
      guard !PowerLogQuantity.isAbsent(cell) else { continue }
      let text = String(decoding: cell.prefix(128), as: UTF8.self)
      switch use.column {
      case .mark(let mark): subject.marks[mark] = subject.marks[mark] ?? text
      case .model: subject.model = text
      case .host: subject.host = text
      case .time, .day, .value: break
      }
    }
    let place = table.place(of: subject)
    places[key] = place
    return place
  }

  private mutating func values(_ columns: PowerLogColumns) -> [PowerLogValue] {
    row.removeAll(keepingCapacity: true)
    for use in columns.uses {
      guard case .value(let metric, let quantity, let rank) = use.column else { continue }
      let content = quantity.read(
        cells[use.place], unit: use.factor, hasDecimalComma: columns.hasDecimalComma)
      guard let known = row.firstIndex(where: { $0.metric == metric }) else {
        row.append((metric, rank, content))
        continue
      }
      let isBetter =
        content.isNumber != row[known].content.isNumber
        ? content.isNumber : rank < row[known].rank
      if isBetter { row[known] = (metric, rank, content) }
    }
    return row.map { PowerLogValue($0.metric, $0.content) }
  }
}

extension PowerLogValue.Content {
  /// Whether it is a number.
  var isNumber: Bool { if case .number = self { true } else { false } }
}
