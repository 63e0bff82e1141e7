import Canvas

/// Where everything goes on a screen of a given size: pure geometry.
public struct Layout: Sendable, Hashable {
  /// How much the screen can hold.
  public enum Scale: Sendable, Hashable {
    /// One number.
    case tiny
    /// A line for each panel.
    case list
    /// Panels beside each other.
    case full
  }

  /// How much this screen can hold.
  public var scale: Scale
  /// The title bar at the top.
  public var title: Rect
  /// The sentence below it; empty where there is no room.
  public var sentence: Rect
  /// The number of each panel in big digits, on the largest screens.
  public var numbers: Rect
  /// The streams of electricity above the panels, on tall screens in place of the ribbon.
  public var flow: Rect
  /// The two bars below it, for sources and uses of electricity; empty where there is no room.
  public var ribbon: Rect
  /// The panels that are drawn, in order; just one when it has the whole screen.
  public var panels: [Rect]
  /// Chart rows and the track below them.
  public var scrubber: Rect
  /// The row of the scrubber with the cursor and the marks; below it times may stand.
  public var track: Rect { scrubber.row(scrubber.height - (scrubber.height >= 4 ? 2 : 1)) }
  /// The line of keys at the bottom; empty where there is no room.
  public var hints: Rect

  static let nowhere = Rect(x: 0, y: 0, width: 0, height: 0)

  /// The least rows and columns a panel is drawn in.
  static let leastRows = 3
  static let leastColumns = 36

  /// The least screen on which the flow stands above the panels.
  static let flowHeight = 50
  static let flowWidth = 100

  /// The least screen with big digits above the flow.
  static let numbersHeight = 80
  static let numbersWidth = 160

  /// Where everything goes; with `focused` one panel has all the room of the panels, and without any
  /// power that is known there is no flow to draw.
  public init(
    width: Int, height: Int, focused: Bool = false, hasFlow: Bool = true,
    panelCount: Int = PanelCatalogue.words.count
  ) {
    title = Rect(x: 0, y: 0, width: width, height: min(1, height))
    sentence = Self.nowhere
    numbers = Self.nowhere
    flow = Self.nowhere
    ribbon = Self.nowhere
    scrubber = Self.nowhere
    hints = Self.nowhere
    panels = []
    scale = .full
    // No screen is full on fewer rows; where there are more panels than fit, `arrange` says so.
    guard width >= 44, height >= (width >= 72 || focused ? 12 : 14),
      arrange(
        width: width, height: height, focused: focused, hasFlow: hasFlow, panelCount: panelCount)
    else {
      sentence = Self.nowhere
      numbers = Self.nowhere
      flow = Self.nowhere
      ribbon = Self.nowhere
      scrubber = Self.nowhere
      scale = width >= 28 && height >= 7 ? .list : .tiny
      hints = Self.nowhere
      if scale == .list {
        hints = Rect(x: 0, y: height - 1, width: width, height: 1)
        if height >= panelCount + 3 {
          sentence = Rect(x: 0, y: 1, width: width, height: 1)
        }
        let top = max(title.bottom, sentence.bottom)
        let free = height - 1 - top - panelCount
        if free >= 2 { scrubber = Rect(x: 1, y: top + panelCount, width: width - 2, height: free) }
      }
      return
    }
  }

  /// Lays out a full screen; false when there is no room for so many panels.
  private mutating func arrange(
    width: Int, height: Int, focused: Bool, hasFlow: Bool, panelCount: Int
  ) -> Bool {
    // Air between the parts only where there is room for it.
    let airy = height >= 34
    var top = 1
    if height >= 16 {
      sentence = Rect(x: 0, y: top, width: width, height: 1)
      top = sentence.bottom
    }
    if height >= Self.numbersHeight, width >= Self.numbersWidth, !focused, hasFlow {
      numbers = Rect(x: 1, y: top + 1, width: width - 2, height: BigNumbers.height)
      top = numbers.bottom
    }
    if height >= Self.flowHeight, width >= Self.flowWidth, !focused, hasFlow {
      // More than half of what a taller screen has more is the panels'.
      let rows = min(30, 14 + (height - Self.flowHeight) * 2 / 5)
      flow = Rect(x: 1, y: top + 1, width: width - 2, height: rows)
      top = flow.bottom + 1
    } else if height >= 18 {
      ribbon = Rect(x: 1, y: top + (airy ? 1 : 0), width: width - 2, height: 2)
      top = ribbon.bottom + (airy ? 1 : 0)
    }
    hints = Rect(x: 0, y: height - 1, width: width, height: 1)
    var bottom = height - 1
    if height >= 16 {
      let rows = height >= 50 ? 5 : height >= 34 ? 4 : 2
      scrubber = Rect(x: 1, y: bottom - rows, width: width - 2, height: rows)
      bottom = scrubber.y
    }
    let area = Rect(x: 0, y: top, width: width, height: bottom - top)
    guard !focused else {
      panels = [area]
      return true
    }
    guard let columns = Self.columns(of: panelCount, in: area) else { return false }
    let rows = (panelCount + columns - 1) / columns
    panels = area.rows(rows).enumerated().flatMap { index, row in
      // The last row is shared by those that are left.
      row.columns(min(columns, panelCount - index * columns))
    }
    return true
  }

  /// Two columns where there is room for them, and more only where the rows would get too low.
  private static func columns(of count: Int, in area: Rect) -> Int? {
    guard count > 0 else { return nil }
    let preferred = area.width >= 2 * leastColumns && count > 1 ? 2 : 1
    let most = max(preferred, min(count, area.width / leastColumns))
    return (preferred...most).first { columns in
      area.height / ((count + columns - 1) / columns) >= leastRows
    }
  }
}
