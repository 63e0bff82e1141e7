import Quantities
import Telemetry

/// The usual time between rows, as `usualPeriod` of all their times says it, without keeping them.
struct PowerLogPeriod {
  /// Readings that are equally far apart.
  private struct Part {
    var step: Double
    var count: Int
  }

  private var last: Timestamp?
  private var steps = PowerLogHistogram()
  private var all = 0.0
  private var part: Part?
  /// Parts that are long enough to count, as far as is known.
  private var parts: [Part] = []

  /// Takes in the next time, in order.
  @inline(__always)
  mutating func add(_ time: Timestamp) {
    defer { last = time }
    guard let last, time > last else { return }
    let step = time - last
    all += step
    steps.add(time.nanoseconds.saturatingSubtract(last.nanoseconds))
    if let known = part, abs(step - known.step) <= 0.25 * known.step {
      part?.count = known.count + 1
      return
    }
    end()
    part = Part(step: step, count: 1)
  }

  private mutating func end() {
    guard let part, part.count >= 10, isLong(part) else { return }
    if parts.count >= 4096 { parts = parts.filter(isLong) }
    // Of parts of one step the longest tells as much as all.
    parts.append(part)
  }

  private func isLong(_ part: Part) -> Bool {
    Double(part.count) * part.step * 20 >= min(all, 86_400)
  }

  /// The usual period in seconds.
  var value: Double {
    guard steps.count > 0 else { return 1 }
    var copy = self
    copy.end()
    func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
    let sorted = steps.sorted
    func value(at place: Int) -> Double {
      var rest = place
      for (value, count) in sorted {
        if rest < count { return seconds(value) }
        rest -= count
      }
      return 0
    }
    var period = value(at: steps.count / 2)
    for part in copy.parts where part.step > period && copy.isLong(part) { period = part.step }
    // One value in fifty may be missing; where one in ten comes late, that is how the logger works.
    var near = 0
    var late = 0
    for (value, count) in sorted where seconds(value) <= 3.5 * period {
      near += count
      if seconds(value) > 1.45 * period { late += count }
    }
    if late * 10 >= near { period = max(period, value(at: near * 19 / 20) / 1.45) }
    return min(period, steps.count < 3 ? 60 : 3600)
  }
}
