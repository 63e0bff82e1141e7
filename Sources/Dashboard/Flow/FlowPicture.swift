import Canvas

/// The streams themselves: from the left edge to the plug, and from there to the right edge.
struct FlowPicture {
  let flow: Flow
  let geometry: FlowGeometry
  /// Where they are drawn, as high as the geometry.
  let area: Rect
  /// The columns of the plug.
  let plug: Range<Int>
  let context: FrameContext

  /// Colour changes along a stream in so many steps: a change of colour costs the terminal bytes.
  private static let steps = 5.0

  func draw(_ canvas: inout Canvas) {
    for x in area.x..<plug.lowerBound {
      // The first column is the outer end, and the last one lies at the plug.
      let t = Double(x - area.x) / Double(max(1, plug.lowerBound - 1 - area.x))
      drawColumn(
        &canvas, x, t, flow.supply, geometry.supply, geometry.supplyInside, seed: 0)
    }
    for x in plug.upperBound..<area.right {
      let t = Double(area.right - 1 - x) / Double(max(1, area.right - 1 - plug.upperBound))
      drawColumn(&canvas, x, t, flow.uses, geometry.uses, geometry.usesInside, seed: 1)
    }
  }

  private var usesPatterns: Bool { !context.input.hasColor || context.glyphs == .ascii }

  private func drawColumn(
    _ canvas: inout Canvas, _ x: Int, _ t: Double, _ branches: [FlowBranch],
    _ outer: [FlowGeometry.Edges], _ inner: [FlowGeometry.Edges], seed: Int
  ) {
    var stripes = [UInt8](repeating: 0, count: geometry.rows * 8)
    var lines: [(row: Int, branch: Int, eighths: Int)] = []
    for index in branches.indices {
      var range = outer[index].toward(inner[index], t).eighths(of: stripes.count)
      // A dotted edge says that the width is a model's.
      if branches[index].certainty == .modelled, x % 2 == 1 {
        range = range.count >= 4 ? range.lowerBound + 1..<range.upperBound - 1 : 0..<0
      }
      if !usesPatterns {
        // A line of a box lies in the middle of a cell, where no block glyph can.
        if range.count <= 2, !range.isEmpty, (2...5).contains(range.lowerBound % 8),
          (2...5).contains((range.upperBound - 1) % 8)
        {
          lines.append((range.lowerBound / 8, index, range.count))
          continue
        }
        range = Self.snapped(range)
      }
      for place in range { stripes[place] = UInt8(index + 1) }
    }
    if usesPatterns { return drawPatterns(&canvas, x, stripes, branches, seed) }
    let step = (t * Self.steps).rounded(.down) / Self.steps
    let colors = [context.background] + branches.map { color($0, step) }
    // What is unknown has no area of a colour, it is hatched.
    var solid = stripes
    if branches.contains(where: { $0.certainty == .unknown }) {
      for place in solid.indices where solid[place] > 0 {
        if branches[Int(solid[place]) - 1].certainty == .unknown { solid[place] = 0 }
      }
    }
    canvas.stripes(solid, colors: colors, x: x, y: area.y)
    for line in lines where branches[line.branch].certainty != .unknown {
      // Where another stream has the cell, the thin one lies under it.
      guard stripes[line.row * 8..<line.row * 8 + 8].allSatisfy({ $0 == 0 }) else { continue }
      canvas.put(
        line.eighths > 1 ? "━" : "─", x: x, y: area.y + line.row,
        Style(colors[line.branch + 1], on: context.background))
    }
    for (index, branch) in branches.enumerated() where branch.certainty == .unknown {
      let style = Style(branch.color, on: context.background)
      for row in 0..<geometry.rows
      where stripes[row * 8..<row * 8 + 8].count(where: { $0 == UInt8(index + 1) }) >= 4 {
        canvas.put("╱", x: x, y: area.y + row, style)
      }
    }
  }

  /// A stripe inside a cell, moved to the nearer edge of it: no block glyph has ground above and below.
  private static func snapped(_ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty, range.lowerBound / 8 == (range.upperBound - 1) / 8 else { return range }
    let cell = range.lowerBound / 8 * 8
    let (above, below) = (range.lowerBound - cell, cell + 8 - range.upperBound)
    guard above > 0, below > 0 else { return range }
    return above < below ? cell..<cell + range.count : cell + 8 - range.count..<cell + 8
  }

  /// The colour of a stream on its way to the plug, where it gives way to the whole.
  private func color(_ branch: FlowBranch, _ t: Double) -> Color {
    branch.color.mixed(with: context.background, 0.08 + 0.3 * t)
  }

  private static let blocks: [Unicode.Scalar] = ["▓", "░", "▒"]
  private static let letters: [Unicode.Scalar] = ["#", "=", "+", ":", "%", "o", "*", "-"]

  /// Patterns instead of colours: neighbours differ, waste is crossed and the unknown is hatched.
  private func drawPatterns(
    _ canvas: inout Canvas, _ x: Int, _ stripes: [UInt8], _ branches: [FlowBranch], _ seed: Int
  ) {
    let isASCII = context.glyphs == .ascii
    for row in 0..<geometry.rows {
      let cell = stripes[row * 8..<row * 8 + 8]
      guard let (index, count) = Self.most(cell, branches.count), count >= 3 || isThin(cell) else {
        continue
      }
      let branch = branches[index]
      let glyph: Unicode.Scalar
      if branch.certainty == .unknown {
        glyph = isASCII ? "/" : "╱"
      } else if branch.isWaste {
        glyph = isASCII ? "x" : "╳"
      } else if count < 3 {
        glyph = isASCII ? "-" : "─"
      } else {
        let set = isASCII ? Self.letters : Self.blocks
        glyph = set[(index + seed) % set.count]
      }
      canvas.put(glyph, x: x, y: area.y + row, Style(branch.color, on: context.background))
    }
  }

  /// Whether all of a stream lies inside a cell, so that it would not be seen without it.
  private func isThin(_ cell: ArraySlice<UInt8>) -> Bool {
    cell.first == 0 && cell.last == 0
  }

  private static func most(_ cell: ArraySlice<UInt8>, _ count: Int) -> (index: Int, count: Int)? {
    var best: (index: Int, count: Int)?
    for index in 0..<count {
      let found = cell.count { $0 == UInt8(index + 1) }
      if found > 0, found > best?.count ?? 0 { best = (index, found) }
    }
    return best
  }
}
