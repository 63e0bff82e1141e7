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
  /// Every value of some series in a column, where its last one is not enough.
  private var details: [Int64: [Int: [Double]]] = [:]

  /// Nothing is kept yet; a column is so many seconds.
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

  /// Takes every value of some series in a column; of what is added up over causes the sums.
  package mutating func take(details answer: PromAnswer, _ number: Int64, sumsCauses: Bool) {
    details[number] = [:]
    for series in answer.series {
      var labels = FleetLabels(series.labels)
      if sumsCauses { labels = labels.without(.cause, .seriesName) }
      guard let place = index[labels] else { continue }
      let values = answer.points[series.points].map(\.value)
      if let known = details[number]?[place] {
        // What appears later than the others was nothing before.
        let (short, long) = known.count < values.count ? (known, values) : (values, known)
        let missing = Array(repeating: 0.0, count: long.count - short.count)
        details[number]?[place] = zip(missing + short, long).map(+)
      } else {
        details[number]?[place] = values
      }
    }
  }

  /// Forgets the values of columns that ended before a time.
  package mutating func forget(before time: Timestamp) {
    let first = (time.nanoseconds / 1_000_000_000 + step - 1) / step
    for number in columns.keys where number < first { columns[number] = [] }
  }

  /// What a series told last, and in which column.
  package struct Last: Sendable, Hashable {
    /// Its value.
    package var value: Double
    /// When that column ended, in seconds since 1970.
    package var time: Int64
  }

  /// The last value of each series in a range.
  package func last(_ range: ClosedRange<Int64>) -> [FleetLabels: Last] {
    let stretch = stretch(range)
    var result: [FleetLabels: Last] = [:]
    for (place, labels) in labels.enumerated() {
      for column in (0..<stretch.count).reversed() where stretch.has(place, column) {
        let value = stretch.values(place, column)
        result[labels] = Last(value: value, time: (range.lowerBound + Int64(column)) * step)
        break
      }
    }
    return result
  }

  /// Sets what series had told before, in a column in which they have no value.
  package mutating func seed(_ told: [FleetLabels: Last], in number: Int64) {
    for (labels, last) in told where value(labels, in: number) == nil {
      set(last.value, at: place(of: labels), in: number)
    }
  }

  /// The value of a series in a column; `nil` where it has none.
  func value(_ labels: FleetLabels, in number: Int64) -> Double? {
    guard let place = index[labels], let column = columns[number], place < column.count,
      !column[place].isNaN
    else { return nil }
    return column[place]
  }

  /// Forgets what is outside a range, and what may still change.
  package mutating func keep(_ range: ClosedRange<Int64>, until settled: Int64) {
    columns = columns.filter { range.contains($0.key) && $0.key <= settled }
    details = details.filter { columns[$0.key] != nil }
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

    /// The value that a series has in a column.
    func values(_ place: Int, _ column: Int) -> Double { columns[column][place] }

    var count: Int { columns.count }
  }

  /// The columns of a range.
  package func stretch(_ range: ClosedRange<Int64>) -> Stretch {
    Stretch(columns: range.map { columns[$0] ?? [] })
  }

  /// Every value of a series in those of a range of columns of which they are known.
  package func details(_ place: Int, _ range: ClosedRange<Int64>) -> [Int: [Double]] {
    guard !details.isEmpty else { return [:] }
    var result: [Int: [Double]] = [:]
    for (offset, number) in range.enumerated() {
      if let values = details[number]?[place] { result[offset] = values }
    }
    return result
  }

  /// The targets of which every value of a column is known.
  package func detailed(_ number: Int64) -> Set<String> {
    Set((details[number] ?? [:]).keys.map { labels[$0][.instance] })
  }

  /// The first column whose last values are not enough and of which no more is known, with the targets that
  /// is so for: their counters began anew there, or they were not read before it.
  package func unclear(
    _ range: ClosedRange<Int64>, arrivals: [String: Int64]
  ) -> (column: Int64, instances: [String])? {
    var found: [Int64: Set<String>] = [:]
    let stretch = stretch(range)
    for (place, labels) in labels.enumerated() {
      let instance = labels[.instance]
      var before: Double?
      for (column, value) in stretch.values(place).enumerated() {
        guard let value else { continue }
        let number = range.lowerBound + Int64(column)
        let isNew = column > 0 && before == nil && arrivals[instance] == number
        let isAnew = before.map { CounterGrowth.isRestart(from: $0, to: value) } ?? false
        if isNew || isAnew, details[number] == nil { found[number, default: []].insert(instance) }
        before = value
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
