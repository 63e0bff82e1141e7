import Telemetry

/// Reads the rows of one device kind, in order of time, into the series of a timeline.
struct RowScan {
  /// Where the values of one column of one device go.
  struct Target {
    var series: Timeline.SeriesID
    var scale: Double
    /// The values that can be true, in the metric's unit.
    var range: ClosedRange<Double>
    /// Nanoseconds before which values are passed over.
    var from: Int64
    /// Whether the next value after the stretch is still to be found.
    var isWaiting = false

    /// A target for the values of a metric.
    init(_ series: Timeline.SeriesID, _ metric: Metric, from: Int64, isWaiting: Bool = false) {
      self.series = series
      scale = metric.scale
      range = metric.range
      self.from = from
      self.isWaiting = isWaiting
    }
  }

  private let stream: RowStream
  private let columns: Int
  /// How many values were passed over because they cannot be true, and rows out of order.
  private(set) var refused = 0
  private var lost = 0
  /// The target of a device and column, at `device * columns + column`.
  private var targets: [Target?]

  /// Prepares to read from `kind` those series for which `target` says where they go.
  init?(
    _ kind: DeviceKind, of catalogue: RecordingCatalogue, in database: Database,
    target: (Int, RecordingCatalogue.SeriesRow) -> Target?
  ) throws(RecordingError) {
    guard let all = catalogue.tables[kind] else { return nil }
    var place: [String: Int] = [:]
    var wanted: [(device: Int, column: Int, target: Target)] = []
    var names: [String] = []
    for (index, row) in catalogue.series.enumerated()
    where row.descriptor.device.kind == kind {
      let name = row.column
      guard all.contains(where: { $0.name == name }), let target = target(index, row) else {
        continue
      }
      let column = place[name] ?? names.count
      if column == names.count {
        place[name] = column
        names.append(name)
      }
      wanted.append((row.device, column, target))
    }
    guard !names.isEmpty else { return nil }
    columns = names.count
    targets = Array(repeating: nil, count: catalogue.devices.count * columns)
    for (device, column, target) in wanted { targets[device * columns + column] = target }
    stream = try RowStream(kind, columns: names, of: catalogue, in: database)
  }

  /// The series whose next value was not found.
  var waiting: [Timeline.SeriesID] {
    targets.compactMap { $0.flatMap { $0.isWaiting ? $0.series : nil } }
  }

  /// Drops the values read so far and keeps the tiers made of them.
  private func forget(_ timeline: inout Timeline) {
    for case let target? in targets { timeline.reopen(target.series) }
  }

  /// Applies the rows from `from` to `to` to the timeline.
  ///
  /// With `keeping` false only the tiers are wanted, and memory stays small. With `until`, reading
  /// goes on beyond it only for as long as some target is waiting for its next value.
  mutating func run(
    from: Int64, to: Int64, until: Int64? = nil, keeping: Bool = true, into timeline: inout Timeline
  ) throws(RecordingError) {
    try stream.begin(from: from, to: to)
    defer {
      refused += stream.lost - lost
      lost = stream.lost
      stream.end()
    }
    var waiting = targets.count { $0?.isWaiting ?? false }
    var rows = 0
    var newest = Int64.min
    while try stream.next() {
      rows += 1
      if !keeping, rows % 2048 == 0 { forget(&timeline) }
      let time = stream.time
      // Of a damaged table even what was asked for in order may be out of it.
      guard from <= time, time <= to, time >= newest else {
        refused += 1
        continue
      }
      newest = time
      let isBeyond = until.map { time > $0 } ?? false
      if isBeyond, waiting == 0 { break }
      let device = Int(truncatingIfNeeded: stream.device) &- 1
      guard device >= 0, device < targets.count / columns else { continue }
      for column in 0..<columns {
        guard let target = targets[device * columns + column], time >= target.from,
          let steps = stream.steps(column)
        else { continue }
        let value = Double(steps) * target.scale
        guard target.range.contains(value), stream.isWhole(column) else {
          refused += 1
          continue
        }
        timeline.append(value, at: Timestamp(nanoseconds: time), to: target.series)
        if isBeyond, target.isWaiting {
          targets[device * columns + column]?.isWaiting = false
          waiting -= 1
        }
      }
    }
  }
}
