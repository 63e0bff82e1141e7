/// The unit a number is stated in, always SI or a unit accepted for use with it.
///
/// The raw value is the symbol.
public enum Unit: String, Sendable, CaseIterable {
  case watt = "W"
  case joule = "J"
  case volt = "V"
  case ampere = "A"
  case byte = "B"
  case bytePerSecond = "B/s"
  /// A plain fraction; 1 means the whole.
  case ratio = "1"
  case celsius = "°C"
  case hertz = "Hz"
  case second = "s"
  case count = "count"
  case perSecond = "1/s"
  /// Floating-point operations.
  case flop = "FLOP"
  case flopPerSecond = "FLOP/s"
  /// A set of flags; sums and means of it mean nothing.
  case bits = "bits"
  /// Lifecycle grams of CO2 equivalent per kilowatt-hour.
  case gramPerKilowattHour = "gCO2e/kWh"

  /// The unit of this one's integral over time in seconds, where that has a name.
  public var integral: Unit? {
    switch self {
    case .watt: .joule
    case .ampere, .volt: nil
    case .bytePerSecond: .byte
    case .perSecond: .count
    case .flopPerSecond: .flop
    case .ratio: .second
    default: nil
    }
  }
}
