import Accounting
import Quantities
import Telemetry

extension TalkNumber {
  /// The number of a moment and what it is of; `nil` where the scene has none.
  func headline(_ c: FrameContext) -> Headline? {
    switch self {
    case .none: return nil
    case .panel(let index):
      return PanelCatalogue.all.indices.contains(index)
        ? PanelCatalogue.all[index].headline(c) : nil
    case .power:
      guard let flow = Flow.at(c) else { return Headline() }
      var headline = Headline(value: SI.text(flow.watts, "W"))
      headline.isEstimate = flow.isModelled
      let mean = c.say(FlowWords.mean, c.age(flow.seconds))
      headline.phrases = [[Run(place(c), c.text)], [Run(mean, c.text)]]
      return headline
    case .energy:
      guard let energy = c.sessionEnergy, energy.covered > 0 else { return Headline() }
      var headline = Headline(value: SI.energy(energy.joules))
      headline.isEstimate = energy.isModelled
      headline.phrases = [[Run(place(c), c.text)], [Run(since(c), c.text)]]
      return headline
    case .kilometres:
      guard let energy = c.sessionEnergy, energy.covered > 0 else { return Headline() }
      let kilometres = energy.joules / Equivalent.modelThreeKilometre.joules
      let isFar = kilometres >= 0.95
      var headline = Headline(
        value: SI.Text(
          number: SI.twoDigits(isFar ? kilometres : kilometres * 1000), unit: isFar ? "km" : "m"))
      headline.isEstimate = true
      headline.phrases = [
        [Run(c.say(TalkNumberWords.inModelThree), c.text)],
        [Run(c.string(SI.energy(energy.joules)) + " " + place(c), c.text)],
      ]
      return headline
    case .carbon:
      guard let account = c.ledger.grid(over: c.session), account.gramsMatched > 0 else {
        return Headline()
      }
      var headline = Headline(value: SI.carbon(account.grams))
      headline.isEstimate = c.sessionEnergy?.isModelled ?? false
      headline.tone = .text
      headline.phrases = [[Run(c.say(TalkNumberWords.lifecycle), c.text)]]
      if let energy = c.sessionEnergy {
        let of = c.say(TalkNumberWords.of, c.string(SI.energy(energy.joules)))
        headline.phrases.append([Run(of, c.text)])
      }
      return headline
    case .race:
      guard let race = c.race else { return Headline() }
      let moment = race.moment(at: c.time, by: c.input.view.race.alignment)
      guard let equal = moment.equalLoss else {
        return Headline(missing: [moment.absence].compactMap { $0 })
      }
      var headline = Headline(value: SI.Text(number: equal.sign, unit: c.say(DietWords.joules)))
      headline.isEstimate = race.run.isModelled || race.baseline.isModelled
      headline.phrases = [[Run(ComparisonWords.equalLoss(equal, in: c.language).of, c.text)]]
      headline.tone = equal.saves.map { $0 ? .good : .critical } ?? .text
      return headline
    }
  }

  /// The colour of the number where its headline has none of its own.
  var ramp: Theme.Ramp {
    switch self {
    case .panel(let index) where PanelCatalogue.all.indices.contains(index):
      PanelCatalogue.all[index].ramp
    default: .power
    }
  }

  private func place(_ c: FrameContext) -> String {
    c.ledger.wholeRole(at: c.time) == .machine
      ? c.say(FrameWords.plug) : c.say(TalkNumberWords.byParts)
  }

  private func since(_ c: FrameContext) -> String {
    c.say(TalkNumberWords.since, c.duration(c.session.seconds))
  }
}
