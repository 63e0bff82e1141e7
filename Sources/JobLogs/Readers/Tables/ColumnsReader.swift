/// Reads tables in a log: rows of numbers under a row of names.
///
///     epoch     train_loss  valid_loss  accuracy  time            (fastai)
///     0         0.512345    0.401234    0.851000  00:12
///       epoch    train_loss    valid_acc    valid_loss     dur    (skorch, Chainer)
///     -------  ------------  -----------  ------------  ------
///           1        0.6905       0.5960        0.6806  0.1234
///     E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  SCORE          (spaCy)
///     | epoch | train loss | val loss |                           (Markdown, rich)
///
/// A number belongs to the name above it, so that a cell may be empty. A row of names is one where a
/// step or a pass is named and a loss; three rows in which that rises make a table of it. What a name
/// means is in `ScalarNames`.
struct ColumnsReader: ProgressReader {
  static let format = "table"
  static let caution = "read by the names above the columns"

  let authority = ProgressAuthority.layer
  private var values = NamedValues()
  private var head: ColumnHead?
  /// The place of the last row, by step and pass.
  private var last: (step: Double, epoch: Double)?
  /// How many rows in a row rose.
  private var rising = 0
  private var isAccepted = false
  /// How many lines went by since the last row.
  private var age = 0

  private(set) var isProvisional = false

  /// A table is over when so many lines went by that are none of its rows.
  private static let longestGap = 200

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    if let found = ColumnHead(line) {
      (head, last, rising, age) = (found, nil, 0, 0)
      return false
    }
    guard let head else { return false }
    if last == nil, self.head?.takeRules(line) == true { return false }
    age += 1
    guard age <= Self.longestGap else {
      self.head = nil
      return false
    }
    guard let cells = head.cells(line), take(cells, line, head, &progress) else { return false }
    let place = (step: Double(progress.step ?? -1), epoch: progress.epoch ?? -1)
    if let last, place <= last {
      // A table whose rows fall is of something else, such as of the best ones.
      self.head = nil
      return false
    }
    (last, rising) = (place, rising + 1)
    if rising >= 3 { isAccepted = true }
    age = 0
    isProvisional = !isAccepted
    return true
  }

  private mutating func take(
    _ cells: [ColumnHead.Cell], _ line: LogLine, _ head: ColumnHead, _ progress: inout Progress
  ) -> Bool {
    values.begin()
    var values = values
    var parts = LossParts()
    for cell in cells {
      let column = head.columns[cell.column]
      let isWhole = cell.number.end == cell.range.upperBound
      switch column.role {
      case .step:
        guard isWhole, let step = cell.number.whole, step >= 0 else { return false }
        progress.step = step
      case .epoch:
        guard isWhole, cell.number.value >= 0, cell.number.value < 1e6 else { return false }
        progress.epoch = cell.number.value
      case .epochTime:
        if isWhole { progress.epochTime = cell.number.value }
      case .named where !isWhole:
        if head.line.holds("time", in: column.name) { takeClock(line, cell, &progress) }
      case .named:
        // What a step or a pass is called is decided above.
        parts.hear(values.part(head.line, column.name), isTaken: progress.loss != nil)
        if values.field(head.line, column.name).map({ $0 != .step && $0 != .epoch }) ?? false {
          values.take(line, column.name, cell.number, &progress, namedIn: head.line)
        }
      }
    }
    self.values = values
    if parts.isPart { progress.loss = nil }
    return progress.step != nil || progress.epoch != nil
  }

  /// `00:12`, `1:02:03` of fastai: what a pass took.
  private func takeClock(_ line: LogLine, _ cell: ColumnHead.Cell, _ progress: inout Progress) {
    var seconds = 0.0
    var at = cell.range.lowerBound
    while let part = line.number(at: at), part.whole != nil {
      seconds = seconds * 60 + part.value
      guard line.starts(with: ":", at: part.end) else {
        if part.end == cell.range.upperBound, progress.step == nil, seconds > 0 {
          progress.epochTime = seconds
        }
        return
      }
      at = part.end + 1
    }
  }
}
