import Canvas

/// A view of lines in a box, which scrolls where they are more than the screen has rows.
protocol ScrollingOverlay: Overlay {
  /// What stands at the top of the box.
  func title(_ context: FrameContext) -> String
  /// All lines, for a box so many columns wide; what the headline rests on comes first.
  func lines(width: Int, _ context: FrameContext) -> [[Run]]
}

extension ScrollingOverlay {
  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let room = OverlayBox.room(canvas)
    OverlayBox.draw(lines(width: room.width, c), title: title(c), on: &canvas, c)
  }
}

extension Frame {
  /// How many rows the open view can be scrolled at most.
  public static func scrollLimit(_ input: FrameInput) -> Int {
    guard let name = input.view.overlay,
      let overlay = OverlayCatalogue.overlay(name) as? any ScrollingOverlay
    else { return 0 }
    let room = OverlayBox.room(Canvas(width: input.width, height: input.height))
    let lines = overlay.lines(width: room.width, FrameContext(input))
    return max(0, lines.count - room.height)
  }
}

extension ViewState {
  /// Whether keys scroll what is open.
  public var isScrolling: Bool {
    overlay.flatMap(OverlayCatalogue.overlay) is any ScrollingOverlay
  }

  /// Whether a key scrolls what is open.
  public func isScrolling(by key: String) -> Bool {
    isScrolling && prompt == nil && Self.scrollStep(key) != nil
  }

  /// Moves what is open by rows, up to a limit; true where there is something that scrolls.
  @discardableResult
  public mutating func scroll(by rows: Int, limit: Int) -> Bool {
    guard isScrolling else { return false }
    scroll = max(0, min(limit, scroll + rows))
    return true
  }

  /// The rows that a key scrolls by; `nil` for other keys.
  static func scrollStep(_ key: String) -> Int? {
    switch key {
    case "up", "k": -1
    case "down", "j": 1
    case "page-up": -10
    case "page-down": 10
    case "home", "g": -100_000
    case "end", "G": 100_000
    default: nil
    }
  }
}
