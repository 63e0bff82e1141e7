import Accounting
import Quantities
import Telemetry

/// What the machine drew, booked stretch by stretch and never again.
///
/// Which meters stand for a machine is decided anew with what is learned later, and a device that is found late
/// was not there before. A total that follows such changes would fall, or tell a joule twice. So each stretch
/// is booked once, as it is seen when all its readings have come.
public struct SettledAccount: Sendable {
  /// Until when everything is booked; `nil` before the first stretch.
  public private(set) var until: Timestamp?
  /// Joules by what measured them: `wall`, `platform`, `known`.
  public private(set) var joules: [String: Double] = [:]
  /// Seconds for which the energy was known.
  public private(set) var known = 0.0
  /// Seconds that were booked.
  public private(set) var observed = 0.0

  /// For so many seconds a meter is waited for, in any case.
  static let lag = 5.0
  /// The longest that a slow meter is waited for, in seconds.
  static let longestLag = 180.0

  /// An account of nothing.
  public init() {}

  /// Books what has settled since the last call.
  public mutating func book(_ ledger: Ledger, from start: Timestamp, now: Timestamp) {
    let end = Self.settled(ledger, at: now)
    let begin = until ?? start
    guard end > begin else { return }
    let span = TimeSpan(begin, end)
    until = end
    observed += span.seconds
    if let energy = ledger.energy(over: span) { known += energy.coverage * span.seconds }
    for meters in ledger.inventory.machines {
      for choice in ledger.meterChoices(of: meters) {
        guard let part = choice.span.intersection(span), part.seconds > 0,
          let energy = ledger.timeline.energy(of: choice.devices, over: part)
        else { continue }
        joules[Self.boundary(choice.whole?.role), default: 0] += max(0, energy.joules)
      }
    }
  }

  /// Until when every meter that stands for the machine has told what it will.
  ///
  /// That is the oldest of their newest readings; one that has been silent for longer than it may be late is
  /// not waited for.
  private static func settled(_ ledger: Ledger, at now: Timestamp) -> Timestamp {
    var end = now
    for device in ledger.powerDevices(at: now) {
      guard let id = ledger.timeline.energySeries(of: device.id),
        let newest = ledger.timeline.newest(of: id)
      else { continue }
      let period = ledger.timeline.descriptor(id).provenance.period
      if now - newest <= min(longestLag, max(lag, 2 * period + 1)) { end = min(end, newest) }
    }
    return end
  }

  /// What a measurement of the machine takes in.
  static func boundary(_ role: DeviceRole?) -> String {
    switch role {
    case .machine: "wall"
    case .platform: "platform"
    default: "known"
    }
  }
}
