extension Color {
  /// The WCAG relative luminance, 0 (black) to 1 (white); the terminal's default counts as black.
  public var relativeLuminance: Double {
    guard !isTerminalDefault else { return 0 }
    return 0.2126 * Self.linear[Int(red)] + 0.7152 * Self.linear[Int(green)]
      + 0.0722 * Self.linear[Int(blue)]
  }

  /// The WCAG contrast ratio, 1 (the same) to 21 (black on white).
  public func contrast(against other: Color) -> Double {
    let (a, b) = (relativeLuminance, other.relativeLuminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Black or white, whichever reads better on this colour.
  public var ink: Color {
    relativeLuminance > 0.179 ? Color(0x000000) : Color(0xFFFFFF)
  }

  /// Channel value to linear light, tabulated because the standard library has no power function.
  private static let linear: [Double] = (0...255).map { step in
    let value = Double(step) / 255
    if value <= 0.04045 { return value / 12.92 }
    let base = (value + 0.055) / 1.055
    return base * base * fifthRoot(base * base)
  }

  /// Newton's fifth root of a number in 0...1; x^2.4 is x^2 times the fifth root of x^2.
  private static func fifthRoot(_ x: Double) -> Double {
    var root = 1.0
    for _ in 0..<60 {
      let power = root * root * root * root
      root -= (power * root - x) / (5 * power)
    }
    return root
  }
}
