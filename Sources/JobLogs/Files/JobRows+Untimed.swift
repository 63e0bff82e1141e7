import Quantities
import Telemetry

/// Rows of a finished file that states no times.
extension JobRows {
  /// Adds all rows of a finished file that states no times, in their order.
  ///
  /// Where it says how long the whole took, they are laid out over that by their steps, or evenly
  /// where they have none; both ways the last is at the time the file was written.
  mutating func sayUntimed(
    _ rows: [JobRow], runtime: Double?, written: Timestamp, arrival: Timestamp,
    to observations: inout [Observation]
  ) {
    guard let last = rows.indices.last else { return }
    // Steps that go back tell of a training that was continued, of which only a part took that long.
    let isInOrder = zip(rows, rows.dropFirst()).allSatisfy { before, next in
      before[.step].flatMap { before in next[.step].map { $0 >= before } } ?? true
    }
    let whole = runtime.flatMap { isInOrder && $0 >= 1 && $0 < 1e9 ? $0 : nil }
    let timing = whole == nil ? JobFacts.Timing.none : .durations
    learn([JobFacts.Key.timing.rawValue: timing.rawValue], to: &observations)
    let shares = whole.flatMap { Self.passed(rows, of: $0) }
    let gap = last > 0 ? whole.map { $0 / Double(last) } ?? 0.001 : 0
    let placed = rows.enumerated().map { index, row in
      var row = row
      let left = shares.map { (whole ?? 0) - $0[index] + Double(last - index) * 1e-6 }
      row.time = written - (left ?? Double(last - index) * gap)
      return row
    }
    say(placed, arrival: arrival, to: &observations)
    note(
      whole == nil
        ? "the file has no times: its rows are kept in order, without time, and no energy can be "
          + "told for them"
        : "the file has no times: its rows are laid out over the time that its last start took",
      at: written,
      to: &observations)
  }

  /// The seconds that had passed at each row, by its step and by the evaluations before it; `nil` where
  /// rows do not tell their steps in order.
  private static func passed(_ rows: [JobRow], of whole: Double) -> [Double]? {
    guard let all = rows.last(where: { $0[.step] != nil })?[.step], all > 0 else { return nil }
    let pauses = rows.dropLast().reduce(0) { $0 + ($1[.evaluationTime] ?? 0) }
    guard pauses < whole else { return nil }
    var passed: [Double] = []
    var (share, paused) = (0.0, 0.0)
    for (index, row) in rows.enumerated() {
      let next = row[.step].map { $0 / all } ?? share
      guard next >= share, next <= 1 else { return nil }
      share = next
      // The last row says once more what was known before.
      if index < rows.count - 1 { paused += row[.evaluationTime] ?? 0 }
      passed.append((whole - pauses) * share + paused)
    }
    return passed
  }
}
