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
  /// The newest time of a row, in seconds since 1970.
  private var lastWritten = 0.0
  /// How many rows were passed over.
  package private(set) var badRows = 0
  /// Whether a column counts steps or passes.
  private var countsRows = false
  /// The run that the row before was of, as a column says.
  private var lastRun: UInt64?
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
    let row = take(line, isCut: isCut)
    guard let header, cells.count == header.names.count else { return }
    if let column = header.runColumn { study.take(run: cells[column]) }
    if let column = header.splitColumn { study.take(split: cells[column]) }
    if let column = header.clock.column { study.take(date: cells[column]) }
    if let row { study.take(row) }
    guard let row, row[.loss] != nil else { return }
    let cell = header.clock.column.flatMap { PlainNumber.parse(cells[$0]) }
    study.take(step: row[.step], epoch: row[.epoch], clock: cell)
  }

  /// Takes a line; returns what it says, if it is a row that says something.
  package mutating func take(_ line: UnsafeBufferPointer<UInt8>, isCut: Bool = false) -> CSVRow? {
    guard !isForeign else { return nil }
    guard let header else {
      if CSVHeader.isPreface(line) { return nil }
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
    countsRows = header.uses.contains { $0?.metric == .step || $0?.metric == .epoch }
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
    // The better names first: of several numbers for one thing in a row the first is taken.
    columns.sort { ($0.use.rank, $0.place) < ($1.use.rank, $1.place) }
    for name in header.names { choice.hear(name: name) }
    // All names are known from the first line on, and so is the best for a rate.
    for column in columns { choice.hear(column.use, name: column.name) }
  }

  /// The clock of a table; none where nobody has looked whether the numbers can be times.
  private func resolved(_ clock: CSVHeader.Clock) -> CSVHeader.Clock {
    switch clock {
    case .doubtful(let column): study?.hasClock == true ? .elapsed(column: column) : clock
    case .wall where study?.isClockSetBack == true: .none
    case .wall(let column):
      // Numbers that begin at zero, which are written as dates nowhere.
      study.map { $0.hasClock && !$0.isClockSince1970 } ?? false
        ? .elapsed(column: column) : clock
    case .duration(let column):
      // fastai writes minutes and seconds; numbers are what others call a time.
      study.map { $0.hasClock } ?? false ? .elapsed(column: column) : clock
    case .none, .elapsed: clock
    }
  }

  /// The time of a cell that is written as a date, in seconds since 1970; `nil` where its zone is not
  /// known either.
  private func written(_ cell: ArraySlice<UInt8>) -> Double? {
    var cell = cell
    if SlashDate.numbers(cell) != nil {
      // Whether the day stands first is seen in all rows together, or not at all.
      guard let isDayFirst = study?.readsDayFirst,
        let date = SlashDate.monthFirst(cell, isDayFirst: isDayFirst)
      else { return nil }
      cell = date[...]
    }
    let found = cell.withUnsafeBufferPointer { StampScanner.read($0, at: 0) }
    guard let (stamp, end) = found, end == cell.count else { return nil }
    switch stamp {
    case .instant(let nanoseconds): return Double(nanoseconds) / 1e9
    case .local(let shown):
      guard let local else { return nil }
      // In the hour that comes twice, what steps back is the second one.
      let times = LiveStamps.times(shown, local).map { Double($0.nanoseconds) / 1e9 }
      return times.first { $0 >= lastWritten } ?? times.first
    default: return nil
    }
  }

  private mutating func row(_ header: CSVHeader) -> CSVRow? {
    var row = CSVRow()
    row.entries.reserveCapacity(min(columns.count, 16))
    var held: UInt64 = 0
    for index in columns.indices {
      let metric = columns[index].use.metric
      guard let raw = number(cells[columns[index].place], of: metric, header.separator),
        let value = columns[index].use.value(raw), takes(index), held & columns[index].bit == 0
      else { continue }
      held |= columns[index].bit
      row.entries.append(
        JobRow.Entry(metric: metric, value: value, name: columns[index].name))
    }
    if let study {
      if !study.isStepOfRun { row.entries.removeAll { $0.metric == .step } }
      if !study.refused.isEmpty { row.entries.removeAll { study.refused.contains($0.metric) } }
      if let step = row[.step], step < 0 { return nil }
      // A row without a step or a pass, in a table that has them, sums up others.
      if countsRows, row[.step] == nil, row[.epoch] == nil, study.isStepOfRun { return nil }
    }
    if let column = header.runColumn {
      let mark = cells[column].withUnsafeBufferPointer { FNV1a.hash($0) }
      if let lastRun, mark != lastRun {
        row.run = String(decoding: cells[column].prefix(64), as: UTF8.self)
      }
      lastRun = mark
    }
    if let column = header.splitColumn { split(&row, by: Self.word(cells[column])) }
    if let column = header.trainingColumn, ["false", "0", "no"].contains(Self.word(cells[column])) {
      row.setAside(isEvaluation: true)
    }
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
      if let seconds = PlainNumber.clock(cells[column]), 0..<1e9 ~= seconds {
        elapsed += seconds
        row.clock = elapsed
      }
    }
    if let clock = row.clock, !(0...4_102_444_800 ~= clock) { row.clock = nil }
    lastWritten = row.clock ?? lastWritten
    return row.entries.isEmpty ? nil : row
  }

  /// The number in a cell: with a decimal comma, where something else parts cells, and of a count in a
  /// quoted cell with thousands parted by commas.
  ///
  /// What may be either is neither: `4,990` is no loss, and `3;000,5` no step.
  private func number(
    _ cell: ArraySlice<UInt8>, of metric: Metric, _ separator: UInt8
  ) -> Double? {
    if let number = PlainNumber.parse(cell) { return number }
    guard cell.contains(0x2C) else { return nil }
    let groups = cell.split(separator: 0x2C, omittingEmptySubsequences: false)
    let areThousands =
      1...3 ~= groups[0].count
      && groups.dropFirst().allSatisfy { $0.count == 3 && $0.allSatisfy { $0 &- 0x30 < 10 } }
    let isCount = [.step, .stepTotal, .tokens, .samples].contains(metric)
    guard separator != 0x2C else {
      return isCount && areThousands ? PlainNumber.parse(cell.filter { $0 != 0x2C }) : nil
    }
    guard !cell.contains(0x2E), groups.count == 2, !(isCount && areThousands) else { return nil }
    return PlainNumber.parse(cell.map { $0 == 0x2C ? 0x2E : $0 })
  }

  /// Sets a row aside that a word says is of something else.
  ///
  /// Where rows are said to be of the training, those of a word that nobody knows are not.
  private func split(_ row: inout CSVRow, by word: String) {
    switch SplitName(word) {
    case .evaluation: row.setAside(isEvaluation: true)
    case .other where study?.namesTraining == true: row.setAside(isEvaluation: false)
    case .training, .other, nil: break
    }
  }

  private static func word(_ cell: ArraySlice<UInt8>) -> String {
    String(decoding: cell.prefix(24), as: UTF8.self).lowercased()
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
