import Canvas
import Quantities

/// The number of each panel in big digits, side by side, on a screen that is read from afar.
enum BigNumbers {
  /// Rows: the digits, and below them what they are of.
  static let height = 4

  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height >= height else { return }
    let places = rect.columns(PanelCatalogue.all.count, gap: 3)
    for (panel, place) in zip(PanelCatalogue.all, places) {
      let headline = panel.headline(c)
      let style = headline.style(of: panel.ramp, c).bold
      let below = place.row(3)
      guard let value = headline.value else {
        canvas.text("–", x: place.x, y: place.y + 1, c.muted)
        canvas.textClipped(
          headline.missing.first ?? "", x: below.x, y: below.y, maxWidth: below.width, c.muted)
        continue
      }
      let shown = headline.large ?? value
      var x = place.x
      if headline.isEstimate { x += canvas.text("≈ ", x: x, y: place.y + 1, style) }
      let digits = shown.number.replacingMinus
      if Canvas.bigTextWidth(digits) + displayWidth(shown.unit) + 3 <= place.right - x {
        x += canvas.bigText(digits, x: x, y: place.y, style, glyphs: c.glyphs) + 1
        canvas.text(shown.unit, x: x, y: place.y + 2, style)
      } else {
        canvas.textClipped(
          value.joined, x: x, y: place.y + 1, maxWidth: place.right - x, style)
      }
      canvas.phrases(
        headline.phrases, x: below.x, y: below.y, maxWidth: below.width, inOrder: true)
    }
  }
}
