/// How many colours the reader of a frame can show.
public enum ColorDepth: Int, Sendable, CaseIterable {
  /// None: bold, dim, underline and reverse carry the meaning.
  case none
  /// The eight colours every terminal names.
  case ansi8
  /// The eight and their bright twins.
  case ansi16
  /// The 6x6x6 cube and 24 greys, which unlike the first 16 nobody repaints.
  case indexed256
  /// Every 24-bit colour.
  case truecolor
}

extension Color {
  /// The nearest colour a depth can show; the terminal's default stays itself.
  public func reduced(to depth: ColorDepth) -> Color {
    guard !isTerminalDefault else { return self }
    switch depth {
    case .none: return .terminalDefault
    case .ansi8: return Palette.ansi[Palette.ansiIndex(of: self, bright: false)]
    case .ansi16: return Palette.ansi[Palette.ansiIndex(of: self, bright: true)]
    case .indexed256: return Palette.indexed(Palette.index256(of: self))
    case .truecolor: return self
    }
  }

  /// The terminal's number for this colour, or nil for its default and where colours have none.
  public func paletteIndex(at depth: ColorDepth) -> Int? {
    guard !isTerminalDefault else { return nil }
    switch depth {
    case .none, .truecolor: return nil
    // What is already a palette colour keeps its number; hue would move the pure ones.
    case .ansi8:
      return Palette.ansi.prefix(8).firstIndex(of: self)
        ?? Palette.ansiIndex(of: self, bright: false)
    case .ansi16:
      return Palette.ansi.firstIndex(of: self) ?? Palette.ansiIndex(of: self, bright: true)
    case .indexed256: return Palette.index256(of: self)
    }
  }
}

/// The fixed colours of terminals.
enum Palette {
  /// xterm's first sixteen colours, by which the others are matched.
  static let ansi: [Color] = [
    Color(0x000000), Color(0xCD0000), Color(0x00CD00), Color(0xCDCD00), Color(0x0000EE),
    Color(0xCD00CD), Color(0x00CDCD), Color(0xE5E5E5), Color(0x7F7F7F), Color(0xFF0000),
    Color(0x00FF00), Color(0xFFFF00), Color(0x5C5CFF), Color(0xFF00FF), Color(0x00FFFF),
    Color(0xFFFFFF),
  ]

  private static let levels: [Int] = [0, 95, 135, 175, 215, 255]

  /// The nearer of the best cube colour and the best grey, 16-255.
  static func index256(of color: Color) -> Int {
    let channels = [Int(color.red), Int(color.green), Int(color.blue)]
    let steps = channels.map { value in
      value < 48 ? 0 : value < 115 ? 1 : min(5, (value - 35) / 40)
    }
    let cube = 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
    let mean = channels.reduce(0, +) / 3
    let grey = 232 + min(23, max(0, (mean - 3) / 10))
    return distance(color, indexed(grey)) < distance(color, indexed(cube)) ? grey : cube
  }

  /// The colour of a number in 16-255.
  static func indexed(_ index: Int) -> Color {
    if index >= 232 {
      let grey = UInt8(8 + 10 * min(23, index - 232))
      return Color(red: grey, green: grey, blue: grey)
    }
    let cube = max(0, index - 16)
    return Color(
      red: UInt8(levels[cube / 36]), green: UInt8(levels[cube / 6 % 6]),
      blue: UInt8(levels[cube % 6]))
  }

  /// The colour of the sixteen with the nearest hue, because the nearest by distance is grey for
  /// most tints.
  static func ansiIndex(of color: Color, bright: Bool) -> Int {
    let (r, g, b) = (Int(color.red), Int(color.green), Int(color.blue))
    let (high, low) = (max(r, g, b), min(r, g, b))
    if high < 56 { return 0 }
    guard (high - low) * 100 >= high * 28 else {
      if high >= 200 { return bright ? 15 : 7 }
      if high >= 150 || !bright { return high >= 90 ? 7 : 0 }
      return 8
    }
    let index: Int
    switch hue(r, g, b, high: high, low: low) {
    case 20..<70: index = 3
    case 70..<165: index = 2
    case 165..<195: index = 6
    case 195..<250: index = 4
    case 250..<340: index = 5
    default: index = 1
    }
    return bright && high >= 225 ? index + 8 : index
  }

  /// The angle on the colour wheel in whole degrees: 0 red, 120 green, 240 blue.
  private static func hue(_ r: Int, _ g: Int, _ b: Int, high: Int, low: Int) -> Int {
    let span = max(1, high - low)
    if high == r { return (60 * (g - b) / span + 360) % 360 }
    return high == g ? 120 + 60 * (b - r) / span : 240 + 60 * (r - g) / span
  }

  private static func distance(_ a: Color, _ b: Color) -> Int {
    let red = Int(a.red) - Int(b.red)
    let green = Int(a.green) - Int(b.green)
    let blue = Int(a.blue) - Int(b.blue)
    return red * red + green * green + blue * blue
  }
}
