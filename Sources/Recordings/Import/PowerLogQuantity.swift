import Formats
import Telemetry

/// What a column counts, and by which units tools write it.
package enum PowerLogQuantity: Sendable, Hashable {
  case power, energy, share, memory, temperature, clock

  /// How many of the metric's unit one of a written unit is; `nil` for a unit that cannot be.
  package func factor(_ unit: String) -> Double? {
    switch (self, unit) {
    case (.power, "W"), (.power, "w"), (.power, "watt"), (.power, "watts"), (.power, "Watt"),
      (.power, "Watts"):
      1
    case (.power, "mW"), (.power, "mw"), (.power, "milliwatts"), (.power, "milliwatt"): 1e-3
    case (.power, "uW"), (.power, "µW"), (.power, "μW"), (.power, "uw"), (.power, "microwatts"):
      1e-6
    case (.power, "kW"), (.power, "KW"), (.power, "kw"): 1e3
    case (.energy, "J"), (.energy, "j"), (.energy, "joules"): 1
    case (.energy, "mJ"), (.energy, "mj"): 1e-3
    case (.energy, "uJ"), (.energy, "µJ"), (.energy, "μJ"), (.energy, "uj"): 1e-6
    case (.energy, "kJ"): 1e3
    case (.energy, "Wh"), (.energy, "wh"): 3600
    case (.energy, "kWh"), (.energy, "kwh"): 3.6e6
    case (.share, "%"), (.share, "percent"), (.share, "pct"): 0.01
    case (.memory, "B"), (.memory, "bytes"): 1
    case (.memory, "KiB"): 1024
    case (.memory, "MiB"): 1_048_576
    case (.memory, "GiB"): 1_073_741_824
    case (.memory, "MB"): 1e6
    case (.memory, "GB"): 1e9
    case (.temperature, "C"), (.temperature, "°C"), (.temperature, "c"): 1
    case (.clock, "Hz"): 1
    case (.clock, "kHz"): 1e3
    case (.clock, "MHz"), (.clock, "mhz"): 1e6
    case (.clock, "GHz"): 1e9
    default: nil
    }
  }

  /// Reads a cell: a number, perhaps with its own unit, which counts before the column's.
  ///
  /// - Parameters:
  ///   - unit: how many of the metric's unit a number without one is; `nil` where nobody says.
  ///   - hasDecimalComma: whether a comma stands before the fraction.
  package func read(
    _ cell: ArraySlice<UInt8>, unit: Double?, hasDecimalComma: Bool = false
  ) -> PowerLogValue.Content {
    guard !Self.isAbsent(cell) else {
      return .absent(String(decoding: cell.prefix(40), as: UTF8.self))
    }
    func unreadable() -> PowerLogValue.Content {
      .unreadable(String(String(decoding: cell.prefix(40), as: UTF8.self).prefix(32)))
    }
    var end = cell.endIndex
    // The number is what stands before the first letter or sign of a unit.
    if let stop = cell.firstIndex(where: { !Self.isOfNumber($0) }) { end = stop }
    var digits = cell[cell.startIndex..<end]
    while digits.last == 0x20 { digits = digits.dropLast() }
    if hasDecimalComma {
      guard !digits.contains(0x2E) || !digits.contains(0x2C) else { return unreadable() }
      digits = ArraySlice(digits.map { $0 == 0x2C ? 0x2E : $0 })
    }
    var rest = cell[end...]
    // `1e-3` and `12E5` are numbers; `12 E` is none.
    if let first = rest.first, first | 0x20 == 0x65, rest.count > 1, digits.last != 0x20 {
      let power = rest.dropFirst().prefix { $0 != 0x20 && Self.isOfNumber($0) }
      if let exponent = PlainNumber.whole(power), -99...99 ~= exponent {
        digits += [0x65] + power
        rest = rest.dropFirst(1 + power.count)
      }
    }
    guard let number = PlainNumber.parse(digits), number.isFinite else { return unreadable() }
    let name = rest.drop { $0 == 0x20 }
    if name.isEmpty {
      guard let unit else { return unreadable() }
      return .number(number * unit)
    }
    guard let factor = factor(String(decoding: name, as: UTF8.self)) else { return unreadable() }
    return .number(number * factor)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || byte == 0x2E || byte == 0x2C || byte == 0x2D || byte == 0x2B
      || byte == 0x20
  }

  /// Whether a cell says that there is no value: `[N/A]`, `-`, `None`, `ERR!` and their like.
  package static func isAbsent(_ cell: ArraySlice<UInt8>) -> Bool {
    guard let first = cell.first else { return true }
    if first &- 0x30 < 10 { return false }
    if first == UInt8(ascii: "["), cell.last == UInt8(ascii: "]") { return true }
    guard cell.count <= 14 else { return false }
    switch String(decoding: cell.map { 65...90 ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self) {
    case "-", "--", "n/a", "na", "nan", "none", "null", "err!", "error", "unknown", "unknown error",
      "not supported", "not available", "not found", "unavailable":
      return true
    default: return false
    }
  }
}
