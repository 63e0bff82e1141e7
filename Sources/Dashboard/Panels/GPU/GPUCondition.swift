import Accounting
import Canvas
import Quantities
import Telemetry

/// How an accelerator is doing, in a word for its row.
struct GPUCondition {
  var word: GPUWords
  var symbol: String
  var role: Theme.Role

  /// The most serious condition of an accelerator; `nil` when there is none.
  ///
  /// `outliers` are those of the same moment.
  static func of(_ gpu: Device, _ outliers: [Outlier], _ c: FrameContext) -> GPUCondition? {
    let reasons = ClocksEventReasons(c.moment.value(.eventReasons, of: gpu.id))
    if reasons.isThrottled, let word = reasons.word {
      return GPUCondition(word: word, symbol: "▲", role: .critical)
    }
    switch outliers.first(where: { $0.device.id == gpu.id })?.kind {
    case .waits: return GPUCondition(word: .waits, symbol: "◌", role: .warning)
    case .hot: return GPUCondition(word: .hot, symbol: "▲", role: .warning)
    default: break
    }
    guard let word = reasons.word else { return nil }
    let isIdle = reasons.contains(.gpuIdle) && !reasons.contains(.swPowerCap)
    return GPUCondition(
      word: word, symbol: isIdle ? "◌" : "▲", role: isIdle ? .muted : .warning)
  }

  /// Why an accelerator has no power reading at the time shown; `nil` while it has one.
  ///
  /// The newest event that says whether the accelerator can be read gives the reason, unless it
  /// says that it can be read again.
  static func silence(of gpu: Device, _ c: FrameContext) -> String? {
    guard c.power(of: gpu.id) == nil else { return nil }
    if let event = c.timeline.availability(of: gpu.id, at: c.time), let cause = event.cause,
      cause != .recovered
    {
      let age = c.age(c.time - event.time)
      switch cause {
      // The event speaks of the moment the call was made, and the call still hangs.
      case .hung: return c.say(GPUWords.noAnswer, age)
      case .asleep: return c.say(GPUWords.asleep, age)
      default: return c.say(GPUWords.ago, sanitized(event.text), age)
      }
    }
    guard let id = c.timeline.energySeries(of: gpu.id) else {
      return c.say(GPUWords.tellsNothing)
    }
    let source = c.timeline.descriptor(id).provenance.source
    if let state = c.state(of: source), state.health != .ok, !state.message.isEmpty {
      return sanitized(state.message)
    }
    return c.say(GPUWords.noReading)
  }
}
