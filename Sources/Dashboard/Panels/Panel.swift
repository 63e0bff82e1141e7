import Canvas
import Quantities
import Telemetry

/// One of the dashboard's panels: a headline number, what it means, its curve and its rows.
protocol Panel: Sendable {
  /// In capitals, as it stands in the frame.
  var title: String { get }
  /// One word, for screens that have no room for more.
  var word: String { get }
  /// The panel's own colours.
  var ramp: Theme.Ramp { get }
  /// The one number and what it means.
  func headline(_ context: FrameContext) -> Headline
  /// Draws what stands below the headline.
  func draw(_ canvas: inout Canvas, in rect: Rect, _ context: FrameContext)
  /// The kinds of device whose series the provenance view lists.
  var kinds: [DeviceKind] { get }
}

/// Every panel there is, in the order of the keys `1` to `4`; adding one means adding a line.
enum PanelCatalogue {
  static let all: [any Panel] = [
    GPUDrawPanel(), AlgorithmCostPanel(), DataThroughputPanel(), RenewableSharePanel(),
  ]
}

/// The one number of a panel.
struct Headline {
  /// `nil` when nothing is known.
  var value: SI.Text?
  /// Phrases behind it, the important ones first.
  var phrases: [[Run]] = []
  /// On the frame, at the right.
  var note = ""
  /// Where there is no number: what was looked for, and how to feed the panel.
  var missing: [String] = []
}

extension Panel {
  /// Draws the frame, the headline and the rest into `rect`.
  func render(
    _ canvas: inout Canvas, in rect: Rect, number: Int, isSelected: Bool, _ context: FrameContext
  ) {
    guard rect.width >= 8, rect.height >= 3 else { return }
    let theme = context.theme
    let headline = headline(context)
    let edge = isSelected ? context.style(.muted) : context.style(.border)
    canvas.box(rect, edge, glyphs: context.glyphs)
    let titleWidth =
      canvas.runs(
        [
          Run(" ", edge), Run("\(number)", context.style(ramp).bold),
          Run(" \(title) ", context.text.bold),
        ], x: rect.x + 2, y: rect.y, maxWidth: rect.width - 4)
    let room = rect.width - 7 - titleWidth
    if !headline.note.isEmpty, room >= 6 {
      let note = " " + clipped(headline.note, to: room - 2) + " "
      canvas.textRight(note, right: rect.right - 2, y: rect.y, context.muted)
    }
    let inner = rect.inset(dx: 2, dy: 1)
    guard inner.height > 0 else { return }
    var body = inner.splitRows(1).bottom
    guard let value = headline.value else {
      explain(headline.missing, &canvas, in: inner, context)
      let lines = min(headline.missing.count, inner.height)
      draw(&canvas, in: inner.splitRows(lines).bottom, context)
      return
    }
    let strong = Style(theme[ramp].end, on: context.background).bold
    let isLarge = context.layout.panels.count == 1 && inner.height >= 14
    if isLarge {
      let digits = value.number.replacingMinus
      let width = canvas.bigText(digits, x: inner.x, y: inner.y, strong, glyphs: context.glyphs)
      canvas.text(value.unit, x: inner.x + width + 2, y: inner.y + 2, strong)
      let left = width + 3 + displayWidth(value.unit) + 2
      canvas.phrases(
        headline.phrases, x: inner.x + left, y: inner.y + 2, maxWidth: inner.width - left,
        inOrder: true)
      body = inner.splitRows(4).bottom
    } else {
      let number = Run(value.number, strong)
      let unit = Run(value.unit.isEmpty ? "" : " " + value.unit, context.style(ramp))
      let used = canvas.runs([number, unit], x: inner.x, y: inner.y, maxWidth: inner.width)
      canvas.phrases(
        headline.phrases, x: inner.x + used + 2, y: inner.y, maxWidth: inner.width - used - 2,
        inOrder: true)
    }
    draw(&canvas, in: body, context)
  }

  private func explain(
    _ lines: [String], _ canvas: inout Canvas, in rect: Rect, _ context: FrameContext
  ) {
    for (index, line) in lines.enumerated() where index < rect.height {
      canvas.textClipped(
        line, x: rect.x, y: rect.y + index, maxWidth: rect.width,
        index == 0 ? context.text : context.muted)
    }
  }
}

extension String {
  /// With a hyphen for the minus sign, which big digits know.
  var replacingMinus: String { String(map { $0 == "−" ? "-" : $0 }) }
}
