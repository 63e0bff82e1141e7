import Formats
import Quantities
import Telemetry

/// What a meter told at once, in SI units; what it did not tell is `nil`.
struct WallAnswer: Hashable {
  /// The power in watts, below zero where it flows out.
  var watts: Double?
  /// What it has counted, in joules.
  var joules: Double?
  /// When the values are of, in whatever words the meter has; only compared with the one before.
  var stamp: String?
  /// What an inverter that knows all of a site tells.
  var flows: SiteFlows?
}

/// The powers of a site at one moment, in watts; what is not told is `nil`.
struct SiteFlows: Hashable {
  /// What the photovoltaics give.
  var sun: Double?
  /// What comes from the grid; below zero where it goes there.
  var feed: Double?
  /// What the site draws, without what charges its battery.
  var load: Double?
  /// What the battery gives; below zero where it is charged.
  var battery: Double?
}

/// A multiple of watts or of joules, as meters name it.
enum WallUnit: Hashable {
  /// So many watts.
  case power(Double)
  /// So many joules.
  case energy(Double)

  /// The unit of a symbol; `nil` for one that is neither of power nor of energy, such as `VA`.
  init?(_ symbol: String) {
    switch symbol {
    case "W": self = .power(1)
    case "mW": self = .power(1e-3)
    case "kW": self = .power(1e3)
    case "MW": self = .power(1e6)
    case "J", "Ws": self = .energy(1)
    case "kJ": self = .energy(1e3)
    case "MJ": self = .energy(1e6)
    case "Wmin": self = .energy(60)
    case "mWh": self = .energy(3.6)
    case "Wh": self = .energy(3600)
    case "kWh": self = .energy(3.6e6)
    case "MWh": self = .energy(3.6e9)
    default: return nil
    }
  }

  /// What can be written, for messages.
  static let all = "W, mW, kW, MW, J, kJ, MJ, Wmin, mWh, Wh, kWh or MWh"
}

extension WallAnswer {
  /// Sets what a number in a unit says.
  mutating func set(_ number: Double?, in unit: WallUnit) {
    switch unit {
    case .power(let factor): watts = number.map { $0 * factor }
    case .energy(let factor): joules = number.map { $0 * factor }
    }
  }
}

extension JSONValue {
  /// The number a meter tells, `nil` for `null`.
  ///
  /// - Parameter what: what it is, for the message.
  /// - Throws: for a text that is no plain number, such as `12.3 W`, for NaN and for what is no number
  ///   at all: nobody knows what it means.
  func meterNumber(_ what: String) throws(SourceFailure) -> Double? {
    var number = number
    if case .null = self { return nil }
    if let text {
      number = PlainNumber.parse(text.utf8)
      guard number != nil else {
        throw SourceFailure(.failed, "\(what) is “\(text.prefix(40))”, which is no number")
      }
    }
    guard let number else { throw SourceFailure(.failed, "\(what) is no number") }
    guard number.isFinite else { throw SourceFailure(.failed, "\(what) is \(number), no number") }
    return number
  }
}
