import Accounting
import Canvas
import Quantities
import Telemetry

/// A moment of a race with what it is drawn in.
struct RaceScene {
  let race: Race
  let moment: Race.Moment
  let state: RaceState
  let theme: Theme
  let glyphs: GlyphSet
  /// What a kilowatt-hour costs, where it always costs the same.
  var price: Price?
  /// How many baselines there are to choose from.
  var rivals = 1
  /// The language of the words.
  var language = Language.fallback

  /// The axis that is drawn: the one that was chosen, else the first that both have.
  var axis: RaceAxis? {
    ([state.axis] + RaceAxis.allCases).first { race.absence(of: $0) == nil }
  }

  /// Whether either has losses that a curve can be drawn through.
  var hasCurves: Bool {
    axis.map { axis in
      [race.run, race.baseline].contains { race.curve(of: $0, over: axis).count > 1 }
    } ?? false
  }

  /// Whether any of it was made up.
  var isSimulated: Bool { race.run.isSimulated || race.baseline.isSimulated }

  /// Both have come to their ends, and what is said is said of the whole runs.
  var isOver: Bool { moment.run?.isOver == true && moment.baseline?.isOver == true }

  func say(_ words: RaceTexts, _ values: String...) -> String {
    words.texts.text(in: language, values)
  }
  func number(_ text: String) -> String { language.number(text) }
  func string(_ text: SI.Text) -> String { language.string(text) }
  func percent(_ share: Double) -> String { number(SI.percent(share)) }
  func significant(_ value: Double, digits: Int = 3) -> String {
    number(SI.significant(value, digits: digits))
  }
  func duration(_ seconds: Double) -> String { language.duration(seconds) }
  /// What a run counts its progress in.
  func unit(_ profile: RunProfile) -> String {
    ComparisonWords.unit(profile.progressUnit, in: language)
  }

  func style(_ role: Theme.Role) -> Style { theme.style(role) }
  var text: Style { style(.text) }
  var muted: Style { style(.muted) }
  /// The run's colour is that of all progress; the baseline is drawn in plain text's.
  var own: Style { theme.style(Theme.Ramp.algorithm) }
  var other: Style { style(.text) }

  /// The two in the order they are listed, each with its mark.
  var runners: [(profile: RunProfile, place: Race.Place?, mark: Unicode.Scalar, style: Style)] {
    [
      // In seven bits both would be a star.
      (race.baseline, moment.baseline, glyphs == .ascii ? "#" : "◆", other),
      (race.run, moment.run, glyphs == .ascii ? "@" : "●", own),
    ]
  }

  /// The colour of what a run takes to the same loss.
  func style(of equal: Comparison.EqualLoss) -> Style {
    style(equal.saves.map { $0 ? .good : .critical } ?? .text)
  }
}
