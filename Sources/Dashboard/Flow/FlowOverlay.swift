import Accounting
import Canvas
import Quantities
import Telemetry

/// The whole machine as one picture: from the power stations by the plug to what it buys.
struct FlowOverlay: Overlay {
  let name = OverlayName.flow
  let keys = ["f"]
  let text = Texts(
    "the flow: from the power station to the token", "le flux : de la centrale au jeton")
  let hint: Texts? = Texts("flow", "flux")
  let isWhole = true

  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let area = c.stage(canvas)
    guard !area.isEmpty else { return }
    guard let flow = c.flow else { return drawAbsence(&canvas, in: area, c) }
    guard area.width >= FlowView.leastColumns, area.height >= FlowView.leastRows else {
      canvas.textClipped(
        c.say(FlowWords.tooSmall), x: area.x, y: area.y, maxWidth: area.width, c.text)
      return
    }
    let inner = area.width >= 60 ? area.inset(dx: 1, dy: 0) : area
    let hasFoot = inner.height >= 10
    let (picture, foot) = inner.splitRows(hasFoot ? -1 : inner.height)
    // Air above and below where there is enough of it.
    let air = picture.height >= 24 ? 1 : 0
    FlowView(flow, in: picture.inset(dx: 0, dy: air), c).draw(&canvas)
    if hasFoot { FlowFoot.draw(&canvas, in: foot, c) }
  }

  /// Why there is no flow, and what panel 1 says of what was looked for and how to feed it.
  private func drawAbsence(_ canvas: inout Canvas, in area: Rect, _ c: FrameContext) {
    let isNow = c.inventory.knowsPower
    let words: FlowWords = isNow ? .noPowerNow : c.isRecording ? .recordedNone : .noPower
    var lines = OverlayBox.paragraph(c.say(words), width: max(1, area.width - 2), c.text)
    if !isNow, !c.isRecording {
      for line in GPUDrawPanel().headline(c).missing {
        lines += OverlayBox.paragraph(sanitized(line), width: max(1, area.width - 2), c.muted)
      }
    }
    for (index, line) in lines.prefix(area.height).enumerated() {
      canvas.runs(line, x: area.x + 1, y: area.y + index, maxWidth: area.width - 2)
    }
  }
}
