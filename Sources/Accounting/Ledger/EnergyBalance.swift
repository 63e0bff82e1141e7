import Quantities
import Telemetry

/// The energy of a device over a span, by its counter and by the integral of its power.
///
/// The counter is preferred for totals, since it misses nothing between two readings; the integral
/// checks it. Where both cover the same time, their ratio says whether to trust them.
public struct EnergyBalance: Hashable, Sendable {
  /// By difference of the hardware's counter; `nil` without one.
  public var counted: Total?
  /// The integral of power, without the gaps; `nil` without power readings.
  public var integrated: Total?
  /// How far both may be from the truth, in joules; `nil` where that is not known.
  public var uncertainty: Double?

  /// How well counter and integral agree.
  public enum Verdict: Sendable, Hashable {
    /// Within 3 %, which is what sensors of one board reach.
    case agrees
    /// More than 3 % apart.
    case differs
    /// More than 10 % apart: one of the two is wrong.
    case contradicts
  }

  /// The counter's joules over the integral's; `nil` unless both know the same 10 s or more.
  public var ratio: Double? {
    guard let counted, let integrated, integrated.covered >= 10, integrated.amount > 0,
      abs(counted.covered - integrated.covered) <= 0.02 * integrated.covered,
      let left = counted.mean, let right = integrated.mean
    else { return nil }
    return left / right
  }

  /// The verdict on the ratio; `nil` where there is none.
  public var verdict: Verdict? {
    ratio.map { ratio in
      switch abs(ratio - 1) {
      case ...0.03: .agrees
      case ...0.10: .differs
      default: .contradicts
      }
    }
  }
}

extension Ledger {
  /// Both accounts of a device's energy over a span.
  ///
  /// The uncertainty adds the instrument's (5 % but at least 5 W for accelerators, as NVIDIA states
  /// it; 4 % for processors, after paired measurements) and, for each edge of the span, half the
  /// time between two values at the mean power.
  public func balance(of device: DeviceID, over span: TimeSpan) -> EnergyBalance {
    let counter = timeline.id(.energy, of: device)
    let power = timeline.id(.power, of: device)
    var balance = EnergyBalance(
      counted: counter.map { timeline.total($0, over: span) },
      integrated: power.map { timeline.total($0, over: span) })
    guard let id = counter ?? power else { return balance }
    let provenance = timeline.descriptor(id).provenance
    guard provenance.method != .modelled, provenance.method != .simulated,
      let total = balance.counted ?? balance.integrated, total.covered > 0
    else { return balance }
    let isAccelerator = device.kind == .gpu
    let instrument =
      isAccelerator ? max(5 * total.covered, 0.05 * total.amount) : 0.04 * total.amount
    // Accelerators' counters move every tenth of a second, others' about every millisecond.
    let tick = counter == nil ? provenance.period : isAccelerator ? 0.1 : 0.001
    balance.uncertainty = instrument + tick * (total.mean ?? 0)
    return balance
  }

  /// Both accounts of several devices' energy; uncertainties of like sensors add up.
  public func balance(of devices: [Device], over span: TimeSpan) -> EnergyBalance {
    let parts = devices.map { balance(of: $0.id, over: span) }
    func sum(_ totals: [Total?]) -> Total? {
      let known = totals.compactMap { $0 }
      guard !known.isEmpty, known.count == totals.count else { return nil }
      // A device that is away for a while lowers the coverage by its share only.
      let covered = known.reduce(0) { $0 + $1.covered } / Double(known.count)
      return Total(
        amount: known.reduce(0) { $0 + $1.amount }, covered: covered, asked: span.seconds)
    }
    let doubts = parts.map(\.uncertainty)
    return EnergyBalance(
      counted: sum(parts.map(\.counted)), integrated: sum(parts.map(\.integrated)),
      uncertainty: doubts.contains(nil) ? nil : doubts.reduce(0) { $0 + ($1 ?? 0) })
  }
}
