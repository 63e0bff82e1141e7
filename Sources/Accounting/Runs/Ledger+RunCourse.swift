import Quantities
import Telemetry

extension Ledger {
  /// How many even steps of time a course is told in at most, besides the reports of progress.
  private static let courseSteps = 160
  /// How many reports of progress stand in a course at most.
  private static let courseReports = 240

  /// What a job had spent and done at each of some moments of a way.
  func course(along way: RunWay) -> RunCourse {
    let steps = counts(.step, along: way)
    var tokens = counts(isServer(way.job) ? .outputTokens : .tokens, along: way)
    if isServer(way.job), let first = tokens.first?.value {
      // What a server wrote before anyone looked is no part of the run.
      tokens = tokens.map { ($0.time, $0.value - first) }
    }
    let samples = counts(.samples, along: way)
    let points = moments(along: way, reports: steps.isEmpty ? tokens : steps).map { time in
      var point = RunCourse.Point(time: time, seconds: way.seconds(until: time))
      point.joules = way.joules(until: time, in: self)
      point.step = Self.value(of: steps, at: time)
      point.tokens = Self.value(of: tokens, at: time)
      point.samples = Self.value(of: samples, at: time)
      return point
    }
    return RunCourse(points: points)
  }

  /// The times a course is told at: evenly spread over each life, and some reports of progress.
  private func moments(along way: RunWay, reports: [Timeline.Report]) -> [Timestamp] {
    let length = way.lives.reduce(0) { $0 + $1.seconds }
    let size = max(1, (reports.count + Self.courseReports - 1) / Self.courseReports)
    var times = stride(from: 0, to: reports.count, by: size).map { reports[$0].time }
    for life in way.lives {
      let share = length > 0 ? life.seconds / length : 1
      let steps = max(1, Int(saturating: share * Double(Self.courseSteps)))
      times += (0...steps).map { life.start + life.seconds * Double($0) / Double(steps) }
    }
    times = times.filter { time in way.lives.contains { $0.start <= time && time <= $0.end } }
    times.sort()
    return times.reduce(into: []) { kept, time in if kept.last != time { kept.append(time) } }
  }

  /// What a job reported of a count in its lives.
  private func counts(_ metric: Metric, along way: RunWay) -> [Timeline.Report] {
    guard let id = timeline.id(metric, of: way.job) else { return [] }
    return way.lives.flatMap { life in timeline.reports(id, in: life) }
  }

  /// A count at a time, between two reports by straight line; `nil` before the first and where it went
  /// back in between.
  private static func value(of reports: [Timeline.Report], at time: Timestamp) -> Double? {
    var (low, high) = (0, reports.count)
    while low < high {
      let middle = (low + high) / 2
      if reports[middle].time < time { low = middle + 1 } else { high = middle }
    }
    guard low < reports.count else { return reports.last?.value }
    let right = reports[low]
    if right.time == time { return right.value }
    guard low > 0 else { return nil }
    let left = reports[low - 1]
    guard right.value >= left.value, right.time > left.time else { return left.value }
    return left.value + (time - left.time) / (right.time - left.time) * (right.value - left.value)
  }
}
