/// How the values of a quantity are written for people.
public enum NumberStyle: Hashable, Sendable {
  /// Three significant digits and an SI prefix before a unit: `4.45 kW`.
  case prefixed(String)
  /// Whole per cent of a fraction: `97 %`.
  case percent
  /// Whole degrees: `61 °C`.
  case degrees
  /// An amount of memory with binary prefixes: `76.4 GiB`.
  case memory
  /// An amount of data with decimal prefixes: `1.2 TB`.
  case data
  /// Bytes a second with decimal prefixes: `3.1 GB/s`.
  case dataRate
  /// Whole numbers in groups of three digits: `12 400`.
  case count
  /// So many significant digits: `2.284`.
  case significant(Int)
  /// A length of time with its two largest parts: `3 min 5 s`.
  case duration
  /// A whole number before a unit: `412 gCO₂e/kWh`.
  case whole(String)

  /// What fits a unit where nobody said otherwise.
  public init(_ unit: Unit) {
    self =
      switch unit {
      case .watt, .joule, .volt, .ampere, .hertz, .flop, .flopPerSecond: .prefixed(unit.rawValue)
      case .byte: .data
      case .bytePerSecond: .dataRate
      case .ratio: .percent
      case .celsius: .degrees
      case .second: .duration
      case .count: .significant(4)
      case .perSecond: .prefixed("/s")
      case .bits: .count
      case .gramPerKilowattHour: .whole("gCO₂e/kWh")
      }
  }

  /// Writes a value, which is in the quantity's own unit; what is not finite becomes an en dash.
  public func text(_ value: Double) -> String {
    switch self {
    case .prefixed(let unit): SI.string(value, unit)
    case .percent: SI.fixed(value * 100, 0) + " %"
    case .degrees: SI.fixed(value, 0) + " °C"
    case .memory: SI.memory(value).joined
    case .data: SI.data(value).joined
    case .dataRate: SI.dataRate(value).joined
    case .count: SI.count(value)
    case .significant(let digits): SI.significant(value, digits: digits)
    case .duration: SI.duration(value)
    case .whole(let unit): SI.fixed(value, 0) + " " + unit
    }
  }
}
