import Telemetry

/// Lines that arrived together and carry no time of their own.
///
/// A program whose output is no terminal writes in blocks, so a dozen steps arrive at one moment.
/// Where each line says how long a step took, they are spaced back from the arrival by that;
/// otherwise nobody knows when they happened, and only the last state counts.
struct LineBurst: Sendable {
  private var rows: [Progress] = []
  /// How many steps make one row, and how many the last row has.
  private var share = 1
  private var taken = 0
  /// How many rows became part of another since that was last asked.
  private var merged = 0
  /// The newest seconds of a step, for rows that begin without.
  private var newestTime: Double?
  /// The longest burst that is told row by row; in a longer one two rows become one.
  private static let cap = 1 << 16

  var isEmpty: Bool { rows.isEmpty }

  /// Adds what a line says; lines of the same step are one row.
  mutating func add(_ progress: Progress) {
    guard let last = rows.indices.last else {
      rows.append(progress)
      (share, taken) = (1, 1)
      return
    }
    // What an evaluation took is told at its end, and not at the step it came after.
    let isPause = progress.statedPause > 0 && rows[last].statedPause == 0
    let isNext =
      rows[last].step.map { step in progress.step.map { $0 != step || isPause } ?? false } ?? false
    guard isNext, taken == share else {
      if isNext {
        taken += 1
        merged += 1
      }
      rows[last].update(with: progress)
      return
    }
    if rows.count == Self.cap { thin() }
    rows.append(progress)
    taken = 1
  }

  /// Keeps of each value the newest, in the row in which it was said.
  mutating func collapse() {
    guard rows.count > 1 else { return }
    var told: Progress.Fields = []
    var kept: [Progress] = []
    for var row in rows.reversed() {
      let fresh = row.fields.subtracting(told)
      let isOnlyStep = fresh.subtracting(.step).rawValue == 0 && !kept.isEmpty
      told.formUnion(row.fields)
      guard !isOnlyStep else {
        // What begins with a row that is left out begins with the next.
        if let last = kept.indices.last, kept[last].beginning == nil {
          kept[last].beginning = row.beginning
        }
        continue
      }
      row.fields = fresh.union(row.fields.intersection(.step))
      kept.append(row)
    }
    merged += rows.count - kept.count
    rows = kept.reversed()
    (share, taken) = (1, 1)
  }

  /// How many rows became part of another since that was last asked.
  mutating func takeMerged() -> Int {
    defer { merged = 0 }
    return merged
  }

  /// Takes the rows out, each with its time, none of them before `floor`.
  ///
  /// Without a floor, or when the steps took far more time than has passed since, they are history
  /// of an unknown hour: one row is left.
  mutating func take(arrival: Timestamp, floor: Timestamp?) -> [(time: Timestamp, row: Progress)] {
    defer { rows.removeAll(keepingCapacity: true) }
    guard rows.count > 1, let floor, let gaps = gaps() else {
      newestTime = rows.last { $0.stepTime != nil }?.stepTime ?? newestTime
      return takeNewest(arrival, floor)
    }
    let span = gaps.reduce(0, +)
    let room = arrival - floor
    guard span > 0, span < 2 * room else {
      return takeNewest(arrival, floor)
    }
    // A step's own time leaves out what lies between steps, or is rounded. What is said of an evaluation
    // is exact, so where there is too little room the steps give way.
    let paused = min(rows.dropFirst().reduce(0) { $0 + $1.statedPause }, 0.9 * room)
    let isTight = span >= room
    let factor = isTight ? (0.999 * room - paused) / max(span - paused, 1e-9) : 1
    let spaced = zip(rows, gaps).map { row, gap in
      let pause = min(row.statedPause, gap)
      return isTight ? pause + (gap - pause) * max(0, factor) : gap
    }
    var left = spaced.reduce(0, +) - (spaced.first ?? 0)
    var result: [(time: Timestamp, row: Progress)] = []
    for (index, row) in rows.enumerated() {
      if index > 0 { left = max(0, left - spaced[index]) }
      result.append((index == rows.count - 1 ? arrival : arrival - min(left, 0.999 * room), row))
    }
    return result
  }

  /// The newest values, as far apart as the steps between them took, or else a millisecond or less.
  private mutating func takeNewest(
    _ arrival: Timestamp, _ floor: Timestamp?
  ) -> [(time: Timestamp, row: Progress)] {
    collapse()
    let room = floor.map { max(0, arrival - $0) } ?? Self.longestPast
    let apart = min(0.001, room / Double(rows.count + 1))
    let each = rows.last { $0.stepTime != nil }?.stepTime
    let newest = rows.last { $0.step != nil }?.step
    var time = arrival
    var result: [(time: Timestamp, row: Progress)] = []
    for (place, row) in rows.enumerated().reversed() {
      if place < rows.count - 1 {
        let steps = row.step.flatMap { step in newest.map { Double($0 &- step) } } ?? 0
        let past = steps * (each ?? 0)
        time = min(time + -apart, past < 0.9 * room ? arrival + -past : time)
      }
      result.append((time, row))
    }
    return result.reversed()
  }

  /// Steps of a past that took longer are not laid out.
  private static let longestPast = 600.0

  /// The seconds before each row since the one before, the first 0; `nil` when not all are known.
  private mutating func gaps() -> [Double]? {
    var gaps = [0.0]
    var time = rows[0].stepTime ?? newestTime
    defer { newestTime = time }
    for index in rows.indices.dropFirst() {
      time = rows[index].stepTime ?? time
      let pause = rows[index].statedPause
      guard let time, let step = rows[index].step, let before = rows[index - 1].step,
        step > before || step == before && pause > 0
      else { return nil }
      gaps.append(time * Double(step &- before) + pause)
    }
    return gaps
  }

  private mutating func thin() {
    let count = (rows.count + 1) / 2
    merged += rows.count - count
    for index in 0..<count {
      if index > 0 { rows[index] = rows[2 * index] }
      if 2 * index + 1 < rows.count { rows[index].update(with: rows[2 * index + 1]) }
    }
    rows.removeSubrange(count...)
    share *= 2
  }
}

extension Progress {
  /// Seconds that an evaluation or a checkpoint took before this row, as it says; 0 for none.
  fileprivate var statedPause: Double {
    let pause = (evaluationTime ?? 0) + (checkpointTime ?? 0)
    return pause.isFinite ? max(0, pause) : 0
  }
}
