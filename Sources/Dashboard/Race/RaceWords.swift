import Accounting
import Canvas
import Quantities
import Telemetry

/// What is said of a race.
extension RaceScene {
  private func name(_ profile: RunProfile) -> String { clipped(sanitized(profile.name), to: 24) }

  /// The verdict as a sign for large digits; `–` where there is none.
  var sign: String { moment.equalLoss.map { number($0.sign) } ?? "–" }

  /// What the curves show.
  var subject: String {
    guard let subject = race.subject else { return "" }
    if case .loss(let basis) = subject { return ComparisonWords.kind(basis, in: language) }
    return language == .en ? subject.words : unit(race.run)
  }

  /// What both took to the same loss, or why that is not known.
  var verdict: [Run] {
    let (own, other) = (name(race.run), name(race.baseline))
    if let equal = moment.equalLoss {
      let words = ComparisonWords.equalLoss(equal, in: language)
      return [
        Run("\(own) ", text.bold), Run(words.amount, style(of: equal).bold),
        Run(" " + say(.beside, words.of, other), text),
        Run(isOver ? "" : say(.soFar), muted),
      ]
    }
    if let reason = race.equalLossAbsence {
      return [
        Run(say(.unknownBecause), style(.warning)),
        Run(sanitized(reason), text),
      ]
    }
    if let absence = moment.absence { return [Run(sanitized(absence), style(.warning))] }
    return [Run(say(.noLossYet), muted)]
  }

  /// What the runs took for as much work, of the whole runs.
  var wholeRuns: [Run] {
    let comparison = race.comparison
    let (own, other) = (name(race.run), name(race.baseline))
    guard let words = ComparisonWords.saving(comparison, in: language) else {
      return [Run(say(.cannotCompare, own, other), muted)]
    }
    let isGood = (comparison.saving ?? 0) > 0 && race.equalLoss.map { $0.saves == true } ?? true
    let role: Theme.Role =
      comparison.isLargerThanNoise != true || (comparison.saving ?? 0) > 0 && !isGood
      ? .text : isGood ? .good : .critical
    return [
      Run(say(.wholeRuns, own), muted), Run(words.amount, style(role).bold),
      Run(
        " \(words.of) "
          + say(
            .perMeasure, DietWords.measure(comparison.measure).text(in: language),
            ComparisonWords.verdict(comparison, in: language)), muted),
    ]
  }

  /// Who is ahead at the moment, and by what.
  var lead: [Run] {
    guard moment.absence == nil, let own = moment.run, let other = moment.baseline else {
      // It is the verdict already where there is nothing better to say.
      let isSaid = moment.equalLoss == nil && race.equalLossAbsence == nil
      return isSaid ? [] : [Run(sanitized(moment.absence ?? ""), style(.warning))]
    }
    let leader = leader(own, other)
    let isTurned = leader.map { $0.profile == race.baseline } ?? false
    let (one, two) = isTurned ? (other, own) : (own, other)
    let phrases = [lossWords(one, two), jouleWords(one, two), timeWords(one, two)].compactMap { $0 }
    let who =
      leader.map { Run(say(.leads, name($0.profile)), $0.style.bold) }
      ?? Run(say(.versus, name(race.run), name(race.baseline)), text)
    guard !phrases.isEmpty else { return [] }
    return [
      Run(place(own, other), muted), who, Run(phrases.joined(separator: ", "), text),
    ]
  }

  /// What the two have in common at the moment.
  private func place(_ own: Race.Place, _ other: Race.Place) -> String {
    switch state.alignment {
    case .start: say(.after, duration(max(own.point.seconds, other.point.seconds)))
    case .step: say(.whenStep, SI.count(own.point.step ?? 0))
    case .tokens:
      say(
        .whenAmount,
        own.point.tokens.map { amount($0, .tokens) } ?? amount(own.point.samples ?? 0, .samples))
    case .loss:
      say(.downTo, lossKind, significant(own.loss?.loss ?? .nan, digits: 4))
    }
  }

  var lossKind: String {
    ComparisonWords.kind(race.basis, in: language)
  }

