import Quantities

/// A stretch of a curve: what one column of a chart stands for.
public struct CurveColumn: Hashable, Sendable {
  /// The mean over the column; of a counter, its mean rate per second.
  public var mean: Double
  /// The smallest value in the column.
  public var low: Double
  /// The largest value in the column.
  public var high: Double
}

/// The integral of a series over a span, and for how much of the span it is known.
public struct Total: Hashable, Sendable {
  /// The integral: of a gauge in its unit times seconds, of a counter in its own unit.
  public var amount: Double
  /// Seconds for which the integral is known.
  public var covered: Double
  /// Seconds asked about.
  public var asked: Double

  /// The integral over nothing: no amount, no time.
  public static let none = Total(amount: 0, covered: 0, asked: 0)

  /// The known part of the span, 0...1.
  public var coverage: Double { asked > 0 ? min(1, covered / asked) : 0 }

  /// The mean over the known part, or `nil` when nothing is known.
  public var mean: Double? { covered > 0 ? amount / covered : nil }

  /// An integral with the seconds it is known for and was asked for.
  public init(amount: Double, covered: Double, asked: Double) {
    self.amount = amount
    self.covered = covered
    self.asked = asked
  }
}

extension Timeline {
  /// The series of a metric of a device; `nil` when nothing of it was ever announced or read.
  public func id(_ metric: Metric, of device: DeviceID) -> SeriesID? {
    guard let place = index[Key(device: device, metric: metric.handle)] else { return nil }
    demand?.note(place)
    return SeriesID(index: place)
  }

  /// What a series measures, of which device and how.
  public func descriptor(_ id: SeriesID) -> SeriesDescriptor { series[id.index].descriptor }

  /// The descriptors of everything that is measured, in the order it was announced.
  public var descriptors: [SeriesDescriptor] {
    vacant.isEmpty
      ? series.map(\.descriptor)
      : series.indices.filter { !vacant.contains($0) }.map { series[$0].descriptor }
  }

  /// A device as it was announced last; `nil` when it never was.
  public func device(_ id: DeviceID) -> Device? { deviceIndex[id].map { devices[$0] } }

  /// How often the known past of a series changed; what follows its newest value leaves it alone.
  ///
  /// Who keeps an integral up to a time takes it anew when this is another number.
  public func revision(of id: SeriesID) -> Int { series[id.index].revision }

  /// The time of the newest value of a series; `nil` before the first.
  public func newest(of id: SeriesID) -> Timestamp? { series[id.index].end }

  /// The devices of one kind, in the order they were announced.
  public func devices(_ kind: DeviceKind) -> [Device] { devices.filter { $0.id.kind == kind } }

  /// Everything as it was known at a time.
  public func moment(at time: Timestamp) -> Moment { Moment(timeline: self, time: time) }

  /// A series cut into equal columns; a column nothing is known of is `nil`.
  ///
  /// Nothing after `until` enters, so that the last column may reach past the time looked at.
  /// Extremes are half of the work; without them `low` and `high` are the mean.
  public func curve(
    _ id: SeriesID, over span: TimeSpan, columns: Int, until: Timestamp? = nil,
    withExtremes: Bool = true
  ) -> [CurveColumn?] {
    guard columns > 0, span.seconds > 0 else { return [] }
    let series = series[id.index]
    let width = span.seconds / Double(columns)
    var result: [CurveColumn?] = []
    result.reserveCapacity(columns)
    var reader = SeriesReader()
    var before = series.integral(at: span.start, &reader)
    var edge = span.start
    for column in 0..<columns {
      let start = edge
      edge = span.start + Double(column + 1) * width
      let end = min(edge, until ?? span.end)
      // In this order, so that what lies side by side is unpacked once.
      let extremes = withExtremes ? series.extremes(in: TimeSpan(start, end), &reader) : nil
      let after = series.integral(at: end, &reader)
      defer { before = after }
      guard let a = before ?? series.start?.1, let b = after, b.covered - a.covered > width * 1e-6,
        start < end, !series.isGap(around: start + (end - start) / 2, &reader)
      else {
        result.append(nil)
        continue
      }
      let mean = (b.cumulative - a.cumulative) / (b.covered - a.covered)
      result.append(
        CurveColumn(
          mean: mean, low: min(mean, extremes?.low ?? mean), high: max(mean, extremes?.high ?? mean)
        ))
    }
    return result
  }

  /// The integral of a series over a span.
  public func total(_ id: SeriesID, over span: TimeSpan) -> Total {
    // By a method of the series, which is not copied for that.
    series[id.index].total(over: span)
  }

  /// The readings of a series in a span, oldest first, as far back as they are kept one by one.
  public func readings(_ id: SeriesID, in span: TimeSpan) -> [(time: Timestamp, value: Double)] {
    let samples = series[id.index].samples
    return samples.points(in: span)
  }

  /// The time of the reading next to `time` among all series, for stepping.
  public func neighbour(of time: Timestamp, after: Bool) -> Timestamp? {
    let times = series.compactMap { $0.neighbour(of: time, after: after)?.time }
    return after ? times.min() : times.max()
  }

  /// How many values came too late to be inserted, and were dropped.
  public var droppedValues: Int { series.reduce(0) { $0 + $1.dropped } }

  /// The newest state of every source at a time, in the order of their first states.
  public func states(at time: Timestamp) -> [SourceState] {
    var order: [String] = []
    var newest: [String: SourceState] = [:]
    for state in states where state.time <= time {
      if newest[state.source] == nil { order.append(state.source) }
      newest[state.source] = state
    }
    return order.compactMap { newest[$0] }
  }
}

extension Series {
  /// Whether `time` lies between two values that are too far apart to say anything of the shape.
  func isGap(around time: Timestamp, _ reader: inout SeriesReader) -> Bool {
    guard rule.isCounter, !samples.isEmpty, time >= samples.time(at: 0) else {
      return false
    }
    if let (before, after) = reader.near, before.time <= time, time < after.time {
      return after.time - before.time > rule.patience
    }
    let index = reader.samples.place(after: time, in: samples)
    guard index < samples.count else { return false }
    let (before, after) = (
      reader.samples.row(index - 1, of: samples), reader.samples.row(index, of: samples)
    )
    return after.time - before.time > rule.patience
  }
}

extension Timeline {
  /// The last value of a series at or before a time.
  public func value(_ id: SeriesID, at time: Timestamp) -> Double? {
    series[id.index].value(at: time)?.value
  }

  /// The oldest reading of a series that is still known.
  public func firstReading(_ id: SeriesID) -> (time: Timestamp, value: Double)? {
    let series = series[id.index]
    if let beginning = series.beginning { return (beginning.time, beginning.value) }
    let oldest = series.tiers.compactMap(\.buckets.first).min { $0.time < $1.time }
    if let sample = series.samples.first, oldest.map({ sample.time <= $0.time }) ?? true {
      return (sample.time, sample.value)
    }
    return oldest.map { ($0.time, $0.value) }
  }

  /// The times in a span at which a held value becomes another one, oldest first.
  ///
  /// Where readings are no longer kept one by one, the last one of each bucket stands for it.
  public func changes(_ id: SeriesID, in span: TimeSpan) -> [Timestamp] {
    var last = value(id, at: span.start)
    return series[id.index].points(in: span).compactMap { point in
      defer { last = point.value }
      return point.value == last ? nil : point.time
    }
  }
}
