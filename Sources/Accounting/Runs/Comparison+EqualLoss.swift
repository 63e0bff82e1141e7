import Quantities

extension Comparison {
  /// What both runs took to the loss at which the worse of them ended.
  public struct EqualLoss: Hashable, Sendable {
    /// The loss that both reached: the higher of their last.
    public var loss: Double
    /// Whether it is that on data kept apart, or that of the training.
    public var basis: TargetLoss.Basis
    /// The joules of the run until it did, between two reports.
    public var joules: ClosedRange<Double>
    /// The joules of the baseline until it did, between two reports.
    public var baseline: ClosedRange<Double>

    /// The seconds of the run until it did, between two reports, if they are known.
    public var seconds: ClosedRange<Double>?
    /// The seconds of the baseline until it did, between two reports, if they are known.
    public var baselineSeconds: ClosedRange<Double>?

    /// The joules of the run over those of the baseline, from the middles between reports.
    public var ratio: Double {
      (joules.lowerBound + joules.upperBound) / (baseline.lowerBound + baseline.upperBound)
    }
    /// What the ratio may be, since losses are reported only now and then.
    public var bounds: ClosedRange<Double>? {
      guard baseline.lowerBound > 0 else { return nil }
      return joules.lowerBound / baseline.upperBound...joules.upperBound / baseline.lowerBound
    }

    /// What kind of loss it is, for people.
    public var kind: String { basis == .validation ? "validation loss" : "training loss" }

    /// What follows, in words: `needs 2.9 × the joules` `to the same loss, 1.85`.
    public var words: (amount: String, of: String) {
      let of = "to the same \(kind), \(SI.significant(loss))"
      if bounds.map({ $0.contains(1) }) ?? true {
        return ("takes about as many joules", of)
      }
      if ratio > 2 { return ("needs \(SI.significant(ratio, digits: 2)) × the joules", of) }
      let share = "\(SI.percent(abs(ratio - 1))) %"
      return (ratio < 1 ? "saves \(share) of the joules" : "needs \(share) more joules", of)
    }

    /// The same as a sign: `−25 %`, `2.9 ×`, `≈ 0 %`.
    public var sign: String {
      guard saves != nil else { return "≈ 0 %" }
      if ratio > 2 { return SI.significant(ratio, digits: 2) + " ×" }
      return (ratio < 1 ? "−" : "+") + SI.percent(abs(ratio - 1)) + " %"
    }

    /// Whether it takes fewer joules; `nil` where the reports are too far apart to tell.
    public var saves: Bool? {
      guard let bounds, !bounds.contains(1) else { return nil }
      return ratio < 1
    }
  }

  /// The joules of both runs to the same loss; `nil` where one of them tells none, began below it
  /// or has no energy.
  ///
  /// It outranks joules per token: a run that takes fewer for a token and needs more tokens for the
  /// same quality saves nothing. Losses on data kept apart are taken where both runs tell them; those
  /// of the training are means of a fiftieth of the reports each.
  public var equalLoss: EqualLoss? {
    [TargetLoss.Basis.validation, .training].lazy.compactMap { basis in
      equalLoss(basis, until: (.infinity, .infinity))
    }.first
  }

  /// The same of one kind of loss, of what both had reported after so many seconds of their own.
  public func equalLoss(
    _ basis: TargetLoss.Basis, until seconds: (run: Double, baseline: Double)
  ) -> EqualLoss? {
    guard hasSameVocabulary else { return nil }
    return equalLoss(
      run.points(basis, until: seconds.run), baseline.points(basis, until: seconds.baseline), basis)
  }

  private func equalLoss(
    _ own: [RunProfile.LossPoint], _ others: [RunProfile.LossPoint], _ basis: TargetLoss.Basis
  ) -> EqualLoss? {
    guard let last = own.last?.loss, let other = others.last?.loss else { return nil }
    let loss = max(last, other)
    guard let joules = RunProfile.joules(to: loss, in: own),
      let baseline = RunProfile.joules(to: loss, in: others), joules.upperBound > 0,
      baseline.upperBound > 0
    else { return nil }
    var equal = EqualLoss(loss: loss, basis: basis, joules: joules, baseline: baseline)
    if run.isTimed { equal.seconds = RunProfile.seconds(to: loss, in: own) }
    if self.baseline.isTimed { equal.baselineSeconds = RunProfile.seconds(to: loss, in: others) }
    return equal
  }

  /// Whether both may predict the same tokens, as far as the jobs say; else their losses are not of one
  /// kind.
  ///
  /// A vocabulary is often padded to a round number, which changes no loss: 50 257 to 50 304 or 51 200.
  public var hasSameVocabulary: Bool {
    guard let own = run.vocabulary, let other = baseline.vocabulary else { return true }
    return max(own, other) <= 1.02 * min(own, other)
  }

  /// The kind of loss that both tell, that on data kept apart first.
  public var lossBasis: TargetLoss.Basis? {
    [TargetLoss.Basis.validation, .training].first { basis in
      !run.points(basis).isEmpty && !baseline.points(basis).isEmpty
    }
  }

  /// Why the joules to the same loss are not known, as the rest of a sentence; `nil` where they are.
  public var equalLossAbsence: String? {
    guard equalLoss == nil else { return nil }
    for profile in [run, baseline] where profile.losses.isEmpty && profile.evaluations.isEmpty {
      return "\(profile.name) tells no loss"
    }
    guard let basis = lossBasis else {
      let isTrained = run.evaluations.isEmpty
      let (training, validation) = isTrained ? (run.name, baseline.name) : (baseline.name, run.name)
      return "\(training) tells only its training loss, and \(validation) only its validation loss"
    }
    if !hasSameVocabulary, let own = run.vocabulary, let other = baseline.vocabulary {
      return "their models tell apart \(SI.count(own)) and \(SI.count(other)) tokens, "
        + "so that their losses are not of one kind"
    }
    let kind = basis == .validation ? "validation loss" : "training loss"
    for profile in [run, baseline] where profile.points(basis).allSatisfy({ $0.joules == nil }) {
      return "no joules of \(profile.name) are known"
    }
    for profile in [run, baseline] where profile.points(basis).count < 2 {
      return "\(profile.name) tells its \(kind) only once"
    }
    let loss = [run, baseline].compactMap { $0.points(basis).last?.loss }.max() ?? 0
    for profile in [run, baseline] {
      if let first = profile.points(basis).first?.loss, first <= loss {
        return "the first \(kind) of \(profile.name), \(SI.significant(first)), is not above "
          + "\(SI.significant(loss)), which both reached"
      }
    }
    for profile in [run, baseline]
    where RunProfile.joules(to: loss, in: profile.points(basis)) == nil {
      return
        "the joules of \(profile.name) until it came down to \(SI.significant(loss)) are not known"
    }
    return "the joules until both reached it are not known"
  }
}

extension RunProfile {
  /// The losses of a kind that were reported in the first seconds.
  public func points(_ basis: TargetLoss.Basis, until seconds: Double = .infinity) -> [LossPoint] {
    let points = basis == .validation ? evaluations : losses
    return seconds == .infinity
      ? points : Array(points.prefix { $0.seconds.map { $0 <= seconds } ?? false })
  }
}
