import Canvas
import Testing

@testable import Dashboard

/// Every part has its place, and no two share one.
@Suite struct LayoutTests {
  private static let heights = Array(0...70) + [100, 200]
  private static let widths = Array(0...150) + [200, 300, 500]

  private func parts(_ layout: Layout) -> [Rect] {
    ([
      layout.title, layout.sentence, layout.numbers, layout.flow, layout.ribbon, layout.scrubber,
      layout.hints,
    ] + layout.panels)
    .filter { !$0.isEmpty }
  }

  /// Numbers of panels: as many as there are, and as there may be one day.
  private static let counts = Set([1, 2, 3, 5, 6, 9, PanelCatalogue.all.count]).sorted()

  @Test(arguments: [false, true], counts)
  func `Parts lie on the screen and apart`(focused: Bool, count: Int) {
    var faults: [String] = []
    for height in Self.heights {
      for width in Self.widths {
        let layout = Layout(
          width: width, height: height, focused: focused, panelCount: count)
        let screen = Rect(x: 0, y: 0, width: width, height: height)
        let parts = parts(layout)
        for (index, part) in parts.enumerated() {
          if part.intersection(screen) != part {
            faults.append("\(part) leaves the screen of \(width)x\(height)")
          }
          for other in parts[..<index] where !part.intersection(other).isEmpty {
            faults.append("\(part) and \(other) overlap on \(width)x\(height)")
          }
        }
      }
    }
    #expect(faults.isEmpty, "\(faults.count) faults, such as: \(faults.prefix(3))")
  }

  @Test(arguments: [false, true], counts)
  func `A full screen has no holes`(focused: Bool, count: Int) {
    var faults: [String] = []
    for height in Self.heights {
      for width in Self.widths {
        let layout = Layout(
          width: width, height: height, focused: focused, panelCount: count)
        guard layout.scale == .full else { continue }
        let area = layout.panels.reduce(0) { $0 + $1.width * $1.height }
        let rows = [
          layout.title, layout.sentence, layout.numbers, layout.flow, layout.ribbon,
          layout.scrubber, layout.hints,
        ].reduce(0) { $0 + $1.height }
        // Air is two rows, and only on a tall screen; a third one stands above big digits.
        let air = (height >= 34 ? 2 : 0) + (layout.numbers.isEmpty ? 0 : 1)
        let size = "\(width)x\(height)"
        if area != width * (height - rows - air) { faults.append("a hole on \(size)") }
        if layout.panels.count != (focused ? 1 : count) {
          faults.append("a panel too few on \(size)")
        }
        // A panel of two rows would not be drawn.
        if layout.panels.contains(where: { $0.height < 3 }) { faults.append("low on \(size)") }
      }
    }
    #expect(faults.isEmpty, "\(faults.count) faults, such as: \(faults.prefix(3))")
  }

  @Test(
    arguments: [
      (0, 0, Layout.Scale.tiny), (27, 40, .tiny), (200, 6, .tiny), (28, 7, .list), (43, 60, .list),
      (300, 11, .list), (44, 13, .list), (44, 14, .full), (72, 12, .full), (80, 24, .full),
      (300, 100, .full),
    ] as [(Int, Int, Layout.Scale)])
  func `What fits decides the scale of four panels`(width: Int, height: Int, scale: Layout.Scale) {
    #expect(Layout(width: width, height: height, panelCount: 4).scale == scale)
  }

  @Test func `Four panels stand beside each other where there is room`() {
    let wide = Layout(width: 80, height: 24, panelCount: 4).panels
    #expect(wide[0].y == wide[1].y && wide[0].right == wide[1].x && wide[1].right == 80)
    #expect(wide[2].y == wide[0].bottom && wide[3].y == wide[2].y)
    let narrow = Layout(width: 60, height: 24, panelCount: 4).panels
    #expect(narrow.allSatisfy { $0.width == 60 })
  }

  @Test func `Every panel of a full screen shows its name`() {
    for (width, height) in [(44, 14), (60, 16), (71, 19), (72, 12), (80, 24), (132, 40)] {
      guard Layout(width: width, height: height).scale == .full else { continue }
      let frame = Frame.render(Stage.input(Stage.short, width, height))
      for panel in PanelCatalogue.all {
        let isShown = frame.shows(panel.title.english)
        #expect(isShown, "\(panel.title) is missing on \(width)x\(height)")
      }
    }
  }
}
