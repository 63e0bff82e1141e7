import Telemetry

/// The values of counters at the ends of columns, as a store told them.
///
/// A column that has ended is kept: it is asked for once, however often the account is drawn. The newest one
/// is asked for anew each time.
package struct FleetColumns: Sendable {
  /// Seconds of a column.
  package let step: Int64
  /// The labels of each series.
  package private(set) var labels: [FleetLabels] = []
  private var index: [FleetLabels: Int] = [:]
  /// The values of a column by the place of their series; NaN where a series has none.
  private var columns: [Int64: [Double]] = [:]
  /// What counters had reached at most in a column in which they began anew.
  private var peaks: [Int64: [Int: Double]] = [:]

  package init(step: Int64) { self.step = step }

  /// The columns of a range that are not kept, as the shortest range that has them all.
  package func missing(_ wanted: ClosedRange<Int64>) -> ClosedRange<Int64>? {
    let all = wanted.filter { columns[$0] == nil }
    guard let first = all.first, let last = all.last else { return nil }
    return first...last
  }

  /// Takes whole columns.
  package mutating func take(_ answer: PromAnswer, _ numbers: ClosedRange<Int64>) {
    for number in numbers { columns[number] = [] }
    for series in answer.series {
      let place = place(of: FleetLabels(series.labels))
      for point in answer.points[series.points] {
        let number = point.time / 1000 / step
        guard numbers.contains(number) else { continue }
        set(point.value, at: place, in: number)
      }
    }
  }

  /// Takes the newest column as far as it has passed.
  package mutating func take(newest answer: PromAnswer, _ number: Int64) {
    columns[number] = []
    for series in answer.series {
      guard let point = answer.last(series) else { continue }
      set(point.value, at: place(of: FleetLabels(series.labels)), in: number)
    }
  }

  /// Takes what counters had reached in a column before they began anew.
  package mutating func take(peaks answer: PromAnswer, _ number: Int64) {
    peaks[number] = [:]
    for series in answer.series {
      guard let point = answer.last(series), let place = index[FleetLabels(series.labels)] else {
        continue
      }
      peaks[number]?[place] = point.value
    }
  }

  /// Forgets what is outside a range, and what may still change.
  package mutating func keep(_ range: ClosedRange<Int64>, until settled: Int64) {
    columns = columns.filter { range.contains($0.key) && $0.key <= settled }
    peaks = peaks.filter { columns[$0.key] != nil }
    guard labels.count > 1000, labels.count > 4 * (columns.values.map(\.count).max() ?? 0) else {
      return
    }
    // Series that come and go would be remembered for ever.
    self = FleetColumns(step: step)
  }

  /// The columns of a range, to be read series by series.
  package struct Stretch: Sendable {
    fileprivate let columns: [[Double]]

    /// The values of a series; `nil` where it has none.
    package func values(_ place: Int) -> [Double?] {
      columns.map { place < $0.count && !$0[place].isNaN ? $0[place] : nil }
    }

    /// Whether a series has a value in a column.
    func has(_ place: Int, _ column: Int) -> Bool {
      place < columns[column].count && !columns[column][place].isNaN
    }

    var count: Int { columns.count }
  }

  /// The columns of a range.
  package func stretch(_ range: ClosedRange<Int64>) -> Stretch {
    Stretch(columns: range.map { columns[$0] ?? [] })
  }

  /// What a series had reached at most in each of a range of columns in which it began anew.
  package func peaks(_ place: Int, _ range: ClosedRange<Int64>) -> [Int: Double] {
    guard !peaks.isEmpty else { return [:] }
    var result: [Int: Double] = [:]
    for (offset, number) in range.enumerated() {
      if let value = peaks[number]?[place] { result[offset] = value }
    }
    return result
  }

  /// The targets whose counters began anew in a column of which it is not known what they had reached.
  package func restarts(_ range: ClosedRange<Int64>) -> (column: Int64, instances: [String])? {
    var found: [Int64: Set<String>] = [:]
    for place in labels.indices {
      var before: Double?
      for number in range {
        guard let column = columns[number], place < column.count, !column[place].isNaN else {
          continue
        }
        if let before, CounterGrowth.isRestart(from: before, to: column[place]),
          peaks[number] == nil
        {
          found[number, default: []].insert(labels[place][.instance])
        }
        before = column[place]
      }
    }
    return found.min { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
  }

  private mutating func place(of key: FleetLabels) -> Int {
    if let known = index[key] { return known }
    index[key] = labels.count
    labels.append(key)
    return labels.count - 1
  }

  private mutating func set(_ value: Double, at place: Int, in number: Int64) {
    var column = columns[number] ?? []
    columns[number] = nil
    if column.count <= place {
      column.append(contentsOf: repeatElement(.nan, count: place + 1 - column.count))
    }
    column[place] = value
    columns[number] = column
  }
}
