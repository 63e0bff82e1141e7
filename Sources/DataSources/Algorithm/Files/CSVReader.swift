import Quantities
import Telemetry

/// Reads the table of a job, line by line: Lightning, Ultralytics, Keras, fastai, DeepSpeed.
///
/// The first line says what the columns are. Empty cells and `NA` are not there; a row with another
/// number of cells is torn or somebody else's, and is passed over.
struct CSVReader: Sendable {
  /// The longest line in bytes; a longer one is passed over.
  static let longestLine = 16 << 20

  private let file: String
  private(set) var header: CSVHeader?
  private var choice = ScalarChoice()
  private var trainingParts: [Int] = []
  private var validationParts: [Int] = []
  private var elapsed = 0.0
  /// How many rows were passed over.
  private(set) var badRows = 0
  /// Whether the first line is none of a job's table.
  private(set) var isForeign = false

  /// A reader for a file of that name.
  init(file: String = "") { self.file = file }

  /// Takes a line; returns what it says, if it is a row that says something.
  mutating func take(_ line: UnsafeBufferPointer<UInt8>, isCut: Bool = false) -> CSVRow? {
    guard !isForeign else { return nil }
    guard let header else {
      header = isCut ? nil : CSVHeader(line, file: file)
      isForeign = header == nil
      trainingParts = header?.parts(of: "train") ?? []
      validationParts = header?.parts(of: "val") ?? []
      return nil
    }
    guard line.contains(where: { $0 > 0x20 }) else { return nil }
    let cells = isCut ? [] : CSVCells.split(line, at: header.separator)
    guard cells.count == header.names.count else {
      badRows += 1
      return nil
    }
    return row(header, cells)
  }

  private mutating func row(_ header: CSVHeader, _ cells: [ArraySlice<UInt8>]) -> CSVRow? {
    var row = CSVRow()
    for (column, use) in header.uses.enumerated() {
      guard let use, let raw = PlainNumber.parse(cells[column]), let value = use.value(raw),
        choice.takes(use, name: header.names[column]),
        !row.entries.contains(where: { $0.metric == use.metric })
      else { continue }
      row.entries.append(
        JobRow.Entry(metric: use.metric, value: value, name: header.names[column]))
    }
    sum(trainingParts, .loss, "sum of train/…_loss", cells, &row)
    sum(validationParts, .validationLoss, "sum of val/…_loss", cells, &row)
    switch header.clock {
    case .none: break
    case .elapsed(let column): row.clock = PlainNumber.parse(cells[column])
    case .wall(let column): row.clock = PlainNumber.parse(cells[column])
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

  private func sum(
    _ columns: [Int], _ metric: Metric, _ name: String, _ cells: [ArraySlice<UInt8>],
    _ row: inout CSVRow
  ) {
    guard !columns.isEmpty, row[metric] == nil else { return }
    var total = 0.0
    for column in columns {
      guard let value = PlainNumber.parse(cells[column]) else { return }
      total += value
    }
    row.entries.append(JobRow.Entry(metric: metric, value: total, name: name))
  }
}
