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
  /// The uncertainty adds what each of these can be wrong by:
  ///
  /// - the instrument: 5 % but at least 5 W for accelerators, as NVIDIA states it; 4 % for others,
  ///   after paired measurements;
  /// - the sensor's own tick or window at both ends of the span, at the highest power seen;
  /// - the ends of the span between two readings;
  /// - for momentary watts, what they may have done between two readings. Read more seldom than once
  ///   a second they do not say, and the uncertainty is not known.
  public func balance(of device: DeviceID, over span: TimeSpan) -> EnergyBalance {
    let counter = timeline.id(.energy, of: device).flatMap { timeline.isKnown($0) ? $0 : nil }
    let power = timeline.id(.power, of: device)
    var balance = EnergyBalance(
      counted: counter.map { timeline.total($0, over: span) },
      integrated: power.map { timeline.total($0, over: span) })
    guard let id = counter ?? power else { return balance }
    let provenance = timeline.descriptor(id).provenance
    guard provenance.method != .modelled,
      let total = balance.counted ?? balance.integrated, total.covered > 0
    else { return balance }
    let isAccelerator = device.kind == .gpu
    let instrument =
      isAccelerator ? max(5 * total.covered, 0.05 * total.amount) : 0.04 * total.amount
    var doubt = instrument
    doubt += timeline.edgeDoubt(id, at: span.start) + timeline.edgeDoubt(id, at: span.end)
    let extremes = timeline.extremes(id, over: span)
    let highest = max(extremes?.high ?? 0, total.mean ?? 0)
    switch provenance.method {
    case .instant where provenance.period > 1 || provenance.period == 0: return balance
    case .instant: doubt += timeline.variation(id, over: span)
    case .simulated where counter == nil: doubt += timeline.variation(id, over: span)
    // A trailing mean shows at both ends what was up to a window ago.
    case .average: doubt += provenance.period * max(0, highest - (extremes?.low ?? 0))
    // Accelerators' counters move every tenth of a second, others' about every millisecond.
    default: doubt += 2 * (isAccelerator ? 0.1 : 0.001) * highest
    }
    balance.uncertainty = doubt
    return balance
  }

  /// How far the energy of everything that is measured may be from the truth over a span, in joules;
  /// `nil` where that is not known.
  public func uncertainty(over span: TimeSpan) -> Double? {
    uncertainty(of: inventory.machines, over: span)
  }

  func uncertainty(of machines: [MachineMeters], over span: TimeSpan) -> Double? {
    var sum = 0.0
    for meters in machines {
      for choice in meterChoices(of: meters) {
        guard let part = choice.span.intersection(span), part.seconds > 0 else { continue }
        let devices = choice.devices.filter { timeline.energySeries(of: $0.id) != nil }
        guard let doubt = balance(of: devices, over: part).uncertainty else { return nil }
        sum += doubt
      }
    }
    return sum > 0 ? sum : nil
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
