import Quantities
import Telemetry

/// What two runs of a race are laid beside each other by: what both have had as much of.
public enum RaceAlignment: String, CaseIterable, Hashable, Sendable {
  /// Both have run for as long.
  case start
  /// Both have come to the same step.
  case step
  /// Both have come through as many tokens, or samples where they count those.
  case tokens
  /// Both have come down to the same loss.
  case loss
}

/// Two runs side by side, as they were or would have been at the same moment.
///
/// The run is followed by its own time; the baseline stands where it had as much of what they are
/// aligned by. What follows in the end is the comparison's, and no other.
public struct Race: Hashable, Sendable {
  /// One of the two at a moment.
  public struct Place: Hashable, Sendable {
    /// What it had spent and done.
    public var point: RunCourse.Point
    /// The last loss that it had reported, of the kind that both tell.
    public var loss: RunProfile.LossPoint?
    /// Whether it stands at its end.
    public var isOver: Bool
  }

  /// Both at a moment.
  public struct Moment: Hashable, Sendable {
    /// The run; `nil` before it began.
    public var run: Place?
    /// The baseline; `nil` where it has no such moment.
    public var baseline: Place?
    /// Why one of them has no place, or the baseline only that of its end, as the rest of a sentence.
    public var absence: String?
    /// What keeps the joules of the two from being set against each other here, in words.
    public var caution: String?
    /// What both took to the loss that both had reached by then.
    public var equalLoss: Comparison.EqualLoss?
  }

  /// Grams of CO2 equivalent by lifecycle for a joule, the mean of each recording.
  public struct Intensities: Hashable, Sendable {
    /// That of the run.
    public var run: Double
    /// That of the baseline.
    public var baseline: Double

    /// Two intensities in grams per joule.
    public init(run: Double, baseline: Double) {
      self.run = run
      self.baseline = baseline
    }
  }

  /// What follows of the two as wholes.
  public let comparison: Comparison
  /// What both took to the same loss in the end.
  public let equalLoss: Comparison.EqualLoss?
  /// Why that is not known.
  public let equalLossAbsence: String?
  /// The kind of loss that the race is about; `nil` where they have none in common.
  public let basis: TargetLoss.Basis?
  /// Whether the run is known to its end, and does not go on as one that is watched.
  public let isWhole: Bool
  /// The intensities of the electricity of both, where they count the same and are known.
  public var intensities: Intensities?

  /// A race of a run against another; both need a course to have places.
  public init(_ run: RunProfile, against baseline: RunProfile, isWhole: Bool = true) {
    self.isWhole = isWhole
    comparison = Comparison(run, against: baseline)
    equalLoss = comparison.equalLoss
    equalLossAbsence = comparison.equalLossAbsence
    basis =
      comparison.hasSameVocabulary ? equalLoss?.basis ?? comparison.lossBasis : nil
  }

  /// The run that is followed.
  public var run: RunProfile { comparison.run }
  /// The run it is laid beside.
  public var baseline: RunProfile { comparison.baseline }

  /// The losses of one of the two that the race is about: those both tell, else its own.
  public func losses(of profile: RunProfile) -> (
    basis: TargetLoss.Basis, points: [RunProfile.LossPoint]
  ) {
    let own: TargetLoss.Basis = profile.evaluations.isEmpty ? .training : .validation
    let basis = basis ?? own
    return (basis, profile.points(basis))
  }

  /// When both have come to their ends, in the time of the run; `nil` for one without progress.
  ///
  /// Where the baseline ran longer it is that much after the end of the run.
  public var end: Timestamp? {
    run.course?.end.map { own in
      guard run.isTimed, baseline.isTimed, let other = baseline.course?.end else { return own.time }
      return own.time + max(0, other.seconds - own.seconds)
    }
  }

  // MARK: Moments

  /// Both at a time of the run.
  public func moment(at time: Timestamp, by alignment: RaceAlignment) -> Moment {
    var moment = Moment()
    guard let course = run.course, let begin = course.start, let end = course.end else {
      moment.absence = "\(run.name) tells no progress"
      return moment
    }
    guard baseline.course?.end != nil else {
      moment.absence = "\(baseline.name) tells no progress"
      return moment
    }
    guard let point = course.point(at: time) else {
      moment.absence =
        "\(run.name) has not begun: its first word of progress comes "
        + "\(SI.duration(begin.time - time)) later"
      return moment
    }
    moment.run = place(point, run)
    // Past its end the run stands still, and time goes on for the other one.
    let seconds = point.seconds + max(0, time - end.time)
    switch other(beside: point, after: seconds, alignment) {
    case .success(let places):
      if let own = places.own { moment.run = place(own, run) }
      moment.baseline = place(places.other, baseline)
      moment.caution = places.caution
    case .failure(let reason):
      moment.absence = reason.words
      if reason.isAtEnd, let end = baseline.course?.end {
        moment.baseline = place(end, baseline)
      }
    }
    moment.equalLoss = moment.baseline.flatMap { other in
      if moment.run?.isOver == true, other.isOver { return equalLoss }
      let places = (run: moment.run?.point.seconds ?? 0, baseline: other.point.seconds)
      return basis.flatMap { comparison.equalLoss($0, until: places) }
    }
    return moment
  }

