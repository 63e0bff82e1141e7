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

/// How the rows of a table are read, decided once by its titles.
final class PowerLogRowPlan {
  let columns: PowerLogColumns
  /// What the rows have values of.
  let shape: Int

  private let lexicon: PowerLogLexicon
  private let timePlace: Int
  private let dayPlace: Int?
  private let clock: UnsafeMutablePointer<PowerLogTimeCell>
  private var joined: [UInt8] = []
  /// The columns that say of what a row speaks, and what of it.
  private let names: [(place: Int, column: PowerLogColumn, key: UInt8)]
  private var subjects: [PowerLogKnownSubject] = []
  private var places: [[UInt8]: Int] = [:]
  private var lastSubject = 0
  private let readers: UnsafeMutableBufferPointer<PowerLogColumnReader>
  /// Whether two columns are of one metric.
  private let hasRivals: Bool
  private let slots: [Int]
  private let row: UnsafeMutablePointer<UInt64>
  private let slotCount: Int

  init(_ columns: PowerLogColumns, _ lexicon: PowerLogLexicon, _ store: PowerLogStore) {
    self.columns = columns
    self.lexicon = lexicon
    timePlace = columns.uses.first(where: \.isTime)?.place ?? 0
    dayPlace = columns.uses.first { $0.column == .day }?.place
    names = columns.uses.compactMap { use in
      switch use.column {
      case .mark(let mark): (use.place, use.column, UInt8(mark.rawValue))
      case .model: (use.place, use.column, 254)
      case .host: (use.place, use.column, 255)
      case .time, .day, .value: nil
      }
    }
    var metrics: [Metric] = []
    var slots: [Int] = []
    let made: [PowerLogColumnReader] = columns.uses.compactMap { use in
      guard case .value(let metric, let quantity, let rank) = use.column else { return nil }
      let slot = metrics.firstIndex(of: metric) ?? metrics.count
      if slot == metrics.count { metrics.append(metric) }
      slots.append(slot)
      return PowerLogColumnReader(
        place: use.place, quantity: quantity, rank: rank, factor: use.factor,
        hasDecimalComma: columns.hasDecimalComma, store: store)
    }
    readers = .allocate(capacity: made.count)
    _ = readers.initialize(from: made)
    clock = .allocate(capacity: 1)
    clock.initialize(to: PowerLogTimeCell())
    self.slots = slots
    hasRivals = metrics.count < slots.count
    shape = store.shape(of: metrics)
    slotCount = metrics.count
    row = .allocate(capacity: max(1, slotCount))
  }

  deinit {
    row.deallocate()
    clock.deinitialize(count: 1)
    clock.deallocate()
    readers.deinitialize()
    readers.deallocate()
  }

  /// The values of the row that was read last.
  var values: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: row, count: slotCount) }

  /// When a row was.
  @inline(__always)
  func time(_ cells: CellRanges) -> PowerLogPackedTime? {
    guard let dayPlace else { return clock.pointee.read(cells[timePlace]) }
    joined.removeAll(keepingCapacity: true)
    joined.append(contentsOf: cells[dayPlace])
    joined.append(0x20)
    joined.append(contentsOf: cells[timePlace])
    return joined.withUnsafeBufferPointer { clock.pointee.read($0) }
  }

  /// What a row speaks of.
  @inline(__always)
  func subject(_ cells: CellRanges, _ table: inout PowerLogTable) -> Int {
    if names.isEmpty, let only = subjects.first { return only.place }
    if lastSubject < subjects.count {
      // Rows of several devices come in the same order again and again.
      let next = subjects[lastSubject].next
      if next < subjects.count, isKnown(subjects[next], cells) {
        lastSubject = next
        return subjects[next].place
      }
    }
    return find(cells, &table)
  }

  @inline(__always)
  private func isKnown(_ subject: PowerLogKnownSubject, _ cells: CellRanges) -> Bool {
    subject.bytes.withUnsafeBufferPointer { bytes in
      var at = 0
      for (place, name) in names.enumerated() {
        let cell = cells[name.place]
        guard cell.count == subject.lengths[place] else { return false }
        guard let one = cell.baseAddress, let other = bytes.baseAddress else { return false }
        if memcmp(one, other + at, cell.count) != 0 { return false }
        at += cell.count
      }
      return true
    }
  }

  private func find(_ cells: CellRanges, _ table: inout PowerLogTable) -> Int {
    var key: [UInt8] = []
    for name in names { key += [0, name.key] + cells[name.place] }
    let found: Int
    if let known = places[key] {
      found = known
    } else {
      found = subjects.count
      places[key] = found
      subjects.append(
        PowerLogKnownSubject(
          place: table.place(of: subject(cells)), bytes: names.flatMap { cells[$0.place] },
          lengths: names.map { cells[$0.place].count }))
    }
    if lastSubject < subjects.count { subjects[lastSubject].next = found }
    lastSubject = found
    return subjects[found].place
  }

  private func subject(_ cells: CellRanges) -> PowerLogSubject {
    var subject = lexicon.subject
    for name in names {
      let cell = cells[name.place]
      guard !PowerLogQuantity.isAbsent(ArraySlice(cell)) else { continue }
      let text = String(decoding: cell.prefix(128), as: UTF8.self)
      switch name.column {
      case .mark(let mark): subject.marks[mark] = subject.marks[mark] ?? text
      case .model: subject.model = text
      case .host: subject.host = text
      case .time, .day, .value: break
      }
    }
    return subject
  }

  /// Reads the values of a row.
  @inline(__always)
  func readValues(_ cells: CellRanges) {
    guard !hasRivals else { return readRivals(cells) }
    for place in readers.indices {
      row[place] = readers[place].read(cells[readers[place].place])
    }
  }

  /// Of several columns of one metric the one of the lowest rank that has a number counts.
  private func readRivals(_ cells: CellRanges) {
    var ranks = [Int?](repeating: nil, count: slotCount)
    for place in readers.indices {
      let slot = slots[place]
      let rank = readers[place].rank
      let bits = readers[place].read(cells[readers[place].place])
      if let known = ranks[slot] {
        let (isNumber, wasNumber) = (PowerLogBits.isNumber(bits), PowerLogBits.isNumber(row[slot]))
        guard isNumber != wasNumber ? isNumber : rank < known else { continue }
      }
      ranks[slot] = rank
      row[slot] = bits
    }
  }
}

