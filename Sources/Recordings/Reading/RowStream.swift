import Telemetry

/// The readings of one device kind in order of time, whether they are rows or packed.
final class RowStream {
  /// When the present reading was, in nanoseconds.
  private(set) var time: Int64 = 0
  /// The row number of its device; of a damaged file it may be that of none.
  private(set) var device: Int64 = 0
  /// How many packed readings were passed over because their columns are damaged.
  private(set) var lost = 0
  private let columns: Int
  private let rows: Statement
  private let packed: Statement?
  private var open: [Stretch] = []
  /// The open stretches by the time and device of their next reading: a heap, smallest first.
  private var heap: [Int] = []
  private var free: [Int] = []
  /// The present reading is in a packed stretch, at a place; otherwise it is the row.
  private var present: (stretch: Int, place: Int)?
  private var hasRow = false
  private var hasPacked = false
  private var limits: ClosedRange<Int64> = 0...0

  /// A packed row whose readings are being told.
  private struct Stretch {
    var device: Int64
    var next = 0
    /// The times, the delays and the wanted columns; an empty one holds nothing.
    var cells: [[Int64]]

    var time: Int64 { cells[0][next] }
  }

  /// Prepares to read some columns of a kind.
  init(
    _ kind: DeviceKind, columns names: [String], of catalogue: RecordingCatalogue,
    in database: Database
  ) throws(RecordingError) {
    columns = names.count
    let list = names.map { ", \"\($0)\"" }.joined()
    rows = try database.prepare(
      """
      SELECT time, device, arrival\(list) FROM "\(catalogue.rows(of: kind))"
      WHERE time >= ? AND time <= ? ORDER BY time, device
      """)
    guard catalogue.isPacked(kind) else {
      packed = nil
      return
    }
    packed = try database.prepare(
      """
      SELECT start$, readings$, device, time, delay$\(list) FROM "\(Schema.packed(kind))"
      WHERE id$ >= ? AND id$ < ? AND end$ >= ? ORDER BY id$
      """)
  }

  /// Begins with the first reading at or after `from`; the last one is at or before `to`.
  func begin(from: Int64, to: Int64) throws(RecordingError) {
    limits = from...max(from, to)
    open = []
    heap = []
    free = []
    present = nil
    rows.reset()
    rows.bind(0, from)
    rows.bind(1, to)
    hasRow = try rows.step()
    guard let packed else { return }
    packed.reset()
    packed.bind(0, PackedRows.firstID(Rollup.floor(max(0, from), Rollup.quarter)))
    packed.bind(1, PackedRows.firstID(to < .max - 1_000_000 ? to + 1_000_000 : to))
    packed.bind(2, from)
    hasPacked = try packed.step()
  }

  /// Ends reading, so that no lock stays behind.
  func end() {
    rows.reset()
    packed?.reset()
    open = []
    heap = []
    free = []
    present = nil
    hasRow = false
    hasPacked = false
  }

  /// Goes to the next reading; false after the last.
  func next() throws(RecordingError) -> Bool {
    if let (stretch, place) = present {
      present = nil
      advance(stretch, place)
    } else if isRow {
      isRow = false
      hasRow = try rows.step()
    }
    // A packed row is opened when none of what is open comes before it. They are in order of their
    // milliseconds only: one that comes later may begin earlier within the same.
    while hasPacked, let packed {
      let start = packed.integer(0) - packed.integer(0) % 1_000_000
      if let first = heap.first, open[first].time < start { break }
      if hasRow, heap.isEmpty, rows.integer(0) < start { break }
      try openStretch(packed)
      hasPacked = try packed.step()
    }
    let row = hasRow ? (rows.integer(0), rows.integer(1)) : nil
    if let first = heap.first {
      let packed = (open[first].time, open[first].device)
      if row.map({ packed <= $0 }) ?? true {
        (time, device) = packed
        present = (first, open[first].next)
        return true
      }
    }
    guard let row else { return false }
    (time, device) = row
    isRow = true
    return true
  }

  /// Whether the present reading is a row, from which the statement has not gone on yet.
  private var isRow = false

  /// When the present reading arrived, if that was at another time than it was.
  var arrival: Int64? {
    guard let present else { return rows.integerIfAny(2) }
    let delays = open[present.stretch].cells[1]
    guard !delays.isEmpty, delays[present.place] != PackedColumn.absent else { return nil }
    return time &+ delays[present.place]
  }

  /// A value of the present reading, in steps.
  func steps(_ column: Int) -> Int64? {
    guard let present else { return rows.integerIfAny(column + 3) }
    let cell = open[present.stretch].cells[column + 2]
    guard !cell.isEmpty, cell[present.place] != PackedColumn.absent else { return nil }
    return cell[present.place]
  }

  /// Whether a value of the present reading is a whole number, as all are that were written.
  func isWhole(_ column: Int) -> Bool { present != nil || rows.isInteger(column + 3) }

  private func openStretch(_ packed: Statement) throws(RecordingError) {
    let count = Int(truncatingIfNeeded: packed.integer(1))
    guard 1...PackedRows.most ~= count else {
      lost += 1
      return
    }
    var cells: [[Int64]] = []
    cells.reserveCapacity(columns + 2)
    for column in 0..<columns + 2 {
      guard let values = packed.column(column + 3, count: count) else {
        lost += count
        guard column > 0 else { return }
        cells.append([])
        continue
      }
      cells.append(values)
    }
    guard cells[0].count == count, cells[0][0] == packed.integer(0),
      zip(cells[0], cells[0].dropFirst()).allSatisfy(<), cells[0][0] >= 0
    else {
      lost += count
      return
    }
    var stretch = Stretch(device: packed.integer(2), cells: cells)
    stretch.next = cells[0].partitioningIndex { $0 >= limits.lowerBound }
    guard stretch.next < count, stretch.time <= limits.upperBound else { return }
    if let place = free.popLast() {
      open[place] = stretch
      push(place)
    } else {
      open.append(stretch)
      push(open.count - 1)
    }
  }

  /// Goes on in the stretch at the top of the heap.
  private func advance(_ stretch: Int, _ place: Int) {
    let next = place + 1
    let times = open[stretch].cells[0]
    if next < times.count, times[next] <= limits.upperBound {
      open[stretch].next = next
    } else {
      open[stretch].cells = []
      free.append(stretch)
      heap[0] = heap[heap.count - 1]
      heap.removeLast()
      if heap.isEmpty { return }
    }
    sink()
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (open[one].time, open[other].time)
    return a != b ? a < b : open[one].device < open[other].device
  }

  private func push(_ stretch: Int) {
    heap.append(stretch)
    var at = heap.count - 1
    while at > 0, isBefore(heap[at], heap[(at - 1) / 2]) {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private func sink() {
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count {
        if isBefore(heap[child], heap[least]) { least = child }
      }
      guard least != at else { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}
