import Canvas
import Formats

/// A small repeatable generator: a failing frame has a seed to name.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// A frame of everything a frame may hold, wide glyphs at awkward places included.
func randomFrame(width: Int, height: Int, using random: inout SeededGenerator) -> Canvas {
  let glyphs: [Unicode.Scalar] = [
    " ", " ", "a", "Z", "0", "é", "─", "│", "╭", "█", "▄", "⣿", "⠁", "日", "本", "…", "₂", "°", "↓",
  ]
  let colors = [
    Color.terminalDefault, Color(0x000003), Color(0xFFB03A), Color(0x10_1218), Color(0x66D9A0),
    Color(0xFFFFFF), Color(UInt32(truncatingIfNeeded: random.next())),
  ]
  let attributes: [Attributes] = [[], [], [], .bold, .dim, .reverse, .underline, .italic]
  var canvas = Canvas(width: width, height: height)
  for y in 0..<height {
    var x = 0
    while x < width {
      let style = Style(
        colors.randomElement(using: &random) ?? .terminalDefault,
        on: colors.randomElement(using: &random) ?? .terminalDefault,
        attributes.randomElement(using: &random) ?? [])
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        canvas.put(glyphs.randomElement(using: &random) ?? " ", x: x, y: y, style)
        x += 1
      }
    }
  }
  return canvas
}
