import Formats
import Telemetry

/// What one file says of one device: its readings in the order of time.
struct PowerLogStretch {
  /// A row with its time.
  struct Row {
    var time: Timestamp
    var line: Int
    /// Part of the table's own values, which it shares.
    var values: ArraySlice<PowerLogValue>
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
    period = max(device.subject.leastPeriod, self.rows.map(\.time).usualPeriod)
  }

  /// Its first and last time.
  var span: TimeSpan? {
    rows.first.flatMap { first in rows.last.map { TimeSpan(first.time, $0.time) } }
  }

  /// The rows by time; of several rows of one time the last counts, as when a file was appended to
  /// itself, and what it does not tell is kept of those before.
  private static func sorted(_ rows: [Row]) -> [Row] {
    var isSorted = true
    for (row, next) in zip(rows, rows.dropFirst()) where next.time <= row.time { isSorted = false }
    guard !isSorted else { return rows }
    // Stable: of rows of one time the later one of the file comes later.
    let order = rows.indices.sorted { (rows[$0].time, $0) < (rows[$1].time, $1) }
    var result: [Row] = []
    for place in order {
      var row = rows[place]
      if let last = result.last, last.time == row.time {
        let told = Set(row.values.map(\.metric))
        row.values += last.values.filter { !told.contains($0.metric) }
        result.removeLast()
      }
      result.append(row)
    }
    return result
  }
}
