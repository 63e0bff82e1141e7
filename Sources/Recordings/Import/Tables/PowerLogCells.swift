import Formats
import Glibc
import Telemetry

/// Reads a table of cells, row by row, into a power log.
struct PowerLogCells {
  private(set) var table: PowerLogTable
  private let lexicon: PowerLogLexicon
  private var plan: PowerLogRowPlan?
  private var hasTitles: Bool
  private let cells = CellRanges()

  init(
    _ table: PowerLogTable, _ lexicon: PowerLogLexicon, columns: PowerLogColumns? = nil,
    startsWithTitles: Bool = false
  ) {
    self.table = table
    self.lexicon = lexicon
    plan = columns.map { PowerLogRowPlan($0, lexicon, table.store) }
    hasTitles = startsWithTitles
  }

  /// Reads a whole text; its first line is passed over where it has the titles of known columns.
  static func read(
    _ text: PowerLogText, _ lexicon: PowerLogLexicon, columns: PowerLogColumns? = nil,
    startsWithTitles: Bool = false
  ) -> PowerLogTable {
    var reader = PowerLogCells(
      text.table(), lexicon, columns: columns, startsWithTitles: startsWithTitles)
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
    guard let plan else {
      takeFirst(line)
      return
    }
    cells.split(line.bytes, at: plan.columns.separator)
    let columns = plan.columns
    // A separator at the end of a line makes no cell.
    guard
      cells.count == columns.count
        || cells.count == columns.count + 1 && cells[columns.count].isEmpty
    else {
      if takeTitles(line) { return }
      if line.isWhole {
        table.addBroken(
          line: line.number, "\(cells.count) cells where the titles are \(columns.count)")
      } else {
        table.addTorn(line: line.number)
      }
      return
    }
    guard let time = plan.time(cells) else {
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
    let subject = plan.subject(cells, &table)
    plan.readValues(cells)
    table.add(
      line: line.number, time: time, subject: subject, shape: plan.shape, plan.values)
  }

  /// Takes a line before the titles are known.
  private mutating func takeFirst(_ line: PowerLogText.Line) {
    if let columns = PowerLogColumns(titles: line.bytes, lexicon) {
      plan = PowerLogRowPlan(columns, lexicon, table.store)
    } else if let first = line.bytes.split(separator: 0x2C).first, PowerLogTime(first) != nil {
      // What stands before the titles is read by nobody; that counts if it was a row.
      table.addBroken(line: line.number, "it stands before the titles")
    }
  }

  /// Takes a line of titles in the middle of a file, as a second run appended to it writes one.
  private mutating func takeTitles(_ line: PowerLogText.Line) -> Bool {
    guard line.isWhole, let others = PowerLogColumns(titles: line.bytes, lexicon) else {
      return false
    }
    plan = PowerLogRowPlan(others, lexicon, table.store)
    return true
  }
}
