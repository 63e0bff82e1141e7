import Quantities
import Telemetry

/// An amount of energy, and how well it is known.
public struct EnergyAmount: Hashable, Sendable {
  /// The energy over the known part of the span, in joules.
  public var joules: Double
  /// Seconds of the span for which energy is known; of a sum, that of its best known part.
  public var covered: Double
  /// Seconds asked about.
  public var asked: Double
  /// Seconds of every device together for which energy is known, and that were asked about.
  var deviceSeconds: (covered: Double, asked: Double) {
    get { (deviceCovered, deviceAsked) }
    set { (deviceCovered, deviceAsked) = newValue }
  }
  private var deviceCovered: Double
  private var deviceAsked: Double
  /// Whether any part comes from a model instead of a sensor.
  public var isModelled: Bool
  /// Whether all of it was read from counters.
  public var isCounted: Bool

  /// No energy over no time, to add others to.
  public static let none = EnergyAmount(
    joules: 0, covered: 0, asked: 0, isModelled: false, isCounted: true)

  /// A stretch of time of which nothing is known.
  static func unknown(seconds: Double) -> EnergyAmount {
    EnergyAmount(joules: 0, covered: 0, asked: seconds, isModelled: false, isCounted: true)
  }

  /// The energy of a single device; sums are made with `+`.
  public init(
    joules: Double, covered: Double, asked: Double, isModelled: Bool, isCounted: Bool
  ) {
    self.joules = joules
    self.covered = covered
    self.asked = asked
    (deviceCovered, deviceAsked) = (covered, asked)
    self.isModelled = isModelled
    self.isCounted = isCounted
  }

  /// The known part of what was asked about, 0...1; of a sum, over all its devices.
  public var coverage: Double { deviceAsked > 0 ? min(1, deviceCovered / deviceAsked) : 0 }

  /// The mean power over the known part, in watts.
  public var meanPower: Double? { covered > 0 ? joules / covered : nil }

  /// Adds the energy of the time that follows, whichever devices it is of.
  func followed(by next: Self) -> Self {
    var sum = EnergyAmount(
      joules: joules + next.joules, covered: covered + next.covered, asked: asked + next.asked,
      isModelled: isModelled || next.isModelled, isCounted: isCounted && next.isCounted)
    sum.deviceSeconds = (
      coverage * asked + next.coverage * next.asked, asked + next.asked
    )
    return sum
  }

  /// Adds the energy of another device over the same span.
  public static func + (left: Self, right: Self) -> Self {
    var sum = EnergyAmount(
      joules: left.joules + right.joules, covered: max(left.covered, right.covered),
      asked: max(left.asked, right.asked), isModelled: left.isModelled || right.isModelled,
      isCounted: left.isCounted && right.isCounted)
    sum.deviceSeconds = (
      left.deviceCovered + right.deviceCovered, left.deviceAsked + right.deviceAsked
    )
    return sum
  }
}

extension Timeline {
  /// The series a device's energy is taken from: its counter, else its power to be integrated.
  ///
  /// A counter that was announced and never told how much it grew is none.
  public func energySeries(of device: DeviceID) -> SeriesID? {
    let power = id(.power, of: device)
    guard let counter = id(.energy, of: device), isKnown(counter) || power == nil else {
      return power
    }
    return counter
  }

  /// The energy a device drew over a span; `nil` when it reports neither energy nor power.
  ///
  /// From the hardware's counter by difference where there is one, otherwise the integral of its
  /// power, without the gaps.
  public func energy(of device: DeviceID, over span: TimeSpan) -> EnergyAmount? {
    guard let id = energySeries(of: device) else { return nil }
    let descriptor = descriptor(id)
    let total = total(id, over: span)
    return EnergyAmount(
      joules: total.amount, covered: total.covered, asked: span.seconds,
      isModelled: descriptor.provenance.method == .modelled,
      isCounted: descriptor.metric.isCounter)
  }

  /// The energy of several devices over a span; `nil` when none of them reports any.
  public func energy(of devices: [Device], over span: TimeSpan) -> EnergyAmount? {
    let amounts = devices.compactMap { energy(of: $0.id, over: span) }
    return amounts.isEmpty ? nil : amounts.dropFirst().reduce(amounts[0], +)
  }
}

extension Moment {
  /// The power of a device in watts: as it reports it, or else the rate of its energy counter.
  public func power(of device: DeviceID) -> Double? {
    value(.power, of: device) ?? rate(.energy, of: device)
  }

  /// The power of several devices together; `nil` when none of them reports any.
  public func power(of devices: [Device]) -> Double? {
    let powers = devices.compactMap { power(of: $0.id) }
    return powers.isEmpty ? nil : powers.reduce(0, +)
  }
}