  /// Whether the losses of both are of one kind, so that the lower is the better.
  private func amount(_ value: Double, _ unit: UnitWords) -> String {
    string(SI.text(value, unit.text(in: language), smallest: 0))
  }

  private var hasOneLoss: Bool { race.basis != nil }

  /// Whose loss is lower; at the same loss, who took fewer joules; `nil` where they are level or that is
  /// not known.
  private func leader(
    _ own: Race.Place, _ other: Race.Place
  ) -> (profile: RunProfile, style: Style)? {
    let values: (Double, Double)?
    if state.alignment == .loss {
      values = own.point.joules.flatMap { mine in other.point.joules.map { (mine, $0) } }
    } else {
      values = own.loss.flatMap { mine in other.loss.map { (mine.loss, $0.loss) } }
    }
    guard hasOneLoss, let (mine, theirs) = values,
      significant(mine, digits: 4) != significant(theirs, digits: 4)
    else { return nil }
    return mine < theirs ? (race.run, self.own) : (race.baseline, self.other)
  }

  private func lossWords(_ one: Race.Place, _ two: Race.Place) -> String? {
    guard state.alignment != .loss, hasOneLoss, let mine = one.loss?.loss,
      let theirs = two.loss?.loss
    else { return nil }
    return say(
      .lossAgainst, lossKind, significant(mine, digits: 4), significant(theirs, digits: 4))
  }

  private func jouleWords(_ one: Race.Place, _ two: Race.Place) -> String? {
    guard let mine = one.point.joules, let theirs = two.point.joules else { return nil }
    // The same mark as in the table: of what is measured on both sides there is none.
    let mark = race.run.isModelled || race.baseline.isModelled ? "≈ " : ""
    let amounts =
      mark + say(.xAgainstY, string(SI.energy(mine)), string(SI.energy(theirs)))
    if let caution = moment.caution { return amounts + " (\(caution))" }
    // At the same loss the verdict tells the ratio, from the middles between reports.
    guard [.step, .tokens].contains(state.alignment), theirs > 0, mine > 0 else { return amounts }
    let ratio = mine / theirs
    let words =
      ratio > 2
      ? significant(ratio, digits: 2) + " ×"
      : (ratio < 1 ? "−" : "+") + percent(abs(ratio - 1)) + " %"
    return "\(amounts) (\(words))"
  }

  private func timeWords(_ one: Race.Place, _ two: Race.Place) -> String? {
    guard state.alignment != .start, race.run.isTimed, race.baseline.isTimed else { return nil }
    return say(.xAgainstY, duration(one.point.seconds), duration(two.point.seconds))
  }

  /// What each paid and emitted until the same loss, as far as that is known; the grams by the mean of
  /// its whole recording.
  var spent: String {
    guard let equal = moment.equalLoss, price != nil || race.intensities != nil else { return "" }
    func words(
      _ profile: RunProfile, _ joules: ClosedRange<Double>, _ intensity: Double?
    ) -> String {
      let middle = (joules.lowerBound + joules.upperBound) / 2
      let parts = [
        intensity.map { "≈ " + string(SI.carbon($0 * middle)) },
        price.map { number($0.text(middle)) },
      ]
      return name(profile) + " " + parts.compactMap { $0 }.joined(separator: say(.and))
    }
    let ground = race.intensities == nil ? "" : say(.lifecycle)
    return say(
      .spentUntil, lossKind, significant(equal.loss),
      words(race.baseline, equal.baseline, race.intensities?.baseline),
      words(race.run, equal.joules, race.intensities?.run), ground)
  }

  /// What keeps the two from being compared fairly.
  var cautions: [String] { race.comparison.cautions }

  /// What is taken for granted where joules to the same loss are told, and the losses after as much
  /// progress.
  var assumption: String {
    var words: [String] = []
    if let losses = race.comparison.lossAtEqualProgress, isOver {
      words.append(
        say(
          .endLoss, significant(losses.run, digits: 4), significant(losses.baseline, digits: 4),
          string(SI.text(losses.progress, unit(race.run), smallest: 0))))
    }
    if hasOneLoss {
      words.append(say(.sameLoss))
    }
    return words.joined(separator: " ")
  }
}
