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
  private static let steps = 5

  /// The streams at one side of the plug.
  private struct Side {
    var branches: [FlowBranch]
    var outer: [FlowGeometry.Edges]
    var inner: [FlowGeometry.Edges]
    /// Which patterns are taken where there are no colours.
    var seed: Int
  }

  /// Where a stream is so thin that it is a line.
  private struct Line {
    var row: Int
    var branch: Int
    var isStrong: Bool
  }

  func draw(_ canvas: inout Canvas) {
    // The first column is the outer end, and the last one lies at the plug.
    draw(
      &canvas, area.x..<plug.lowerBound, from: area.x,
      Side(branches: flow.supply, outer: geometry.supply, inner: geometry.supplyInside, seed: 0))
    draw(
      &canvas, plug.upperBound..<area.right, from: area.right - 1,
      Side(branches: flow.uses, outer: geometry.uses, inner: geometry.usesInside, seed: 1))
  }

  private var usesPatterns: Bool { !context.input.hasColor || context.glyphs == .ascii }

  private func draw(_ canvas: inout Canvas, _ columns: Range<Int>, from outside: Int, _ side: Side)
  {
    let background = context.background
    // Of none and of each stream, by the step on the way to the plug.
    let colors = (0...Self.steps).map { step in
      [background] + side.branches.map { color($0, Double(step) / Double(Self.steps)) }
    }
    let isUnknown = side.branches.map { $0.certainty == .unknown }
    let isHatched = [false] + isUnknown
    // What belongs to each eighth of a row: nothing, or a stream by its place plus one.
    var stripes = [UInt8](repeating: 0, count: geometry.rows * 8)
    var solid = stripes
    var lines: [Line] = []
    for x in columns {
      let t = Double(abs(x - outside)) / Double(max(1, columns.count - 1))
      measure(side, t, isOdd: x % 2 == 1, &stripes, &lines)
      if usesPatterns {
        drawPatterns(&canvas, x, stripes, side.branches, side.seed)
        continue
      }
      // What is unknown has no area of a colour, it is hatched.
      solid.withUnsafeMutableBufferPointer { solid in
        for place in solid.indices {
          solid[place] = isHatched[Int(stripes[place])] ? 0 : stripes[place]
        }
      }
      let colors = colors[Int(t * Double(Self.steps))]
      canvas.stripes(solid, colors: colors, x: x, y: area.y)
      for line in lines where !isUnknown[line.branch] {
        // Where another stream has the cell, the thin one lies under it.
        guard stripes[line.row * 8..<line.row * 8 + 8].allSatisfy({ $0 == 0 }) else { continue }
        canvas.put(
          line.isStrong ? "━" : "─", x: x, y: area.y + line.row,
          Style(colors[line.branch + 1], on: background))
      }
      for index in isUnknown.indices where isUnknown[index] {
        let style = Style(side.branches[index].color, on: background)
        for row in 0..<geometry.rows
        where stripes[row * 8..<row * 8 + 8].count(where: { $0 == UInt8(index + 1) }) >= 4 {
          canvas.put("╱", x: x, y: area.y + row, style)
        }
      }
    }
  }

  /// Says for one column what belongs to each eighth, and which streams are lines.
  private func measure(
    _ side: Side, _ t: Double, isOdd: Bool, _ stripes: inout [UInt8], _ lines: inout [Line]
  ) {
    lines.removeAll(keepingCapacity: true)
    stripes.withUnsafeMutableBufferPointer { stripes in
      stripes.update(repeating: 0)
      for index in side.branches.indices {
        var range = side.outer[index].toward(side.inner[index], t).eighths(of: stripes.count)
        // A dotted edge says that the width is a model's.
        if isOdd, side.branches[index].certainty == .modelled {
          range = range.count >= 4 ? range.lowerBound + 1..<range.upperBound - 1 : 0..<0
        }
        if !usesPatterns {
          // A line of a box lies in the middle of a cell, where no block glyph can.
          if range.count <= 2, !range.isEmpty, (2...5).contains(range.lowerBound % 8),
            (2...5).contains((range.upperBound - 1) % 8)
          {
            lines.append(
              Line(row: range.lowerBound / 8, branch: index, isStrong: range.count > 1))
            continue
          }
          range = Self.snapped(range)
        }
        for place in range { stripes[place] = UInt8(index + 1) }
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
