import Quantities
import Telemetry

/// The steps and energy that it took, or will take, to bring a job's loss down to a target.
public struct TargetLoss: Hashable, Sendable {
  /// Which loss was looked at.
  public enum Basis: Sendable, Hashable {
    /// The loss on data the job does not train on.
    case validation
    /// The mean of the training loss over about a hundred reports, exponentially weighted.
    case training

    /// What the basis is called, for people.
    public var words: String {
      self == .validation ? "validation loss" : "training loss, averaged over 100 reports"
    }
  }

  /// What is known of reaching the target.
  public enum Outcome: Sendable, Hashable {
    /// Reached between two evaluations: after `energy.lowerBound` and before `energy.upperBound`.
    case reached(step: ClosedRange<Double>, joules: ClosedRange<Double>?)
    /// To be reached after this many more steps and joules, the middle 90 % of resampled fits;
    /// `fit` describes the fit.
    case projected(steps: ClosedRange<Double>, joules: ClosedRange<Double>?, fit: String)
    /// Nothing can be said; the reason in words.
    case refused(String)
  }

  /// The loss that is to be reached.
  public var target: Double
  /// Which loss is compared with it.
  public var basis: Basis
  /// Whether and when it is reached.
  public var outcome: Outcome

  /// An answer with what it is based on.
  public init(target: Double, basis: Basis, outcome: Outcome) {
    self.target = target
    self.basis = basis
    self.outcome = outcome
  }

  /// A range of steps with one digit at each end, such as `400 to 1000`.
  public static func words(_ steps: ClosedRange<Double>) -> String {
    let (low, high) = (SI.oneDigit(steps.lowerBound), SI.oneDigit(steps.upperBound))
    return low == high ? low : "\(low) to \(high)"
  }

  /// The fewest reports of the training loss that an answer is given from.
  static let leastReports = 100
}

extension Ledger {
  /// Whether a job has reached a loss, or when it will; `nil` when it reports no loss.
  ///
  /// Evaluations are preferred. The energy counts from the job's first report, with everything
  /// between: compilation, evaluations, checkpoints, steps done again.
  public func target(_ target: Double, of job: DeviceID, at time: Timestamp) -> TargetLoss? {
    let evaluations = reports(.validationLoss, of: job, until: time)
    let basis: TargetLoss.Basis = evaluations.isEmpty ? .training : .validation
    var points = evaluations
    if points.isEmpty {
      points = Self.smoothed(reports(.loss, of: job, until: time))
      if points.isEmpty {
        guard timeline.id(.loss, of: job) != nil else { return nil }
        return TargetLoss(
          target: target, basis: basis,
          outcome: .refused("fewer than \(TargetLoss.leastReports) reports of the loss so far"))
      }
    }
    return TargetLoss(
      target: target, basis: basis, outcome: outcome(target, points, basis, of: job, at: time))
  }

  /// A loss with the step it belongs to.
  typealias LossReport = (time: Timestamp, step: Double, loss: Double)

  private func outcome(
    _ target: Double, _ points: [LossReport], _ basis: TargetLoss.Basis, of job: DeviceID,
    at time: Timestamp
  ) -> TargetLoss.Outcome {
    let start = timeline.id(.step, of: job).flatMap { timeline.firstReading($0)?.time }
      .map { max($0, workStart(of: job, at: time) ?? $0) }
    func joules(until end: Timestamp) -> Double? {
      start.flatMap { start in
        let cost = cost(of: job, over: TimeSpan(start, max(start, end)), steps: 0)
        return cost.energy.map { $0.joules / cost.seenShare }
      }
    }
    if let first = points.firstIndex(where: { $0.loss <= target }) {
      let after = points[first]
      let before = first > 0 ? points[first - 1] : after
      var energy: ClosedRange<Double>?
      if let low = joules(until: before.time), let high = joules(until: after.time), low <= high {
        energy = low...high
      }
      return .reached(step: min(before.step, after.step)...after.step, joules: energy)
    }
    // The mean hides how much the loss scatters, so the fit is through the reports themselves.
    let raw = basis == .training ? reports(.loss, of: job, until: time) : points
    let fit = LossFit(raw.map { ($0.step, $0.loss) })
    guard let last = points.last else { return .refused("no loss so far") }
    switch fit.projection(to: target, from: last.step) {
    case .failure(let refusal): return .refused(refusal.reason)
    case .success(let steps):
      var energy: ClosedRange<Double>?
      if let outlook = outlook(of: job, at: time), let joules = outlook.joules,
        let left = outlook.left, left > 0
      {
        energy = steps.lowerBound * joules / left...steps.upperBound * joules / left
      } else if let each = cost(of: job, at: time)?.joulesPerStep {
        energy = steps.lowerBound * each...steps.upperBound * each
      }
      return .projected(steps: steps, joules: energy, fit: fit.words)
    }
  }

  /// All reports of a loss by a job, each with its step or what else it counts, oldest first.
  func reports(
    _ metric: Metric, of job: DeviceID, until time: Timestamp, by progress: Metric = .step
  ) -> [LossReport] {
    guard let id = timeline.id(metric, of: job), let step = timeline.id(progress, of: job),
      let oldest = timeline.firstReading(id)
    else { return [] }
    // What a job lost when it began anew is no part of its way to a loss.
    let begin = workStart(of: job, at: time)
    guard
      let first = begin.flatMap({ timeline.reading(id, from: max($0, oldest.time)) })
        ?? (begin == nil ? oldest : nil), first.time <= time
    else { return [] }
    // Where readings are no longer kept one by one, the last one of each minute is used. A value
    // that is repeated until it changes is a report only when it changes.
    let isLog = timeline.descriptor(id).provenance.method == .log
    let recent =
      isLog ? timeline.readings(id, in: TimeSpan(first.time, time)).map(\.time) : []
    let older = timeline.changes(id, in: TimeSpan(first.time, recent.first ?? time))
    let times = [first.time] + older + recent
    var result: [LossReport] = []
    for moment in times where result.last.map({ $0.time < moment }) ?? true {
      guard let loss = timeline.value(id, at: moment), let at = timeline.value(step, at: moment),
        loss.isFinite, at.isFinite
      else { continue }
      result.append((moment, at, loss))
    }
    return result
  }

  /// The exponentially weighted mean from the hundredth report on.
  static func smoothed(_ reports: [LossReport]) -> [LossReport] {
    let least = TargetLoss.leastReports
    guard reports.count >= least else { return [] }
    let weight = 2.0 / Double(least + 1)
    var mean = reports.prefix(least).reduce(0) { $0 + $1.loss } / Double(least)
    var result = [(reports[least - 1].time, reports[least - 1].step, mean)]
    for report in reports.dropFirst(least) {
      mean += weight * (report.loss - mean)
      result.append((report.time, report.step, mean))
    }
    return result.map { (time: $0.0, step: $0.1, loss: $0.2) }
  }
}
