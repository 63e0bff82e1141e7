import Telemetry

/// Decides whether an energy counter of a graphics driver can be believed: a pure state machine.
///
/// Such counters are known to stand still, to leap, or to count in a unit of their own. A counter
/// is therefore held back until it has agreed with the power of the same device, then given with
/// all that was held back. Afterwards it is left out while it stands still under load, and begins
/// anew after an impossible step, so that nobody counts the step.
struct DRMEnergyCounter {
  /// A value that may be reported, for a time that may lie a few seconds back.
  struct Value: Hashable {
    var time: Timestamp
    var microjoules: Int64
  }

  /// Why values are missing from here on.
  enum Fault: Hashable {
    /// It does not move though the device draws power, or works.
    case frozen
    /// It moves, but by another amount than the power says: the factor.
    case disagrees(Double)
    /// A step that would take so many watts.
    case jumped(Double)
    /// It began anew at a lower value: the driver was reloaded or the device reset.
    case reset
  }

  private enum State: Hashable {
    case trial, trusted, frozen, rejected
  }

  /// Seconds of agreement asked for, and of standing still allowed.
  private static let trialPeriod = 2.0
  private static let patience = 5.0
  /// How often it may disagree before it is given up.
  private static let tries = 3
  /// Held back for no longer than this many values; beyond, one that moves is believed.
  private static let trialLimit = 16

  private var state = State.trial
  private var held: [Value] = []
  private var last: Value?
  private var lastPower: Double?
  /// Joules by power during the trial.
  private var integral = 0.0
  private var failures = 0
  /// When it last moved.
  private var moved: Timestamp?
  /// What is taken off the raw value since it last began anew.
  private var offset: Int64 = 0

  /// Whether it has been given up for good.
  var isRejected: Bool { state == .rejected }

  /// Takes a raw value with the power and the power limit of the same time, in watts; `isBusy` says
  /// that the device works, where its power is not known.
  ///
  /// Returns what may be reported now, and what has gone wrong with this value.
  mutating func take(
    _ microjoules: Int64, power: Double?, limit: Double?, isBusy: Bool = false,
    at time: Timestamp
  ) -> (values: [Value], fault: Fault?) {
    let next = Value(time: time, microjoules: microjoules)
    defer { (last, lastPower) = (next, power) }
    guard let last, time > last.time else {
      moved = time
      held = [next]
      return ([], nil)
    }
    let step = microjoules &- last.microjoules
    // A counter that is updated seldom holds more than what the last interval took.
    let watts = Double(step) * 1e-6 / (time - min(last.time, moved ?? last.time))
    if step != 0 { moved = time }
    switch state {
    case .rejected: return ([], nil)
    case .trial:
      if power == nil, watts > Self.mostWatts(limit) {
        state = .rejected
        held = []
        return ([], .jumped(watts))
      }
      return tryOut(next, step, from: last, power)
    case .frozen where step == 0: return ([], nil)
    case .frozen, .trusted:
      state = .trusted
      if step < 0 {
        offset = microjoules
        return ([shifted(next)], .reset)
      }
      if watts > Self.mostWatts(limit) {
        offset = microjoules
        return ([shifted(next)], .jumped(watts))
      }
      let isDrawing = power.map { $0 > 0 } ?? isBusy
      if step == 0, isDrawing, let moved, time - moved >= Self.patience {
        state = .frozen
        return ([], .frozen)
      }
      return ([shifted(next)], nil)
    }
  }

  /// The most a device can draw, in watts: twice its power limit but at least 100 W; 4 kW where the
  /// limit is unknown.
  private static func mostWatts(_ limit: Double?) -> Double {
    limit.map { max(2 * $0, 100) } ?? 4000
  }

  private func shifted(_ value: Value) -> Value {
    Value(time: value.time, microjoules: value.microjoules &- offset)
  }

  private mutating func tryOut(
    _ next: Value, _ step: Int64, from last: Value, _ power: Double?
  ) -> (values: [Value], fault: Fault?) {
    guard step >= 0 else {
      held = [next]
      integral = 0
      return ([], nil)
    }
    held.append(next)
    if let power { integral += (next.time - last.time) * (power + (lastPower ?? power)) / 2 }
    guard let first = held.first, next.time - first.time >= Self.trialPeriod else {
      return ([], nil)
    }
    let counted = Double(next.microjoules &- first.microjoules) * 1e-6
    if integral < 2 {
      // Without a power to compare with, movement has to do.
      if power == nil, counted > 0 || held.count >= Self.trialLimit { return end(counted > 0) }
      if held.count > Self.trialLimit { held.removeFirst() }
      return ([], nil)
    }
    guard counted > 0 else {
      // A counter that is updated seldom is not a frozen one.
      guard next.time - first.time >= Self.patience else { return ([], nil) }
      return end(false)
    }
    let factor = counted / integral
    guard 0.5...2 ~= factor else {
      failures += 1
      (held, integral) = ([next], 0)
      guard failures >= Self.tries else { return ([], nil) }
      state = .rejected
      held = []
      return ([], .disagrees(factor))
    }
    return end(true)
  }

  private mutating func end(_ isGood: Bool) -> (values: [Value], fault: Fault?) {
    defer { held = [] }
    state = isGood ? .trusted : .rejected
    return isGood ? (held, nil) : ([], .frozen)
  }
}
