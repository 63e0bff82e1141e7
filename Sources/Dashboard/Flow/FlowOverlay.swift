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
    guard let flow = Flow.at(c) else {
      let text = FlowWords.noPower.text(in: c.language)
      canvas.textClipped(text, x: area.x + 1, y: area.y, maxWidth: area.width - 2, c.text)
      return
    }
    guard area.width >= FlowView.leastColumns, area.height >= FlowView.leastRows else {
      let text = FlowWords.tooSmall.text(in: c.language)
      canvas.textClipped(text, x: area.x, y: area.y, maxWidth: area.width, c.text)
      return
    }
    let inner = area.width >= 60 ? area.inset(dx: 1, dy: 0) : area
    let hasFoot = inner.height >= 10
    let (picture, foot) = inner.splitRows(hasFoot ? -1 : inner.height)
    // Air above and below where there is enough of it.
    let air = picture.height >= 24 ? 1 : 0
    FlowView(flow, in: picture.inset(dx: 0, dy: air), c).draw(&canvas)
    if hasFoot { FlowFoot.draw(&canvas, in: hasFoot ? foot : inner, c) }
  }
}
