import Telemetry

extension RunProfile {
  /// The joules from the first report of progress until a loss is first reached: between those of the
  /// report before it and those of the report that tells it.
  ///
  /// `nil` if it never is reached, was so from the beginning, or is not known.
  static func joules(to loss: Double, in points: [LossPoint]) -> ClosedRange<Double>? {
    guard let after = points.firstIndex(where: { $0.loss <= loss }), after > 0,
      let high = points[after].joules, let low = points[after - 1].joules, low <= high
    else { return nil }
    return low...high
  }

  /// The seconds from the first report of progress until a loss is first reached, in the same way.
  static func seconds(to loss: Double, in points: [LossPoint]) -> ClosedRange<Double>? {
    guard let after = points.firstIndex(where: { $0.loss <= loss }), after > 0,
      let high = points[after].seconds, let low = points[after - 1].seconds, low <= high
    else { return nil }
    return low...high
  }
}

extension Ledger {
  /// A loss over progress with the energy until then; where there are more reports than points, each
  /// is the mean of some.
  func losses(
    _ metric: Metric, of job: DeviceID, over stretch: TimeSpan, _ counter: Metric?, _ cost: JobCost,
    points most: Int
  ) -> [RunProfile.LossPoint] {
    let progress: Metric = timeline.id(.step, of: job) == nil ? .epoch : .step
    let reports = reports(metric, of: job, until: stretch.end, by: progress)
    let way = RunWay(of: job, to: stretch, in: self, seenShare: cost.seenShare)
    let counted = counter.flatMap { timeline.id($0, of: job) }
    let size = max(1, reports.count / most)
    var points: [RunProfile.LossPoint] = []
    for start in stride(from: 0, to: reports.count, by: size) {
      let part = reports[start..<min(reports.count, start + size)]
      guard let last = part.last else { continue }
      let progress = counted.flatMap { timeline.value($0, at: last.time) } ?? last.step
      guard points.last.map({ progress > $0.progress }) ?? true else { continue }
      let mean = part.reduce(0) { $0 + $1.loss } / Double(part.count)
      var point = RunProfile.LossPoint(progress: progress, loss: mean)
      point.joules = way.joules(until: last.time, in: self)
      point.seconds = way.seconds(until: last.time)
      points.append(point)
    }
    return points
  }
}
