import Telemetry

/// Readings of one device, one after the other, a column for each metric.
package struct ReadingBlock {
  /// What stands for a value that is not there.
  package static let absent = PackedColumn.absent
  /// How many readings there are together at most.
  static let most = PackedRows.most

  /// The device that was read.
  package var device: DeviceID
  /// What it has values of.
  package private(set) var metrics: [Metric]
  /// When each reading was, in nanoseconds, each later than the one before.
  package private(set) var times: [Int64] = []
  /// The values of each metric in whole steps.
  package private(set) var columns: [[Int64]]

  init(device: DeviceID, metrics: [Metric]) {
    self.device = device
    self.metrics = metrics
    columns = Array(repeating: [], count: metrics.count)
  }

  /// The quarter of an hour that a time is in.
  static func quarter(_ time: Timestamp) -> Int64 { time.nanoseconds / Rollup.quarter }

  /// Adds a reading.
  mutating func add(_ time: Timestamp, _ steps: [Int64]) {
    times.append(time.nanoseconds)
    for place in columns.indices { columns[place].append(steps[place]) }
  }

  /// Makes room for further metrics, which it had no values of so far.
  mutating func grow(to metrics: [Metric]) {
    let lines = Array(repeating: Self.absent, count: times.count)
    for _ in columns.count..<metrics.count { columns.append(lines) }
    self.metrics = metrics
  }

  /// One of its readings.
  func reading(_ place: Int) -> Reading {
    var reading = Reading(device: device, time: Timestamp(nanoseconds: times[place]))
    for (metric, column) in zip(metrics, columns) where column[place] != Self.absent {
      reading.set(metric, steps: column[place])
    }
    return reading
  }
}
