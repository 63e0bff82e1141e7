import Accounting
import Canvas
import Quantities
import Telemetry

extension RenewableSharePanel {
  /// What is said where the grid tells grams and no share, as many services do; `nil` where it tells neither.
  ///
  /// Lifecycle grams come before those of combustion alone, which stand for a part of them.
  func gramsHeadline(_ grid: GridStretch, _ c: FrameContext) -> Headline? {
    guard let grams = grid.intensity ?? grid.directIntensity else { return nil }
    let isDirect = grid.intensity == nil
    var headline = Headline(
      value: SI.Text(number: c.fixed(grams, 0), unit: "gCO₂e/kWh"))
    if isDirect { headline.phrases.append([Run(c.say(GridWords.burnt), c.text)]) }
    if let least = grid.leastRenewable {
      headline.phrases.append([Run(c.say(GridWords.atLeast, c.fixed(least * 100, 0)), c.text)])
    } else {
      headline.phrases.append([Run(c.say(GridWords.noShare), c.muted)])
    }
    let account = c.ledger.grid(over: c.session)
    let sum =
      isDirect ? account?.directGrams : account.flatMap { $0.gramsMatched > 0 ? $0.grams : nil }
    if let sum {
      let mark = c.sessionEnergy?.isModelled ?? false ? "≈ " : ""
      headline.phrases.append([
        Run(mark + c.string(SI.carbon(sum)), c.text), Run(" " + c.say(GridWords.soFar), c.muted),
      ])
    }
    let rung = isDirect ? grid.directRung : grid.intensityRung
    headline.isEstimate = rung.isEstimate
    (headline.note, headline.shorterNotes) = notes(grid, rung, c)
    return headline
  }
}
