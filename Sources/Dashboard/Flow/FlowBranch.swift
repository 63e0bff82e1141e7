import Canvas
import Quantities

/// One stream of the flow: so many watts that come from something or go to something.
struct FlowBranch {
  /// How much is known of a stream.
  enum Certainty {
    /// Read from a meter or shared out by what meters tell.
    case measured
    /// Comes from a model; it is drawn with a dotted edge and its value has a `≈`.
    case modelled
    /// Nobody tells what it is; it is drawn hatched.
    case unknown
  }

  /// How much a stream is, as it is written.
  enum Amount {
    /// A share of the whole, 0...1: `27 %`.
    case share(Double)
    /// Its power: `4.59 kW`.
    case watts
    case nothing
  }

  /// What it is called.
  var name: String
  /// A shorter name for narrow screens.
  var short: String?
  /// Its mean power in watts; what the width stands for.
  var watts: Double
  /// The colour it has at its outer end.
  var color: Color
  /// How much is known of it.
  var certainty = Certainty.measured
  /// Whether it is taken beyond the meter of the machine, and so comes on top of its watts.
  var isBeyond = false
  /// Whether it buys nothing.
  var isWaste = false
  /// What is written behind the name.
  var shows = Amount.watts
  /// What is written below the name where there is room, the most important first.
  var notes: [[Run]] = []

  /// What is written behind the name in a language.
  func value(in language: Language) -> String {
    let mark = certainty == .modelled ? "≈ " : ""
    switch shows {
    case .share(let share):
      return mark + (share < 0.005 ? "< 1 %" : SI.fixed(share * 100, 0) + " %")
    case .watts: return mark + language.string(SI.text(watts, "W"))
    case .nothing: return ""
    }
  }
}
