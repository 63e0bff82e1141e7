/// What the curves of a race are drawn over.
public enum RaceAxis: String, CaseIterable, Hashable, Sendable {
  case joules, time, progress
}

/// What the curves of a race show.
public enum RaceSubject: Hashable, Sendable {
  /// The loss that both tell.
  case loss(TargetLoss.Basis)
  /// What both count, where their losses are not of one kind: the unit, for people.
  case tokens(unit: String)
  case samples, steps

  /// What is counted, in words; a loss by its kind.
  public var words: String {
    switch self {
    case .loss(.validation): "validation loss"
    case .loss(.training): "training loss"
    case .tokens(let unit): unit
    case .samples: "samples"
    case .steps: "steps"
    }
  }
}

extension Race {
  /// A place on a curve.
  public typealias CurvePoint = (x: Double, y: Double)

  /// What the curves show; `nil` where the two have nothing in common.
  public var subject: RaceSubject? {
    if let basis { return .loss(basis) }
    func counts(_ key: KeyPath<RunCourse.Point, Double?>) -> Bool {
      [run, baseline].allSatisfy { $0.course?.end?[keyPath: key] != nil }
    }
    let areServers = [run, baseline].map { $0.works[.outputToken] != nil }
    if counts(\.tokens), areServers[0] == areServers[1], comparison.hasSameVocabulary {
      return .tokens(unit: areServers[0] ? "output tokens" : "tokens")
    }
    return counts(\.samples) ? .samples : counts(\.step) ? .steps : nil
  }

  /// The curve of a run over an axis, from its first report to its last.
  public func curve(of profile: RunProfile, over axis: RaceAxis) -> [CurvePoint] {
    switch subject {
    case .loss(let basis):
      return profile.points(basis).compactMap { point in
        let x: Double? =
          switch axis {
          case .joules: point.joules
          case .time: point.seconds
          case .progress: point.progress
          }
        return x.map { ($0, point.loss) }
      }
    case .tokens, .samples, .steps:
      return (profile.course?.points ?? []).compactMap { point in
        guard let x = value(of: point, of: profile, on: axis), let y = done(point) else {
          return nil
        }
        return (x, y)
      }
    case nil: return []
    }
  }

  /// What a run had done of what the curves show, where that is no loss.
  public func done(_ point: RunCourse.Point) -> Double? {
    switch subject {
    case .tokens: point.tokens
    case .samples: point.samples
    case .steps: point.step
    case .loss, nil: nil
    }
  }

  /// Why nothing can be drawn over an axis, as the rest of a sentence; `nil` where it can.
  public func absence(of axis: RaceAxis) -> String? {
    guard let subject else { return "they have nothing in common that could be drawn" }
    switch axis {
    case .joules:
      let silent = [baseline, run].first { curve(of: $0, over: .joules).isEmpty }
      return silent.map { "no joules of \($0.name) are known" }
    case .time:
      return [run, baseline].first { !$0.isTimed }.map { "the log of \($0.name) has no times" }
    case .progress:
      guard case .loss = subject else { return "\(subject.words) are what is drawn" }
      return run.progressUnit == baseline.progressUnit
        ? nil : "\(run.name) counts \(run.progressUnit), \(baseline.name) \(baseline.progressUnit)"
    }
  }

  /// Where a run stands on an axis.
  public func value(
    of point: RunCourse.Point, of profile: RunProfile, on axis: RaceAxis
  ) -> Double? {
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
    let points = curve(of: profile, over: axis)
    guard let after = points.firstIndex(where: { $0.y <= loss }), after > 0 else { return nil }
    let (left, right) = (points[after - 1], points[after])
    let fall = left.y - right.y
    return fall > 0 ? left.x + (left.y - loss) / fall * (right.x - left.x) : right.x
  }
}
