/// The row of names of a table in a log, and where its columns are.
struct ColumnHead: Sendable {
  /// A name with the place it takes in the line.
  struct Column: Sendable {
    var name: Range<Int>
    var role: Role
    /// From the first character of the name to behind its last, counted from the start of the line as
    /// printed; or those of the dashes below it.
    var extent: Range<Int>
  }

  /// What the numbers of a column are for.
  enum Role: Sendable {
    case step, epoch, epochTime, named
  }

  let line: LogLine
  private(set) var columns: [Column] = []
  /// Whether bars stand between the cells.
  private let hasBars: Bool

  private static let mostColumns = 40

  /// `nil` for any line but a row of names, among which are a step or a pass, and a loss.
  init?(_ line: LogLine) {
    let start = line.message
    guard line.bytes.count - start < 600, NamedValuesReader.loss(line, start) != nil,
      !line.bytes[start...].contains(where: { $0 == 0x3D || $0 == 0x3A || $0 == 0x2C })
    else { return nil }
    // A copy: the memory of a line is used again.
    self.line = LogLine(Array(line.bytes), indent: line.indent)
    hasBars = line.bytes.indices.contains { $0 >= start && Self.bar(line, $0) > 0 }
    let names = hasBars ? Self.fields(line, start) : Self.words(line, start)
    guard 2...Self.mostColumns ~= names.count else { return nil }
    let isSpaCy = line.holds("E", in: names[0]) && line.holds("#", in: names[1])
    for name in names {
      // A number is no name.
      guard !name.isEmpty, line.number(at: name.lowerBound)?.end != name.upperBound else {
        return nil
      }
      let role = isSpaCy ? Self.spaCy(line, name) : Self.role(line, name)
      // A table of trials, of models or of folds is no course of one of them.
      guard !Self.isOfRuns(line, name) else { return nil }
      if hasBars, role == .step, line.starts(with: "iter", at: name.lowerBound) { return nil }
      columns.append(
        Column(
          name: name, role: role,
          extent: (name.lowerBound + line.indent)..<(name.upperBound + line.indent)))
    }
    let steps = columns.indices.filter { columns[$0].role == .step }
    let epochs = columns.indices.filter { columns[$0].role == .epoch }
    guard steps.count <= 1, epochs.count <= 1, steps.count + epochs.count > 0 else { return nil }
    if !isSpaCy, let step = steps.first, !epochs.isEmpty,
      ScalarNames.normal(line.text(columns[step].name)) != "global_step"
    {
      // Beside the pass it may be the batch of that.
      columns[step].role = .named
    }
  }

  /// Takes the extents of the columns from the dashes below their names; false for another line.
  mutating func takeRules(_ line: LogLine) -> Bool {
    guard !hasBars, line.bytes.count > line.message,
      line.bytes[line.message...].allSatisfy({ $0 == 0x2D || $0 == 0x3D || $0 == 0x20 })
    else { return false }
    let rules = Self.words(line, line.message)
    guard rules.count == columns.count else { return true }
    for (index, rule) in rules.enumerated() {
      columns[index].extent = (rule.lowerBound + line.indent)..<(rule.upperBound + line.indent)
    }
    return true
  }

  private static func spaCy(_ line: LogLine, _ name: Range<Int>) -> Role {
    line.holds("E", in: name) ? .epoch : line.holds("#", in: name) ? .step : .named
  }

  private static func isOfRuns(_ line: LogLine, _ name: Range<Int>) -> Bool {
    let words = ScalarNames.normal(line.text(name)).split { !$0.isLetter }
    return words.contains { ["trial", "fold", "model", "seed", "status", "run"].contains($0) }
  }

  private static func role(_ line: LogLine, _ name: Range<Int>) -> Role {
    switch ScalarNames.normal(line.text(name)) {
    case "epoch", "epochs", "ep": .epoch
    case "step", "steps", "iter", "iteration", "iterations", "global_step", "batch": .step
    case "dur": .epochTime
    default: .named
    }
  }

  /// The words of a line that are apart by two blanks or more.
  private static func words(_ line: LogLine, _ start: Int) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var at = line.skipSpaces(start)
    while at < line.bytes.count {
      let begin = at
      while at < line.bytes.count, !line.starts(with: "  ", at: at) { at += 1 }
      words.append(begin..<at)
      at = line.skipSpaces(at)
    }
    return words
  }

  /// How many bytes a bar at a place has: `|`, `│`, `┃`, `║`; 0 for anything else.
  private static func bar(_ line: LogLine, _ place: Int) -> Int {
    switch line.bytes[place] {
    case 0x7C: 1
    case 0xE2:
      ["\u{2502}", "\u{2503}", "\u{2551}"].contains { line.starts(with: $0, at: place) } ? 3 : 0
    default: 0
    }
  }

  /// What stands between the bars of a line without blanks; the outer ones may be missing.
  private static func fields(_ line: LogLine, _ start: Int) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var begin = line.skipSpaces(start)
    var at = begin
    func close(_ end: Int) {
      var (low, high) = (line.skipSpaces(begin), end)
      while high > low, line.bytes[high - 1] == 0x20 { high -= 1 }
      low = min(low, high)
      fields.append(low..<high)
    }
    while at < line.bytes.count {
      let width = bar(line, at)
      guard width > 0 else {
        at += 1
        continue
      }
      if at > line.skipSpaces(start) { close(at) }
      at += width
      begin = at
    }
    if line.skipSpaces(begin) < line.bytes.count { close(line.bytes.count) }
    return fields
  }

  /// A number under a name.
  struct Cell {
    var column: Int
    var number: LogLine.Number
    var range: Range<Int>
  }

  /// The numbers of a row, each with the column it stands in; `nil` for a line that is no row.
  func cells(_ line: LogLine) -> [Cell]? {
    hasBars ? barredCells(line) : alignedCells(line)
  }

  private func barredCells(_ line: LogLine) -> [Cell]? {
    let fields = Self.fields(line, line.message)
    guard fields.count == columns.count else { return nil }
    return fields.enumerated().compactMap { index, range in
      line.number(at: range.lowerBound).flatMap { number in
        number.end <= range.upperBound ? Cell(column: index, number: number, range: range) : nil
      }
    }
  }

  private func alignedCells(_ line: LogLine) -> [Cell]? {
    var cells: [Cell] = []
    var (at, next) = (0, 0)
    while true {
      let start = line.skipSpaces(at)
      guard start < line.bytes.count else { break }
      at = start
      while at < line.bytes.count, line.bytes[at] != 0x20 { at += 1 }
      let range = (start + line.indent)..<(at + line.indent)
      guard let column = column(of: range, from: next) else {
        // Before the first name may stand what a logger writes before each line.
        if at <= line.message { continue }
        return nil
      }
      next = column + 1
      guard let number = line.number(at: start), number.end <= at else {
        // A mark such as `+` of skorch; anything longer is a sentence.
        if at - start <= 2 { continue }
        return nil
      }
      cells.append(Cell(column: column, number: number, range: start..<at))
    }
    return cells
  }

  /// The column that a cell stands in: the only one it lies under.
  private func column(of range: Range<Int>, from next: Int) -> Int? {
    var found: Int?
    for (index, column) in columns.enumerated() where column.extent.overlaps(range) {
      guard found == nil, index >= next else { return nil }
      found = index
    }
    return found
  }
}