/// What rows of a table speak of, by the bytes of their cells.
struct PowerLogKnownSubject {
  let place: Int
  let bytes: [UInt8]
  let lengths: [Int]
  /// Which one spoke after it the last time.
  var next = 0
}

/// Reads the cells of a column.
struct PowerLogColumnReader {
  let place: Int
  let quantity: PowerLogQuantity
  let rank: Int
  let factor: Double?
  let hasDecimalComma: Bool
  let store: PowerLogStore
  /// What stands behind the digits of numbers, and how many of the metric's unit one of it is.
  private var unit: [UInt8] = []
  private var unitFactor: Double
  private var knowsUnit: Bool
  /// The last cell that is no plain number, and what it is.
  private var word: (cell: [UInt8], bits: UInt64)?

  init(
    place: Int, quantity: PowerLogQuantity, rank: Int, factor: Double?, hasDecimalComma: Bool,
    store: PowerLogStore
  ) {
    (self.place, self.quantity, self.rank) = (place, quantity, rank)
    (self.factor, self.hasDecimalComma, self.store) = (factor, hasDecimalComma, store)
    // A number without a unit, until one shows that it has one.
    knowsUnit = factor != nil
    unitFactor = factor ?? 1
  }

  /// The value of a cell.
  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if knowsUnit {
      var digits: UInt64 = 0
      var at = 0
      var point = -1
      while at < cell.count {
        let digit = cell[at] &- 0x30
        if digit < 10 {
          digits = digits &* 10 &+ UInt64(digit)
        } else if cell[at] == 0x2E, point < 0 {
          point = at
        } else {
          break
        }
        at += 1
      }
      // Fifteen digits and the power of ten are exact, and so their quotient is the nearest number.
      let places = point < 0 ? 0 : at - point - 1
      if at > (point < 0 ? 0 : 1), at <= 15, cell.count - at == unit.count, isUnit(cell, at) {
        let number = Double(digits) / Self.powers[places]
        return PowerLogBits.of(number * unitFactor)
      }
    }
    return readSlowly(cell)
  }

  @inline(__always)
  private func isUnit(_ cell: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    for place in 0..<unit.count where cell[start + place] != unit[place] { return false }
    return true
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  private mutating func readSlowly(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if let word, word.cell.elementsEqual(cell) { return word.bits }
    let bytes = ArraySlice(cell)
    let content = quantity.read(bytes, unit: factor, hasDecimalComma: hasDecimalComma)
    if case .number = content { learnUnit(bytes) }
    let bits = store.bits(content)
    word = (Array(cell), bits)
    return bits
  }

  /// Remembers what stands behind the digits of a cell that is a number.
  private mutating func learnUnit(_ cell: ArraySlice<UInt8>) {
    let rest = cell.drop { $0 &- 0x30 < 10 || $0 == 0x2E }
    let name = rest.drop { $0 == 0x20 }
    // An exponent belongs to the number.
    guard rest.count < cell.count, let first = name.first, first | 0x20 != 0x65,
      !hasDecimalComma || !rest.contains(0x2C),
      let known = quantity.factor(String(decoding: name, as: UTF8.self))
    else {
      if rest.isEmpty, let factor { (unit, unitFactor, knowsUnit) = ([], factor, true) }
      return
    }
    (unit, unitFactor, knowsUnit) = (Array(rest), known, true)
  }
}
