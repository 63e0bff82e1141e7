import Quantities
import Telemetry

/// One value of a forecast over time, constant piece by piece, with its integral.
struct GreenCourse {
  /// Starts and ends of the pieces, in nanoseconds, in order and without overlap.
  private var starts: [Int64] = []
  private var ends: [Int64] = []
  private var values: [Double] = []
  /// The integral up to the start of each piece, and how many breaks come before it.
  private var sums: [Double] = []
  private var runs: [Int] = []

  /// The course of a value; where two statements overlap, the later one counts from its start.
  init(_ statements: [GridStatement], _ value: (GridStatement) -> Double?) {
    for (place, statement) in statements.enumerated() {
      guard let value = value(statement), value.isFinite else { continue }
      let next = place + 1 < statements.count ? statements[place + 1].span.start : nil
      let end = min(statement.span.end, next ?? statement.span.end).nanoseconds
      let start = statement.span.start.nanoseconds
      guard start < end else { continue }
      let last = ends.last
      sums.append((sums.last ?? 0) + (values.last ?? 0) * Self.seconds(starts.last, last))
      runs.append((runs.last ?? 0) + (last == start || last == nil ? 0 : 1))
      starts.append(start)
      ends.append(end)
      values.append(value)
    }
  }

  /// Whether there is no value at all.
  var isEmpty: Bool { values.isEmpty }
  /// The end of the last piece.
  var end: Timestamp? { ends.last.map { Timestamp(nanoseconds: $0) } }

  /// How far the course goes on without a break from a time; `nil` where it says nothing of it.
  func reach(from time: Timestamp) -> Timestamp? {
    guard let place = piece(at: time.nanoseconds) else { return nil }
    let last = runs.lastIndex(of: runs[place]) ?? place
    return Timestamp(nanoseconds: ends[last])
  }

  /// The mean over a span; `nil` unless all of it is covered.
  func mean(over span: TimeSpan) -> Double? {
    let (from, to) = (span.start.nanoseconds, span.end.nanoseconds)
    guard from < to, let first = piece(at: from), let last = piece(at: to &- 1),
      runs[first] == runs[last]
    else { return nil }
    if first == last { return values[first] }
    let before = sums[first] + values[first] * Self.seconds(starts[first], from)
    let after = sums[last] + values[last] * Self.seconds(starts[last], to)
    return (after - before) / span.seconds
  }

  /// The mean over equal parts of a span, each with its weight.
  func mean(over span: TimeSpan, weights: [Double]) -> Double? {
    let sum = weights.reduce(0, +)
    guard weights.count > 1, sum > 0 else { return mean(over: span) }
    guard mean(over: span) != nil else { return nil }
    let length = span.seconds / Double(weights.count)
    var total = 0.0
    for (place, weight) in weights.enumerated() where weight > 0 {
      let start = span.start + Double(place) * length
      let end = place + 1 == weights.count ? span.end : span.start + Double(place + 1) * length
      guard start < end, let part = mean(over: TimeSpan(start, end)) else { continue }
      total += weight * part
    }
    return total / sum
  }

  /// The mean of what is known after a time, breaks left out.
  func known(after time: Timestamp) -> Double? {
    var (sum, seconds) = (0.0, 0.0)
    for place in values.indices where ends[place] > time.nanoseconds {
      let length = Self.seconds(max(starts[place], time.nanoseconds), ends[place])
      sum += values[place] * length
      seconds += length
    }
    return seconds > 0 ? sum / seconds : nil
  }

  private func piece(at time: Int64) -> Int? {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 && time < ends[low - 1] ? low - 1 : nil
  }

  private static func seconds(_ from: Int64?, _ to: Int64?) -> Double {
    guard let from, let to else { return 0 }
    return Double(to.saturatingSubtract(from)) / 1e9
  }
}
