import Canvas

/// The flow above the panels of a tall screen, with the line below it.
enum FlowPart {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let (picture, foot) = rect.splitRows(-1)
    guard let flow = c.flow else {
      // Without watts the two bars say what is known, and what is not.
      Ribbon.draw(&canvas, in: rect.splitRows(2).top, c)
      return
    }
    FlowView(flow, in: picture, c).draw(&canvas)
    FlowFoot.draw(&canvas, in: foot, c)
  }
}
