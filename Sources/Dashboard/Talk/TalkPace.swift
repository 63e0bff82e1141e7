import Accounting
import Telemetry

/// How fast a recording runs within a scene: long stretches without work pass faster.
///
/// Positions are seconds of the recording since the scene's stretch began.
package struct TalkPace: Sendable, Hashable {
  /// A stretch in which nothing happens.
  package struct Idle: Sendable, Hashable {
    /// Where it begins.
    package var start: Double
    /// Where it ends.
    package var end: Double
    /// Times faster than the rest.
    package var rate: Double { max(1, (end - start) / TalkPace.shortened) }
  }

  /// The seconds of the recording in the scene.
  package var length: Double
  /// The stretches without work, in their order and apart.
  package var idle: [Idle]

  /// From so many seconds on a stretch without work is shortened.
  package static let leastIdle = 60.0
  /// A shortened stretch takes as long as so many seconds of work.
  package static let shortened = 10.0
  /// How near to its idle level a machine's power stays while nothing happens.
  package static let nearness = 0.02

  /// A pace over some seconds with some stretches without work.
  package init(length: Double, idle: [Idle] = []) {
    self.length = max(0, length)
    self.idle = idle.filter { $0.end - $0.start >= Self.leastIdle }
  }

  /// The seconds the stretch takes at speed 1.
  package var shortenedLength: Double {
    idle.reduce(length) { $0 - ($1.end - $1.start) + ($1.end - $1.start) / $1.rate }
  }

  /// How many times faster than the rest it runs at a position.
  package func rate(at position: Double) -> Double {
    idle.first { $0.start <= position && position < $0.end }?.rate ?? 1
  }

  /// The position after some seconds at speed 1, never beyond the end.
  package func position(from position: Double, after seconds: Double) -> Double {
    var position = max(0, position)
    var left = max(0, seconds)
    while left > 0, position < length {
      let inside = idle.first { $0.start <= position && position < $0.end }
      let edge = inside?.end ?? idle.first { $0.start > position }?.start ?? length
      let rate = inside?.rate ?? 1
      let needed = (min(edge, length) - position) / rate
      if needed > left { return min(length, position + left * rate) }
      left -= needed
      position = min(edge, length)
    }
    return min(length, position)
  }
}

extension TalkPace {
  /// The pace of a stretch of a recording.
  ///
  /// Only where the idle level of every accelerator is known, the watts of all of them stay within 2 % of
  /// it for a minute, no job tells of progress and no event happens, nothing is lost by passing faster:
  /// a machine that computes evenly stays within 2 % of its level, too.
  package init(of timeline: Timeline, over span: TimeSpan) {
    self.init(length: span.seconds)
    let ledger = Ledger(timeline)
    let gpus = ledger.inventory.gpus
    guard span.seconds >= Self.leastIdle,
      let floor = ledger.idleFloor(of: gpus, at: span.end), floor > 0
    else { return }
    // A column a second, for two hours.
    let columns = Int(min(span.seconds, 7200).rounded(.up))
    let width = span.seconds / Double(columns)
    let watts = ledger.powerCurve(of: gpus, over: span, columns: columns, until: span.end)
    var isBusy = watts.map { watts in
      watts.map { abs($0 - floor) > floor * Self.nearness } ?? true
    }
    func mark(_ time: Timestamp) {
      let column = Int((time - span.start) / width)
      if isBusy.indices.contains(column) { isBusy[column] = true }
    }
    for event in timeline.events where span.contains(event.time) { mark(event.time) }
    func isCounter(_ series: Timeline.SeriesID) -> Bool {
      timeline.descriptor(series).metric.isCounter
    }
    for job in timeline.devices(.job) {
      for metric in Ledger.progressMetrics {
        guard let series = timeline.id(metric, of: job.id) else { continue }
        for reading in timeline.readings(series, in: span) { mark(reading.time) }
        // Of what is no longer kept one by one, a change within a column tells.
        let course = timeline.curve(series, over: span, columns: columns, until: span.end)
        for (column, values) in course.enumerated() {
          if let values, values.high > values.low || isCounter(series) && values.mean > 0 {
            isBusy[column] = true
          }
        }
      }
    }
    var found: [Idle] = []
    var start: Int?
    for column in 0...columns {
      if column < columns, !isBusy[column] {
        start = start ?? column
      } else if let first = start {
        found.append(Idle(start: Double(first) * width, end: Double(column) * width))
        start = nil
      }
    }
    self.init(length: span.seconds, idle: found)
  }
}
