import Canvas
import Telemetry

/// Draws the whole screen: a pure function of what it is given.
public enum Frame {
  /// Draws a frame of `input.width` by `input.height` cells; any size from 0x0.
  public static func render(_ input: FrameInput) -> Canvas {
    let background = Style(input.theme[.text], on: input.theme[.background])
    var canvas = Canvas(
      width: max(0, input.width), height: max(0, input.height), style: background)
    guard canvas.width > 0, canvas.height > 0 else { return canvas }
    let context = FrameContext(input)
    let overlay = input.view.overlay.flatMap(OverlayCatalogue.overlay)
    let isCovered = overlay?.isWhole ?? false
    guard !FleetScreen.isShown(input) else {
      FleetScreen.draw(&canvas, context)
      overlay?.draw(&canvas, context)
      return input.view.glyphs == .ascii ? canvas.asciiOnly() : canvas
    }
    switch context.layout.scale {
    case .tiny: if !isCovered { TinyScreen.draw(&canvas, context) }
    case .list:
      TitleBar.draw(&canvas, in: context.layout.title, context)
      SentenceLine.draw(&canvas, in: context.layout.sentence, context)
      if !isCovered { ListScreen.draw(&canvas, context) }
      Hints.draw(&canvas, in: context.layout.hints, context)
    case .full: drawFull(&canvas, context, isCovered: isCovered)
    }
    overlay?.draw(&canvas, context)
    return input.view.glyphs == .ascii ? canvas.asciiOnly() : canvas
  }

  /// Draws all parts of the screen; what another view takes the place of is left out.
  private static func drawFull(
    _ canvas: inout Canvas, _ context: FrameContext, isCovered: Bool
  ) {
    let layout = context.layout
    TitleBar.draw(&canvas, in: layout.title, context)
    SentenceLine.draw(&canvas, in: layout.sentence, context)
    Scrubber.draw(&canvas, in: layout.scrubber, context)
    Hints.draw(&canvas, in: layout.hints, context)
    guard !isCovered else { return }
    Ribbon.draw(&canvas, in: layout.ribbon, context)
    BigNumbers.draw(&canvas, in: layout.numbers, context)
    FlowPart.draw(&canvas, in: layout.flow, context)
    let view = context.input.view
    let shown = view.focused.map { [$0] } ?? Array(PanelCatalogue.all.indices)
    for (index, rect) in zip(shown, layout.panels) {
      PanelCatalogue.all[index].render(
        &canvas, in: rect, number: index + 1, isSelected: index == view.selected, context)
    }
  }
}
