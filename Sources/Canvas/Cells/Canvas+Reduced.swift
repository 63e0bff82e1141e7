extension Canvas {
  /// The same frame in the colours of a depth.
  ///
  /// Where the colours of a readable cell come too close its ink turns black or white, so that text
  /// stays readable. Without colour, filled areas become reverse video, and every second one in a
  /// row is underlined instead, so that the segments of a stacked bar still end where they ended.
  public func reduced(to depth: ColorDepth) -> Canvas {
    switch depth {
    case .truecolor: return self
    case .none: return withoutColor()
    case .ansi8, .ansi16, .indexed256: return mapped(to: depth)
    }
  }

  private func mapped(to depth: ColorDepth) -> Canvas {
    var frame = self
    var known: [[Style: Style]] = [[:], [:]]
    var last = (from: Style(), isMark: false, to: Style())
    for y in 0..<height {
      for x in 0..<width {
        var cell = self[x, y]
        guard !cell.isTrailing else { continue }
        let (style, isMark) = (cell.style, (0x2580...0x28FF).contains(cell.scalar))
        if style != last.from || isMark != last.isMark {
          let mapped = known[isMark ? 1 : 0][style] ?? style.reduced(to: depth, isMark: isMark)
          known[isMark ? 1 : 0][style] = mapped
          last = (style, isMark, mapped)
        }
        cell.style = last.to
        frame[x, y] = cell
      }
    }
    return frame
  }

  private func withoutColor() -> Canvas {
    var frame = self
    let paper = commonBackground
    for y in 0..<height {
      var previous: Color?
      var segment = 0
      for x in 0..<width {
        var cell = self[x, y]
        guard !cell.isTrailing else { continue }
        // A block glyph shows its shape by itself; only text on a fill needs the reverse.
        let isFill =
          cell.background.stands(outFrom: paper) && !(0x2580...0x28FF).contains(cell.scalar)
        if isFill {
          if previous == nil { segment = 0 } else if previous != cell.background { segment += 1 }
          cell.attributes.formSymmetricDifference(segment % 2 == 0 ? .reverse : .underline)
        }
        previous = isFill ? cell.background : nil
        cell.foreground = .terminalDefault
        cell.background = .terminalDefault
        frame[x, y] = cell
      }
    }
    return frame
  }

  /// The background most cells have: the paper everything else is drawn on.
  private var commonBackground: Color {
    var counts: [Color: Int] = [:]
    for y in 0..<height {
      for cell in row(y) { counts[cell.background, default: 0] += 1 }
    }
    let most = counts.max { ($0.value, $1.key.rgb) < ($1.value, $0.key.rgb) }
    return most?.key ?? .terminalDefault
  }
}

extension Color {
  /// True where a fill is meant to be seen, not just a shade of the paper.
  fileprivate func stands(outFrom paper: Color) -> Bool {
    if self == paper || isTerminalDefault { return false }
    return contrast(against: paper) >= 2
  }
}

extension Style {
  /// The style in fewer colours, still to be seen and read.
  fileprivate func reduced(to depth: ColorDepth, isMark: Bool) -> Style {
    var style = nearest(in: depth, isMark: isMark)
    // Bold is the bright twin of a colour on many terminals: dark grey for black, which nobody sees on black
    // and few on a colour. GNU screen makes that of 256 colours too.
    if style.foreground.relativeLuminance < 0.02, !style.foreground.isTerminalDefault {
      style.attributes.remove(.bold)
    }
    return depth == .ansi8 || depth == .ansi16 ? style.withoutBlueOnBlack(in: depth) : style
  }

  private func nearest(in depth: ColorDepth, isMark: Bool) -> Style {
    let ink = foreground.reduced(to: depth)
    let paper = background.reduced(to: depth)
    // Text on a fill must be readable; a mark keeps its hue, by which it is known, while it can be seen.
    let least = isMark ? 1.4 : paper.relativeLuminance > 0.02 ? 3.0 : 2.0
    let wasReadable = foreground.contrast(against: background) >= (isMark ? 1.6 : 2.5)
    if wasReadable, ink.contrast(against: paper) < least {
      return Style(paper.ink.reduced(to: depth), on: paper, attributes)
    }
    // A faint line that became the colour of the background, though it differed before.
    if ink == paper, foreground != background {
      return Style(paper.ink.reduced(to: depth), on: paper, attributes.union(.dim))
    }
    return Style(ink, on: paper, attributes)
  }

  /// The style with another hue for blue on black: the blue of most terminals is too dark to be read there.
  private func withoutBlueOnBlack(in depth: ColorDepth) -> Style {
    guard foreground == Palette.ansi[4],
      background == Palette.ansi[0] || background.isTerminalDefault
    else { return self }
    return foreground(Palette.ansi[depth == .ansi16 ? 12 : 6])
  }
}
