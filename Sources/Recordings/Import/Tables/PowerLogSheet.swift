import Formats
import Telemetry

/// A table whose columns are each a value of a device of its own: a time, and watts or joules of this
/// and that.
struct PowerLogSheet: Sendable {
  /// A column that is read.
  struct Column: Sendable {
    var place: Int
    var subject: PowerLogSubject
    var metric: Metric
    var quantity: PowerLogQuantity
    /// How many of the metric's unit a number without a unit of its own is.
    var factor: Double

    /// A column of watts.
    init(_ place: Int, watts subject: PowerLogSubject, factor: Double = 1) {
      self.init(place, subject, .power, .power, factor)
    }

    /// A column of a counter of joules.
    init(_ place: Int, joules subject: PowerLogSubject, factor: Double = 1) {
      self.init(place, subject, .energy, .energy, factor)
    }

    private init(
      _ place: Int, _ subject: PowerLogSubject, _ metric: Metric, _ quantity: PowerLogQuantity,
      _ factor: Double
    ) {
      (self.place, self.subject, self.metric) = (place, subject, metric)
      (self.quantity, self.factor) = (quantity, factor)
    }
  }

  /// The titles of a table, and what stands between its cells.
  struct Titles {
    let separator: UInt8
    let cells: [String]

    /// The titles in the first line; `nil` where it is one cell.
    init?(_ line: String) {
      let bytes = Array(line.utf8)
      var found: (separator: UInt8, cells: [String])?
      for separator: UInt8 in [0x2C, 0x3B, 0x09, 0x7C] where bytes.contains(separator) {
        var cells = CSVCells()
        bytes.withUnsafeBufferPointer { cells.split($0, at: separator) }
        guard cells.count > found?.cells.count ?? 1 else { continue }
        found = (
          separator,
          (0..<cells.count).map { String(decoding: cells[$0].prefix(256), as: UTF8.self) }
        )
      }
      guard let found else { return nil }
      (separator, cells) = found
    }

    /// The place of a title.
    func place(_ title: String) -> Int? { cells.firstIndex(of: title) }
  }

  let titles: Titles
  /// The columns of the day and the time, or the one of both.
  let time: [Int]
  let columns: [Column]
  /// Makes a time of what stands in their cells, joined by a blank.
  var clock: @Sendable ([UInt8]) -> PowerLogTime? = { PowerLogTime($0) }
  /// Whether a line that is no row is one that the tool writes at the end.
  var isFooter: @Sendable (String) -> Bool = { _ in false }

  /// Whether the titles are a row already: the file has none.
  private var isUntitled: Bool {
    guard time.allSatisfy(titles.cells.indices.contains) else { return false }
    return clock(Array(time.map { titles.cells[$0] }.joined(separator: " ").utf8)) != nil
  }

  /// Reads a text whose first line that is not blank has the titles, if it has any.
  func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    var cells = CSVCells()
    var isTitled = isUntitled
    var places: [PowerLogSubject: Int] = [:]
    let subjects = columns.map { column -> Int in
      if let known = places[column.subject] { return known }
      places[column.subject] = places.count
      return places.count - 1
    }
    let names = columns.map(\.subject)
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      guard isTitled else {
        isTitled = true
        return true
      }
      cells.split(line.bytes, at: titles.separator)
      let count = cells.count - (cells.count > 1 && cells[cells.count - 1].isEmpty ? 1 : 0)
      let isOfTitles =
        cells.count == titles.cells.count || count == titles.cells.count
        || (titles.cells.last == "" && cells.count == titles.cells.count - 1)
      guard isOfTitles, let last = self.time.max(), last < cells.count else {
        if line.isWhole {
          if !isFooter(line.text) {
            table.addBroken(
              line: line.number, "\(cells.count) cells where the titles are \(titles.cells.count)")
          }
        } else {
          table.addTorn(line: line.number)
        }
        return true
      }
      let stamp = Array(self.time.map { Array(cells[$0]) }.joined(separator: [0x20]))
      guard let time = clock(stamp) else {
        // A second run appended to the file writes its titles again.
        let isTitles = self.time.allSatisfy { cells[$0].elementsEqual(titles.cells[$0].utf8) }
        if !isTitles, !isFooter(line.text) {
          let words = String(decoding: stamp.prefix(40), as: UTF8.self)
          table.addBroken(line: line.number, "“\(words)” is no time")
        }
        return true
      }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      var rows: [[PowerLogValue]] = Array(repeating: [], count: places.count)
      for (column, subject) in zip(columns, subjects) where column.place < cells.count {
        rows[subject].append(
          PowerLogValue(
            column.metric,
            column.quantity.read(
              cells[column.place], unit: column.factor, hasDecimalComma: titles.separator != 0x2C)))
      }
      for (index, subject) in subjects.enumerated() where !rows[subject].isEmpty {
        table.add(
          line: line.number, time: time, subject: table.place(of: names[index]), rows[subject])
        rows[subject] = []
      }
      return true
    }
    return table
  }
}
