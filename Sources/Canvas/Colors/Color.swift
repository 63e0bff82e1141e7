/// A 24-bit colour, or "whatever the terminal's own default is".
///
/// The default is a colour of its own, because a foreground and a background left to the terminal
/// are resolved by the writer: the screen knows the user's palette, a picture has to be told one.
public struct Color: Hashable, Sendable {
  /// The channels as 0xRRGGBB; ``terminalDefault`` alone has bit 24 set.
  public let rgb: UInt32

  /// Makes a colour from 0xRRGGBB; higher bits are ignored.
  public init(_ rgb: UInt32) {
    self.rgb = rgb & 0xFF_FFFF
  }

  /// Makes a colour from its channels.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.rgb = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
  }

  /// Reads `#rrggbb`, `rrggbb` or `#rgb`; nil for anything else.
  public init?(hex: String) {
    let digits = hex.hasPrefix("#") ? hex.dropFirst() : hex[...]
    guard digits.utf8.allSatisfy({ Self.isHexDigit($0) }), let value = UInt32(digits, radix: 16)
    else { return nil }
    switch digits.utf8.count {
    case 6: self.init(value)
    case 3:
      let (r, g, b) = (value >> 8 & 0xF, value >> 4 & 0xF, value & 0xF)
      self.init(r * 17 << 16 | g * 17 << 8 | b * 17)
    default: return nil
    }
  }

  /// The bit above the channels that marks ``terminalDefault``.
  private static let defaultBit: UInt32 = 1 << 24

  private init(marker: UInt32) {
    self.rgb = marker
  }

  /// The terminal's own foreground or background.
  public static let terminalDefault = Color(marker: defaultBit)

  /// True for ``terminalDefault``.
  public var isTerminalDefault: Bool { rgb & Self.defaultBit != 0 }

  /// The red channel, 0-255.
  public var red: UInt8 { UInt8(truncatingIfNeeded: rgb >> 16) }
  /// The green channel, 0-255.
  public var green: UInt8 { UInt8(truncatingIfNeeded: rgb >> 8) }
  /// The blue channel, 0-255.
  public var blue: UInt8 { UInt8(truncatingIfNeeded: rgb) }

  /// The colour as `#rrggbb`, or `default`.
  public var hex: String {
    guard !isTerminalDefault else { return "default" }
    let digits = String(rgb, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  /// Walks from this colour (`t` = 0) to another (`t` = 1), in sRGB.
  ///
  /// The terminal's default has no known channels, so with it the nearer end is returned whole.
  public func mixed(with other: Color, _ t: Double) -> Color {
    let t = t.isNaN ? 0 : min(1, max(0, t))
    if isTerminalDefault || other.isTerminalDefault { return t < 0.5 ? self : other }
    func channel(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * t).rounded())
    }
    return Color(
      red: channel(red, other.red), green: channel(green, other.green),
      blue: channel(blue, other.blue))
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
