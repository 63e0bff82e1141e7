import Canvas

/// A colour by hue, saturation and lightness, to make it lighter or darker and nothing else.
struct HSL {
  /// The angle on the colour wheel, 0-360: 0 red, 120 green, 240 blue.
  var hue: Double
  /// 0 grey, 1 pure.
  var saturation: Double
  /// 0 black, 1 white.
  var lightness: Double

  init(_ color: Color) {
    let (red, green, blue) = (
      Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255
    )
    let (high, low) = (max(red, green, blue), min(red, green, blue))
    let span = high - low
    lightness = (high + low) / 2
    guard span > 0 else {
      (hue, saturation) = (0, 0)
      return
    }
    saturation = span / (1 - abs(2 * lightness - 1))
    if high == red {
      hue = 60 * (green - blue) / span
    } else if high == green {
      hue = 120 + 60 * (blue - red) / span
    } else {
      hue = 240 + 60 * (red - green) / span
    }
    if hue < 0 { hue += 360 }
  }

  /// The colour.
  var color: Color {
    let chroma = (1 - abs(2 * lightness - 1)) * saturation
    let sector = hue / 60
    let rest = sector - 2 * (sector / 2).rounded(.down)
    let second = chroma * (1 - abs(rest - 1))
    let low = lightness - chroma / 2
    let channels: (Double, Double, Double) =
      switch Int(sector) % 6 {
      case 0: (chroma, second, 0)
      case 1: (second, chroma, 0)
      case 2: (0, chroma, second)
      case 3: (0, second, chroma)
      case 4: (second, 0, chroma)
      default: (chroma, 0, second)
      }
    func channel(_ share: Double) -> UInt8 {
      UInt8(min(255, max(0, ((share + low) * 255).rounded())))
    }
    return Color(
      red: channel(channels.0), green: channel(channels.1), blue: channel(channels.2))
  }

  /// How far two hues are apart, 0-180.
  func distance(to other: Double) -> Double {
    let apart = abs(hue - other)
    return min(apart, 360 - apart)
  }
}
