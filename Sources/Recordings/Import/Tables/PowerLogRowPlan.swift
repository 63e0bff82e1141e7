import Formats
import Glibc
import Telemetry

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
