import Canvas
import Seeded

/// A frame of everything a frame may hold, wide glyphs at awkward places included.
func randomFrame(width: Int, height: Int, using random: inout SeededRandom) -> Canvas {
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
