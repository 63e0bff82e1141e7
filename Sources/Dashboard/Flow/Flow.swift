import Accounting
import Canvas
import Quantities
import Telemetry

/// The whole machine's electricity at a time: where it comes from, what it goes to, what it buys.
///
/// Supply and uses add up to the same watts: those of the meters that stand for the machine, as a
/// mean of the last half minute, as in the ribbon.
struct Flow {
  /// The streams that come in, from above.
  var supply: [FlowBranch] = []
  /// The streams that go out, from above.
  var uses: [FlowBranch] = []
  /// The mean power of the machine in watts.
  var watts: Double
  /// The seconds that all watts are the mean of: those of the last half minute in which any were told.
  var seconds: Double
  /// What the site takes beyond the machine, by the mean of a year, in watts.
  var beyond = 0.0
  /// Whether the watts come from a model.
  var isModelled: Bool
  /// What the watts are read at.
  var place: FlowWords
  /// The greatest watts of the session up to now, which the whole height stands for.
  var peak: Double

  /// All that comes in.
  var whole: Double { watts + beyond }

  /// The span that the streams are the mean of.
  static func span(_ c: FrameContext) -> TimeSpan {
    TimeSpan(last: min(30, max(2, c.session.seconds)), endingAt: c.time)
  }

  /// The flow at the time shown; `nil` where no power is known.
  static func at(_ c: FrameContext) -> Flow? {
    guard let split = c.split, split.total.joules > 0, let watts = split.total.meanPower else {
      return nil
    }
    let place: FlowWords =
      switch c.ledger.wholeRole(at: c.time) {
      case nil: .seen
      case .machine?: .plug
      default: .platform
      }
    let beyond = c.input.session.pue.map { watts * max(0, $0 - 1) } ?? 0
    let peak =
      SteadyCurve.peak(
        c.ledger, over: c.session, columns: c.samples(c.layout.track.width)) ?? watts
    var flow = Flow(
      watts: watts, seconds: split.total.covered, beyond: beyond,
      isModelled: split.total.isModelled,
      place: place,
      peak: max(peak, watts) * (watts > 0 ? (watts + beyond) / watts : 1))
    flow.supply = supply(flow.whole, c)
    flow.uses = uses(split, flow, c)
    return flow
  }
}

extension FrameContext {
  /// The flow at the time shown; `nil` where no power is known.
  var flow: Flow? { flows.answer { Flow.at(self) } }

  /// What the energy of the last half minute went to: steady, and still follows the load.
  var split: EnergySplit? { splits.answer { ledger.split(over: Flow.span(self)) } }
}
