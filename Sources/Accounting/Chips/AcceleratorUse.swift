import Quantities
import Telemetry

/// What an accelerator's energy over a span was drawn for, and how long it was held back.
public struct AcceleratorUse: Hashable, Sendable {
  /// Joules drawn while kernels ran at the clocks they asked for.
  public var active = 0.0
  /// Joules drawn while the clocks were held down by heat, the board or a power brake.
  public var throttled = 0.0
  /// Joules drawn while no kernel ran.
  public var idle = 0.0
  /// Joules drawn while the utilization was not known.
  public var unknown = 0.0
  /// Seconds the power cap held the clocks down; reaching it is normal under full load.
  public var cappedTime: Double?
  /// Seconds the clocks were held down by heat, the board or a power brake.
  public var throttledTime: Double?

  /// Joules of all four uses together.
  public var total: Double { active + throttled + idle + unknown }

  /// Adds the use of another accelerator, or of another span.
  public static func + (left: Self, right: Self) -> Self {
    func sum(_ a: Double?, _ b: Double?) -> Double? { a.map { $0 + (b ?? 0) } ?? b }
    return Self(
      active: left.active + right.active, throttled: left.throttled + right.throttled,
      idle: left.idle + right.idle, unknown: left.unknown + right.unknown,
      cappedTime: sum(left.cappedTime, right.cappedTime),
      throttledTime: sum(left.throttledTime, right.throttledTime))
  }
}

extension Ledger {
  /// What an accelerator's energy was for, decided for each of `parts` equal stretches of the span.
  ///
  /// A stretch counts as idle when a kernel ran for under 2 % of it. In the others, the share of
  /// time that the driver counts as held back is throttled.
  public func use(
    of gpu: DeviceID, over span: TimeSpan, parts: Int = 24
  ) -> AcceleratorUse? {
    guard let energy = timeline.energySeries(of: gpu), parts > 0, span.seconds > 0 else {
      return nil
    }
    let activity = timeline.id(.utilization, of: gpu)
    let brakes = [Metric.throttledByThermal, .throttledByBoard].compactMap {
      timeline.id($0, of: gpu)
    }
    var use = AcceleratorUse()
    let width = span.seconds / Double(parts)
    for part in 0..<parts {
      let stretch = TimeSpan(
        span.start + Double(part) * width, span.start + Double(part + 1) * width)
      let joules = timeline.total(energy, over: stretch).amount
      guard let busy = activity.flatMap({ timeline.total($0, over: stretch).mean }) else {
        use.unknown += joules
        continue
      }
      guard busy >= Self.idleThreshold else {
        use.idle += joules
        continue
      }
      let held = brakes.reduce(0.0) { $0 + timeline.total($1, over: stretch).amount }
      let share = min(1, max(0, held / width))
      use.throttled += joules * share
      use.active += joules * (1 - share)
    }
    use.cappedTime = timeline.id(.throttledByPower, of: gpu).map {
      timeline.total($0, over: span).amount
    }
    if !brakes.isEmpty {
      use.throttledTime = brakes.reduce(0) { $0 + timeline.total($1, over: span).amount }
    }
    return use
  }
}
