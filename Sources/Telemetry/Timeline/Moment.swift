import Quantities

/// A value with its age, as it was known at a moment.
public struct Known: Hashable, Sendable {
  /// The value in the metric's unit.
  public var value: Double
  /// The time of the value's reading.
  public var time: Timestamp
  /// Seconds between that time and the moment.
  public var age: Double
  /// Whether it is older than its series' gap and says nothing of the present.
  public var isStale: Bool
}

/// Everything as it was known at one time: a view into the timeline, not a copy.
public struct Moment: Sendable {
  /// All that is known, before and after the moment.
  public let timeline: Timeline
  /// The time that is asked about.
  public let time: Timestamp

  /// The last value at or before the moment, or `nil` when there was none.
  public func known(_ metric: Metric, of device: DeviceID) -> Known? {
    guard let id = timeline.id(metric, of: device) else { return nil }
    let series = timeline.series[id.index]
    guard let last = series.value(at: time) else { return nil }
    let age = time - last.time
    return Known(
      value: last.value, time: last.time, age: age,
      isStale: age > series.descriptor.provenance.patience)
  }

  /// The last value, unless it is too old.
  public func value(_ metric: Metric, of device: DeviceID) -> Double? {
    known(metric, of: device).flatMap { $0.isStale ? nil : $0.value }
  }

  /// The rate per second of a counter over the last `window` seconds that are known.
  public func rate(_ metric: Metric, of device: DeviceID, window: Double = 0) -> Double? {
    guard let id = timeline.id(metric, of: device) else { return nil }
    let series = timeline.series[id.index]
    guard let last = series.value(at: time),
      time - last.time <= series.descriptor.provenance.patience
    else { return nil }
    let reach = max(window, series.descriptor.provenance.period)
    let from =
      series.neighbour(of: last.time - reach + 0.2 * reach, after: false)?.time
      ?? last.time - reach
    guard let a = series.integral(at: from), let b = series.integral(at: last.time),
      b.covered - a.covered > 0
    else { return nil }
    return (b.cumulative - a.cumulative) / (b.covered - a.covered)
  }
}
