import Telemetry

/// The rows of a device of one file with the times they mean, in the order of the file; those without
/// a time are passed over.
final class PowerLogTimedRows: PowerLogRows {
  private let rows: PowerLogFileRows
  private let hours: UnsafeMutablePointer<PowerLogHours>
  private let shift: Double
  /// Rows whose day nobody knows.
  private(set) var timeless = PowerLogCount()

  init(_ tracks: [PowerLogTrack], _ hours: PowerLogHours, file: Int, shift: Double) {
    rows = PowerLogFileRows(tracks)
    self.hours = .allocate(capacity: 1)
    self.hours.initialize(to: hours)
    self.shift = shift
    super.init(rows.store)
    self.file = file
  }

  deinit {
    hours.deinitialize(count: 1)
    hours.deallocate()
  }

  override func next() -> Bool {
    while rows.next() {
      if let nanoseconds = hours.pointee.time(rows.packed) {
        let time = Timestamp(nanoseconds: nanoseconds)
        let moved = shift == 0 ? time : time + shift
        if abs(moved.nanoseconds) < 9_000_000_000_000_000_000 {
          let file = file
          show(rows)
          (self.time, self.file) = (moved, file)
          return true
        }
      }
      timeless.add(line: rows.line, "its day is not told")
    }
    return false
  }
}

/// The rows of a device of one file that were put in order before.
final class PowerLogSortedRows: PowerLogRows {
  private let rows: PowerLogRows

  /// - Parameter tracks: rows in order, of times since 1970 that stand in place of the file's.
  init(_ rows: PowerLogRows, file: Int) {
    self.rows = rows
    super.init(rows.store)
    self.file = file
  }

  override func next() -> Bool {
    guard rows.next() else { return false }
    let file = file
    show(rows)
    self.file = file
    return true
  }
}

/// Rows of which each time comes once.
///
/// Of several rows of one time the last counts, as when a file was appended to itself, and what it
/// does not tell is kept of those before. Of powers that differ the mean counts: a logger that reads more
/// often than its clock has steps writes such rows. Whether it can be that, `PowerLogContradictions`
/// says.
final class PowerLogSingleRows: PowerLogRows {
  private let rows: PowerLogRows
  private var isAhead = false
  /// What rows of one time had to say against each other so far.
  private(set) var contradictions = PowerLogContradictions()

  init(_ rows: PowerLogRows) {
    self.rows = rows
    super.init(rows.store)
  }

  override func next() -> Bool {
    if !isAhead { isAhead = rows.next() }
    guard isAhead else { return false }
    take(rows)
    var powers = PowerLogContradictions.Time(self)
    isAhead = rows.next()
    while isAhead, rows.time == time {
      powers.add(rows, &contradictions)
      let (former, metrics) = ((0..<count).map { values[$0] }, store.shapes[shape].metrics)
      let new = store.shapes[rows.shape].metrics
      let kept = metrics.indices.filter { !new.contains(metrics[$0]) }
      take(rows)
      if !kept.isEmpty {
        let told = count
        become(store.shape(of: new + kept.map { metrics[$0] }))
        for (place, old) in kept.enumerated() { values[told + place] = former[old] }
      }
      isAhead = rows.next()
    }
    if let mean = powers.mean { power = mean }
    contradictions.end(powers)
    return true
  }
}

/// The rows of a device over two sources: those of the first, and of the second what tells of times that
/// the first says nothing of.
final class PowerLogJoinedRows: PowerLogRows {
  private let first: PowerLogRows
  private let second: PowerLogRows
  private let hole: Double
  private let leftOut: (Int) -> Void
  /// The time of the last row of the first that was told.
  private var last: Timestamp?
  private var isFirstAhead: Bool
  private var isSecondAhead: Bool

  /// - Parameters:
  ///   - hole: how many seconds between rows of the first are no hole.
  ///   - leftOut: is told the file of each row that is left out.
  init(
    _ first: PowerLogRows, _ second: PowerLogRows, hole: Double,
    leftOut: @escaping (Int) -> Void
  ) {
    (self.first, self.second, self.hole, self.leftOut) = (first, second, hole, leftOut)
    isFirstAhead = first.next()
    isSecondAhead = second.next()
    super.init(first.store)
  }

  override func next() -> Bool {
    while isSecondAhead {
      if isFirstAhead, first.time < second.time { break }
      let next = isFirstAhead ? first.time : nil
      let isTold =
        next == second.time || next.flatMap { next in last.map { next - $0 <= hole } } ?? false
      if isTold {
        leftOut(second.file)
        isSecondAhead = second.next()
        continue
      }
      take(second)
      isSecondAhead = second.next()
      return true
    }
    guard isFirstAhead else { return false }
    take(first)
    last = first.time
    isFirstAhead = first.next()
    return true
  }
}
