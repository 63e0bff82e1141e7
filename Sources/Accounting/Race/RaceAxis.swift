/// What the curves of a race are drawn over.
public enum RaceAxis: String, CaseIterable, Hashable, Sendable {
  case joules, time, progress

  /// The value of a reported loss on the axis.
  public func value(of point: RunProfile.LossPoint) -> Double? {
    switch self {
    case .joules: point.joules
    case .time: point.seconds
    case .progress: point.progress
    }
  }
}

extension Race {
  /// Why nothing can be drawn over an axis, as the rest of a sentence; `nil` where it can.
  public func absence(of axis: RaceAxis) -> String? {
    let both = [run, baseline]
    switch axis {
    case .joules:
      let silent = both.first { profile in
        losses(of: profile).points.allSatisfy { $0.joules == nil }
          && !losses(of: profile).points.isEmpty
      }
      return silent.map { "no joules of \($0.name) are known" }
    case .time: return both.first { !$0.isTimed }.map { "the log of \($0.name) has no times" }
    case .progress:
      return run.progressUnit == baseline.progressUnit
        ? nil : "\(run.name) counts \(run.progressUnit), \(baseline.name) \(baseline.progressUnit)"
    }
  }

  /// Where a run stands on an axis.
  public func value(of point: RunCourse.Point, of profile: RunProfile, on axis: RaceAxis) -> Double?
  {
    switch axis {
    case .joules: point.joules
    case .time: point.seconds
    case .progress:
      switch profile.progressUnit {
      case "tokens": point.tokens
      case "samples": point.samples
      default: point.step
      }
    }
  }

  /// Where the curve of a run crosses a loss for the first time, on an axis.
  public func crossing(of loss: Double, _ profile: RunProfile, on axis: RaceAxis) -> Double? {
    let points = losses(of: profile).points
    guard let after = points.firstIndex(where: { $0.loss <= loss }), after > 0,
      let right = axis.value(of: points[after]), let left = axis.value(of: points[after - 1])
    else { return nil }
    let fall = points[after - 1].loss - points[after].loss
    return fall > 0 ? left + (points[after - 1].loss - loss) / fall * (right - left) : right
  }
}
