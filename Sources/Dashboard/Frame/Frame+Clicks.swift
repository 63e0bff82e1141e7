import Canvas
import Telemetry

extension Frame {
  /// Where everything is drawn.
  public static func layout(_ input: FrameInput) -> Layout { FrameContext(input).layout }

  /// The command of the hint under a click on the last line; `nil` where there is none.
  public static func hint(atX x: Int, y: Int, _ input: FrameInput) -> Command? {
    let view = input.view
    // What lies over the panels is closed by a click first.
    let isFree = view.overlay.flatMap(OverlayCatalogue.overlay)?.isWhole ?? true
    guard isFree, view.prompt == nil, view.toast.isEmpty else { return nil }
    let context = FrameContext(input)
    let rect = context.layout.hints
    guard rect.contains(x: x, y: y) else { return nil }
    return Hints.places(in: rect, context).first { x >= $0.x && x < $0.x + $0.width }?.command
  }

  /// The time of the mark whose name lies under a click; `nil` where none does.
  public static func markTime(atX x: Int, y: Int, _ input: FrameInput) -> Timestamp? {
    let context = FrameContext(input)
    let track = context.layout.track
    guard track.contains(x: x, y: y) else { return nil }
    return TrackMarks(in: track, from: track.x, context).marks.first {
      x > $0.x && x < $0.x + displayWidth($0.name)
    }?.event.time
  }
}
