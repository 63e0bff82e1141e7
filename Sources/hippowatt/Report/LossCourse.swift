import Accounting
import Quantities
import Telemetry

/// The losses that a job reported, from the first to the last.
struct LossCourse: Hashable {
  var first: Double
  var last: Double
  var best: Double
  /// The mean of as many reports in each of some equal parts, in their order.
  var curve: [Double]

  private static let columns = 24

  /// `nil` without a loss.
  init?(_ losses: [Double], best: Double? = nil) {
    let known = losses.filter(\.isFinite)
    guard let first = known.first, let last = known.last, let least = known.min() else {
      return nil
    }
    self.first = first
    self.last = last
    self.best = min(least, best ?? least)
    let columns = min(known.count, Self.columns)
    curve = (0..<columns).map { column in
      let part = known[known.count * column / columns..<known.count * (column + 1) / columns]
      return part.reduce(0, +) / Double(part.count)
    }
  }

  /// The curve as a line of text; empty where it does not move or has hardly any points.
  var picture: String {
    guard curve.count >= 3, let low = curve.min(), let high = curve.max(), high > low else {
      return ""
    }
    let glyphs = Array("▁▂▃▄▅▆▇█")
    return String(
      curve.map { glyphs[min(7, Int(saturating: ($0 - low) / (high - low) * 8))] })
  }
}

/// How long the steps of a job took.
struct StepTimes: Hashable {
  /// Seconds that a tenth of the steps took no longer than.
  var tenth: Double
  var median: Double
  /// Seconds that nine tenths of the steps took no longer than.
  var ninetieth: Double
  var longest: Double
  /// Whether they are those that the job states, and not those between its reports.
  var isStated = false
}

extension Ledger {
  /// The training losses since a job last began anew; `nil` where it reports none.
  func lossCourse(of job: DeviceID, at time: Timestamp) -> LossCourse? {
    guard let id = timeline.id(.loss, of: job), let first = timeline.firstReading(id) else {
      return nil
    }
    let span = TimeSpan(max(first.time, workStart(of: job, at: time) ?? first.time), time)
    let isLog = timeline.descriptor(id).provenance.method == .log
    let losses = isLog ? timeline.reports(id, in: span) : timeline.changeReports(id, in: span)
    return LossCourse(losses.map(\.value), best: timeline.extremes(id, over: span)?.low)
  }

  /// What the steps of a job's present life took; `nil` where that is not known.
  func stepTimes(of job: DeviceID, at time: Timestamp) -> StepTimes? {
    if reportsSteps(job), let statistics = stepStatistics(of: job, at: time, limit: 4000),
      let tenth = statistics.quantile(0.1), let ninetieth = statistics.quantile(0.9),
      let longest = statistics.quantile(1)
    {
      return StepTimes(
        tenth: tenth, median: statistics.median, ninetieth: ninetieth, longest: longest)
    }
    guard let id = timeline.id(.stepTime, of: job), let first = timeline.firstReading(id) else {
      return nil
    }
    let begin = max(first.time, lifeStart(of: job, at: time) ?? first.time)
    let times = timeline.reports(id, in: TimeSpan(begin, time)).map(\.value).sorted()
    guard let longest = times.last else { return nil }
    func quantile(_ share: Double) -> Double {
      times[min(times.count - 1, Int(saturating: share * Double(times.count)))]
    }
    return StepTimes(
      tenth: quantile(0.1), median: quantile(0.5), ninetieth: quantile(0.9), longest: longest,
      isStated: true)
  }
}
