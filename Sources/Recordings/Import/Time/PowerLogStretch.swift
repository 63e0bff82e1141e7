import Formats
import Telemetry

/// What one file says of one device: its readings in the order of time.
///
/// It keeps no rows; whoever wants them reads them from where they lie, again each time.
final class PowerLogStretch {
  /// The place of its file among those that are imported.
  let file: Int
  let device: PowerLogDevices.Entry
  /// What was seen of its rows.
  private(set) var survey: PowerLogSurvey
  /// Rows whose day nobody knows.
  let timeless: PowerLogCount
  /// Rows whose power was averaged with that of another of the same time.
  private(set) var contradictions = PowerLogCount()
  /// Whether several devices or runs stand under its one name.
  private(set) var isSeveral = false
  private let hours: PowerLogHours
  private let shift: Double
  /// The rows in the order of time, where the file has them in another.
  private var ordered: PowerLogOrder?

  /// How the rows of a device of a file are told.
  ///
  /// - Parameter isCompared: whether there are other files whose rows may be the same.
  init(
    file: Int, device: PowerLogDevices.Entry, hours: PowerLogHours, shift: Double, isCompared: Bool
  ) {
    (self.file, self.device, self.hours, self.shift) = (file, device, hours, shift)
    survey = PowerLogSurvey(isCompared: isCompared)
    let rows = PowerLogTimedRows(device.tracks, hours, file: file, shift: shift)
    survey.take(rows, endsUnordered: true)
    if !survey.isOrdered {
      let order = PowerLogOrder(
        PowerLogTimedRows(device.tracks, hours, file: file, shift: shift), device.tracks[0].store)
      ordered = order
      timeless = order.timeless
      survey = PowerLogSurvey(isCompared: isCompared)
      let single = order.singleRows()
      survey.take(PowerLogSortedRows(single, file: file), endsUnordered: false)
      contradictions = single.contradictions.rows
      isSeveral = single.contradictions.areSeveral
    } else {
      timeless = rows.timeless
    }
  }

  /// How many rows have a time.
  var count: Int { survey.count }

  /// The usual time between rows, in seconds.
  var period: Double { max(device.subject.leastPeriod, survey.usualPeriod) }

  /// Its first and last time.
  var span: TimeSpan? { survey.span }

  /// Its rows by time, each time once.
  func rows() -> PowerLogRows {
    ordered?.rows(file: file)
      ?? PowerLogTimedRows(device.tracks, hours, file: file, shift: shift)
  }

  /// The time of a line, or of the line before it.
  func time(ofLine line: Int) -> Timestamp? {
    let rows = rows()
    var first: Timestamp?
    var last: Timestamp?
    while rows.next() {
      if first == nil { first = rows.time }
      if rows.line <= line { last = rows.time }
    }
    return last ?? first
  }
}

/// Rows that were put into the order of time, in parts that fit into memory.
final class PowerLogOrder {
  /// Rows without a time, which are in no order.
  let timeless: PowerLogCount
  private let store: PowerLogStore
  private var parts: [PowerLogTrack] = []

  /// How many rows are put in order at once.
  private static let size = 32_768

  init(_ rows: PowerLogTimedRows, _ store: PowerLogStore) {
    self.store = store
    var kept: [(time: Timestamp, ordinal: Int, line: Int, shape: Int, values: Int)] = []
    var values: [UInt64] = []
    func end(_ parts: inout [PowerLogTrack]) {
      guard !kept.isEmpty else { return }
      // Stable: of rows of one time the later one of the file comes later.
      let order = kept.indices.sorted { (kept[$0].time, $0) < (kept[$1].time, $1) }
      let track = PowerLogTrack(store)
      values.withUnsafeBufferPointer { values in
        for place in order {
          let row = kept[place]
          let count = store.shapes[row.shape].metrics.count
          track.add(
            ordinal: row.ordinal, line: row.line,
            time: PowerLogPackedTime(kind: 0, word: row.time.nanoseconds), shape: row.shape,
            values: UnsafeBufferPointer(rebasing: values[row.values..<row.values + count]))
        }
      }
      track.finish()
      parts.append(track)
      kept.removeAll(keepingCapacity: true)
      values.removeAll(keepingCapacity: true)
    }
    while rows.next() {
      kept.append((rows.time, rows.ordinal, rows.line, rows.shape, values.count))
      values.append(contentsOf: UnsafeBufferPointer(start: rows.values, count: rows.count))
      if kept.count >= Self.size { end(&parts) }
    }
    end(&parts)
    timeless = rows.timeless
  }

  /// The rows in order, each time once.
  func rows(file: Int) -> PowerLogRows { PowerLogSortedRows(singleRows(), file: file) }

  /// The same, with what rows of one time have to say against each other.
  func singleRows() -> PowerLogSingleRows {
    let tracks = parts.map { PowerLogTrackRows($0) }
    let merged =
      tracks.count == 1
      ? tracks[0]
      : PowerLogMergedRows(tracks, store) {
        ($0.time, $0.ordinal) < ($1.time, $1.ordinal)
      }
    return PowerLogSingleRows(merged)
  }
}
