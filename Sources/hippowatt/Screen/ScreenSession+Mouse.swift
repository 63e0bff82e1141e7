import Canvas
import Dashboard
import Telemetry
import Terminal

/// Clicks, drags and the wheel.
extension ScreenSession {
  func handle(_ mouse: MouseEvent) {
    let layout = Frame.layout(input())
    switch mouse.kind {
    case .press:
      // The others belong to the terminal: they paste, or open a menu.
      guard mouse.button == 1 else { return }
      if let command = Frame.hint(atX: mouse.x, y: mouse.y, input()) {
        for effect in view.apply(command, timeline: feed.timeline, bounds: feed.bounds) {
          perform(effect)
        }
        return
      }
      if view.overlay == nil, let time = Frame.markTime(atX: mouse.x, y: mouse.y, input()) {
        view.cursor.seek(to: time, in: feed.bounds)
        return
      }
      isDragging = layout.scrubber.contains(x: mouse.x, y: mouse.y)
      view.click(x: mouse.x, y: mouse.y, layout: layout, bounds: feed.bounds)
    case .drag:
      if isDragging, mouse.button == 1 {
        view.drag(x: mouse.x, layout: layout, bounds: feed.bounds)
      }
    case .release:
      guard mouse.button <= 1 else { return }
      isDragging = false
      view.release()
    case .wheelUp: turn(isUp: true)
    case .wheelDown: turn(isUp: false)
    case .moved: break
    }
  }

  /// The wheel: the chosen row of a list that is open, the lines of a view, and else the time that the
  /// curves show.
  private func turn(isUp: Bool) {
    if view.isScrolling {
      let limit = Frame.scrollLimit(input())
      view.scroll(by: isUp ? -3 : 3, limit: limit)
      return
    }
    switch view.overlay {
    case .processes, .events:
      guard view.processes.asked == nil else { return }
      answer(.key(isUp ? .up : .down))
    default:
      _ = view.apply(isUp ? .zoomIn : .zoomOut, timeline: feed.timeline, bounds: feed.bounds)
    }
  }
}
