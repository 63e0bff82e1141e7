import Formats
import Telemetry

/// What one file says of one device: its readings in the order of time.
struct PowerLogStretch {
  /// A row with its time.
  struct Row {
    var time: Timestamp
    var line: Int
    var values: [PowerLogValue]
  }

  /// The place of its file among those that are imported.
  let file: Int
  let device: PowerLogDevices.Entry
  var rows: [Row]
  /// The usual time between rows, in seconds.
  let period: Double

  init(file: Int, device: PowerLogDevices.Entry, rows: [Row]) {
    self.file = file
    self.device = device
    self.rows = Self.sorted(rows)
    period = max(device.subject.leastPeriod, Self.period(self.rows.map(\.time)))
  }

  /// Its first and last time.
  var span: TimeSpan? {
    rows.first.flatMap { first in rows.last.map { TimeSpan(first.time, $0.time) } }
  }

  /// The rows by time; of several rows of one time the last, as when a file was appended to itself.
  private static func sorted(_ rows: [Row]) -> [Row] {
    var isSorted = true
    for (row, next) in zip(rows, rows.dropFirst()) where next.time <= row.time { isSorted = false }
    guard !isSorted else { return rows }
    // Stable: of rows of one time the later one of the file comes later.
    let order = rows.indices.sorted { (rows[$0].time, $0) < (rows[$1].time, $1) }
    var result: [Row] = []
    for place in order {
      if result.last?.time == rows[place].time { result.removeLast() }
      result.append(rows[place])
    }
    return result
  }

  /// The longest period that a few rows are believed to have, in seconds.
  private static let longestOfFew = 60.0
  private static let longest = 3600.0

  /// The usual time between rows: the median, or that of the slowest part of the file, when a logger
  /// was started again with another interval.
  static func period(_ times: [Timestamp]) -> Double {
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
    guard !steps.isEmpty else { return 1 }
    let median = steps.sorted()[steps.count / 2]
    var period = median
    // A part of its own are so many rows that are equally far apart.
    let all = steps.reduce(0, +)
    var start = 0
    for place in 1...steps.count {
      let isSame = place < steps.count && abs(steps[place] - steps[start]) <= 0.25 * steps[start]
      guard !isSame else { continue }
      let step = steps[start]
      if place - start >= 10, step > period, Double(place - start) * step * 20 >= min(all, 86_400) {
        period = step
      }
      start = place
    }
    return min(period, steps.count < 3 ? longestOfFew : longest)
  }
}