  /// Where the baseline stands, and where the run, if that is another point than was asked for.
  private struct Beside {
    var own: RunCourse.Point?
    var other: RunCourse.Point
    var caution: String?
  }

  private struct Absence: Error {
    var words: String
    /// Whether the baseline is seen at its end all the same.
    var isAtEnd = false

    init(_ words: String, isAtEnd: Bool = false) {
      self.words = words
      self.isAtEnd = isAtEnd
    }
  }

  private func place(_ point: RunCourse.Point, _ profile: RunProfile) -> Place {
    let losses = losses(of: profile).points
    return Place(
      point: point, loss: losses.last { $0.seconds.map { $0 <= point.seconds + 1e-6 } ?? false },
      isOver: (isWhole || profile != run || run.ending != nil)
        && profile.course?.end.map { point.seconds >= $0.seconds } ?? false)
  }

  /// Where the baseline stands beside a point of the run; and where the run, if that is another point.
  private func other(
    beside point: RunCourse.Point, after seconds: Double, _ alignment: RaceAlignment
  ) -> Result<Beside, Absence> {
    switch alignment {
    case .start:
      for profile in [run, baseline] where !profile.isTimed {
        return .failure(Absence("the log of \(profile.name) has no times"))
      }
      guard let other = baseline.course?.point(after: seconds) else { break }
      return .success(Beside(other: other))
    case .step: return counted(point, \.step, "step")
    case .tokens: return counted(point)
    case .loss: return leveled(point)
    }
    return .failure(Absence("\(baseline.name) tells no progress"))
  }

  /// By tokens where both count those, else by samples.
  private func counted(
    _ point: RunCourse.Point
  ) -> Result<Beside, Absence> {
    func counts(_ key: KeyPath<RunCourse.Point, Double?>) -> Bool {
      [run, baseline].allSatisfy { $0.course?.end?[keyPath: key] != nil }
    }
    guard counts(\.tokens) else {
      if counts(\.samples) { return counted(point, \.samples, "samples") }
      let silent = [run, baseline].first { $0.course?.end?.tokens == nil } ?? baseline
      return .failure(Absence("\(silent.name) counts no tokens"))
    }
    guard (run.works[.outputToken] == nil) == (baseline.works[.outputToken] == nil) else {
      return .failure(Absence("one of them writes its tokens and the other learns from them"))
    }
    if let own = run.vocabulary, let other = baseline.vocabulary, own != other {
      return .failure(
        Absence(
          "their models tell apart \(SI.count(own)) and \(SI.count(other)) tokens, so that a token "
            + "of the one is none of the other"))
    }
    return counted(point, \.tokens, "tokens")
  }

  private func counted(
    _ point: RunCourse.Point, _ key: KeyPath<RunCourse.Point, Double?>, _ unit: String
  ) -> Result<Beside, Absence> {
    func words(_ value: Double) -> String {
      unit == "step" ? "step \(SI.count(value))" : SI.text(value, unit, smallest: 0).joined
    }
    guard let value = point[keyPath: key] else {
      return .failure(Absence("\(run.name) tells no \(unit)\(unit == "step" ? "s" : "")"))
    }
    guard let course = baseline.course,
      let last = course.points.compactMap({ $0[keyPath: key] }).max()
    else {
      return .failure(Absence("\(baseline.name) tells no \(unit)\(unit == "step" ? "s" : "")"))
    }
    guard let other = course.point(of: value, key) else {
      let first = course.points.lazy.compactMap { $0[keyPath: key] }.first ?? last
      return .failure(
        Absence(
          value > last
            ? "\(baseline.name) came to \(words(last)) and no further"
            : "\(baseline.name) was seen from \(words(first)) on", isAtEnd: value > last))
    }
    var beside = Beside(other: other)
    let firsts = [run, baseline].map { profile -> Double in
      profile.course?.points.compactMap { $0[keyPath: key] }.first ?? 0
    }
    // What was done before the first word of progress has no joules.
    if abs(firsts[0] - firsts[1]) > 0.05 * value {
      beside.caution = "counted from \(words(firsts[0])) and from \(words(firsts[1])) on"
    }
    return .success(beside)
  }

  /// By the lowest loss so far: where each of them first had come down to it.
  private func leveled(
    _ point: RunCourse.Point
  ) -> Result<Beside, Absence> {
    guard let basis else {
      return .failure(Absence(equalLossAbsence ?? "\(run.name) tells no loss"))
    }
    let kind = basis == .validation ? "validation loss" : "training loss"
    let told = run.points(basis, until: point.seconds)
    guard let least = told.min(by: { $0.loss < $1.loss }) else {
      return .failure(Absence("\(run.name) has not told a \(kind) yet"))
    }
    let others = baseline.points(basis)
    guard let reached = others.first(where: { $0.loss <= least.loss }) else {
      let best = others.map(\.loss).min() ?? .nan
      return .failure(
        Absence(
          "\(baseline.name) never came down to \(SI.significant(least.loss, digits: 4)): its least "
            + "\(kind) is \(SI.significant(best, digits: 4))", isAtEnd: true))
    }
    guard let own = least.seconds.flatMap({ run.course?.point(after: $0) }),
      let other = reached.seconds.flatMap({ baseline.course?.point(after: $0) })
    else { return .failure(Absence("the times of the losses are not known")) }
    return .success(Beside(own: own, other: other))
  }
}
