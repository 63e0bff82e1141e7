import Formats
import Quantities
import Serving
import Telemetry

/// Reads the table of a job, line by line: Lightning, Ultralytics, Keras, fastai, DeepSpeed.
///
/// The first line says what the columns are. Empty cells and `NA` are not there; a row with another
/// number of cells is torn or somebody else's, and is passed over.
package struct CSVReader: Sendable {
  /// The longest line in bytes; a longer one is passed over.
  static let longestLine = 16 << 20

  /// A column whose numbers mean something.
  private struct Column: Sendable {
    let place: Int
    let use: ScalarUse
    let name: String
    /// The bit of its metric among those of the table.
    let bit: UInt64
    /// Whether its numbers are taken, as it was at a count of changes of the choice.
    var isTaken = false
    var asked = -1
  }

  private let local: LocalTime?
  private let file: String
  private(set) var header: CSVHeader?
  private var columns: [Column] = []
  private var cells = CSVCells()
  private(set) var choice = ScalarChoice()
  private var trainingParts: [Int] = []
  private var validationParts: [Int] = []
  private var elapsed = 0.0
  /// How many rows were passed over.
  package private(set) var badRows = 0
  /// What all rows show together, of a finished table.
  private var study: CSVStudy?
  /// What a row says of its time, as far as that is known to be a time.
  private(set) var clock = CSVHeader.Clock.none
  /// Whether the first line is none of a job's table.
  private(set) var isForeign = false

  /// A reader for a file of that name.
  ///
  /// - Parameter local: the zone of dates that are written without one.
  package init(file: String = "", local: LocalTime? = nil) {
    (self.file, self.local) = (file, local)
  }

  /// A reader for a finished table whose numbers were looked through before.
  init(file: String, local: LocalTime?, study: CSVStudy) {
    self.init(file: file, local: local)
    self.study = study
  }

  /// Looks through the lines of a table without telling them.
  mutating func look(at line: UnsafeBufferPointer<UInt8>, isCut: Bool, _ study: inout CSVStudy) {
    guard let row = take(line, isCut: isCut), let header, row[.loss] != nil else { return }
    let cell: Double? =
      switch header.clock {
      case .none, .duration: nil
      case .elapsed(let column), .doubtful(let column), .wall(let column):
        PlainNumber.parse(cells[column])
      }
    study.take(step: row[.step], epoch: row[.epoch], clock: cell)
  }

  /// Takes a line; returns what it says, if it is a row that says something.
  package mutating func take(_ line: UnsafeBufferPointer<UInt8>, isCut: Bool = false) -> CSVRow? {
    guard !isForeign else { return nil }
    guard let header else {
      header = isCut ? nil : CSVHeader(line, file: file)
      isForeign = header == nil
      if let header { begin(header) }
      return nil
    }
    guard line.contains(where: { $0 > 0x20 }) else { return nil }
    if !isCut { cells.split(line, at: header.separator) }
    guard !isCut, cells.count == header.names.count else {
      badRows += 1
      return nil
    }
    return row(header)
  }

  private mutating func begin(_ header: CSVHeader) {
    clock = resolved(header.clock)
    trainingParts = header.parts(of: "train")
    validationParts = header.parts(of: "val")
    var metrics: [Metric] = []
    for (place, use) in header.uses.enumerated() {
      guard let use else { continue }
      if !metrics.contains(use.metric) { metrics.append(use.metric) }
      // There are fewer than 64 metrics that a name can mean.
      let bit: UInt64 = 1 << UInt64(metrics.firstIndex(of: use.metric) ?? 0)
      columns.append(Column(place: place, use: use, name: header.names[place], bit: bit))
    }
    // All names are known from the first line on, and so is the best for a rate.
    for column in columns { choice.hear(column.use, name: column.name) }
  }

  /// The clock of a table; none where nobody has looked whether the numbers can be times.
  private func resolved(_ clock: CSVHeader.Clock) -> CSVHeader.Clock {
    switch clock {
    case .doubtful(let column): study?.hasClock == true ? .elapsed(column: column) : clock
    case .wall(let column):
      // Numbers that begin at zero, which are written as dates nowhere.
      study.map { $0.hasClock && !$0.isClockSince1970 } ?? false
        ? .elapsed(column: column) : clock
    case .none, .elapsed, .duration: clock
    }
  }

  /// The time of a cell that is written as a date, in seconds since 1970; `nil` where its zone is not
  /// known either.
  private func written(_ cell: ArraySlice<UInt8>) -> Double? {
    let found = cell.withUnsafeBufferPointer { StampScanner.read($0, at: 0) }
    guard let (stamp, end) = found, end == cell.count else { return nil }
    switch stamp {
    case .instant(let nanoseconds): return Double(nanoseconds) / 1e9
    case .local(let shown):
      guard let local, let time = LiveStamps.times(shown, local).first else { return nil }
      return Double(time.nanoseconds) / 1e9
    default: return nil
    }
  }

  private mutating func row(_ header: CSVHeader) -> CSVRow? {
    var row = CSVRow()
    row.entries.reserveCapacity(min(columns.count, 16))
    var held: UInt64 = 0
    for index in columns.indices {
      guard let raw = PlainNumber.parse(cells[columns[index].place]),
        let value = columns[index].use.value(raw), takes(index), held & columns[index].bit == 0
      else { continue }
      held |= columns[index].bit
      row.entries.append(
        JobRow.Entry(metric: columns[index].use.metric, value: value, name: columns[index].name))
    }
    if study?.isStepOfRun == false { row.entries.removeAll { $0.metric == .step } }
    if let column = header.splitColumn, Self.isEvaluation(cells[column]) { row.setAside() }
    sum(trainingParts, .loss, "sum of train/…_loss", &row)
    sum(validationParts, .validationLoss, "sum of val/…_loss", &row)
    switch clock {
    case .none: break
    case .doubtful(let column):
      // What is written as a date is one, and so is a number of this century.
      let since1970 =
        written(cells[column])
        ?? PlainNumber.parse(cells[column]).flatMap {
          $0 > 946_684_800 ? $0 : nil
        }
      guard let since1970 else { break }
      clock = .wall(column: column)
      row.clock = since1970
    case .elapsed(let column), .wall(let column):
      row.clock = PlainNumber.parse(cells[column]) ?? written(cells[column])
    case .duration(let column):
      let seconds = PlainNumber.clock(cells[column]) ?? PlainNumber.parse(cells[column])
      if let seconds, 0..<1e9 ~= seconds {
        elapsed += seconds
        row.clock = elapsed
      }
    }
    if let clock = row.clock, !(0...4_102_444_800 ~= clock) { row.clock = nil }
    return row.entries.isEmpty ? nil : row
  }

  /// Whether a cell says that its row is not of the training.
  private static func isEvaluation(_ cell: ArraySlice<UInt8>) -> Bool {
    let word = String(decoding: cell.prefix(16), as: UTF8.self).lowercased()
    return ["val", "eval", "test", "dev"].contains { word.hasPrefix($0) }
  }

  /// Whether a column is the one whose numbers are taken for its metric.
  private mutating func takes(_ index: Int) -> Bool {
    if columns[index].asked != choice.changes {
      columns[index].isTaken = choice.takes(columns[index].use, name: columns[index].name)
      columns[index].asked = choice.changes
    }
    return columns[index].isTaken
  }

  private func sum(
    _ columns: [Int], _ metric: Metric, _ name: String, _ row: inout CSVRow
  ) {
    guard !columns.isEmpty, row[metric] == nil else { return }
    var total = 0.0
    for column in columns {
      guard let value = PlainNumber.parse(cells[column]) else { return }
      total += value
    }
    // Zeros of an evaluation that was not made, and so the figures beside them.
    if metric == .validationLoss, total == 0 {
      row.entries.removeAll { $0.metric == .accuracy }
      return
    }
    row.entries.append(JobRow.Entry(metric: metric, value: total, name: name))
  }
}
