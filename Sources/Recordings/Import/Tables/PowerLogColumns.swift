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

extension PowerLogValue.Content {
  /// Whether it is a number.
  var isNumber: Bool { if case .number = self { true } else { false } }
}
