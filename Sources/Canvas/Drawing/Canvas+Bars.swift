extension Canvas {
  /// Draws a horizontal bar filled to a fraction (0-1), exact to an eighth of a cell.
  ///
  /// The gradient runs along the whole rectangle, so a short bar shows only its start. nil means
  /// there is no data: a thin broken line on the empty track.
  public mutating func bar(
    _ fraction: Double?, in rect: Rect, gradient: Gradient, track: Color, glyphs: GlyphSet
  ) {
    guard !rect.isEmpty else { return }
    guard let fraction, !fraction.isNaN else {
      let thin = Style(gradient.start.mixed(with: track, 0.6), on: track)
      return fill(rect, thin, scalar: glyphs == .ascii ? "-" : "╌")
    }
    fill(rect, Style(gradient.start, on: track), scalar: glyphs == .ascii ? "." : " ")
    let clamped = min(1, max(0, fraction))
    var eighths = Int((clamped * Double(rect.width * 8)).rounded())
    if clamped > 0 { eighths = max(1, eighths) }
    for column in 0..<rect.width {
      let part = min(8, eighths - column * 8)
      guard part > 0, let glyph = Self.barGlyph(part, glyphs) else { break }
      let share = rect.width > 1 ? Double(column) / Double(rect.width - 1) : 1
      let style = Style(gradient.color(at: share), on: track)
      fill(Rect(x: rect.x + column, y: rect.y, width: 1, height: rect.height), style, scalar: glyph)
    }
  }

  /// The glyph filled from the left to so many eighths, 1-8.
  private static func barGlyph(_ eighths: Int, _ glyphs: GlyphSet) -> Unicode.Scalar? {
    switch glyphs {
    case .ascii: eighths >= 4 ? "#" : nil
    case .blocks, .braille: Unicode.Scalar(0x2590 - UInt32(eighths))
    }
  }
}

/// One segment of a stacked bar.
public struct StackedPart: Hashable, Sendable {
  /// The segment's size in any unit; not above zero means no segment.
  public var weight: Double
  /// The colour the segment is filled with.
  public var color: Color
  /// What is written inside when it fits.
  public var label: String
  /// What is written inside when `label` does not fit.
  public var shortLabel: String
  /// The colour of the label.
  public var ink: Color

  /// Makes a segment; without a short label a label that does not fit is left out.
  public init(
    weight: Double, color: Color, label: String, shortLabel: String = "",
    ink: Color = Color(0x000000)
  ) {
    self.weight = weight
    self.color = color
    self.label = label
    self.shortLabel = shortLabel
    self.ink = ink
  }
}

extension Canvas {
  /// Draws segments side by side whose widths share the rectangle by weight.
  ///
  /// Widths are rounded by largest remainder, so they always add up to the whole bar. With no
  /// weight at all only the track is drawn. In ASCII a "|" ends each segment, as colour may not.
  public mutating func stackedBar(
    _ parts: [StackedPart], in rect: Rect, track: Color, glyphs: GlyphSet
  ) {
    guard !rect.isEmpty else { return }
    fill(rect, Style(on: track))
    let widths = Self.apportion(parts.map(\.weight), cells: rect.width)
    var x = rect.x
    for (part, width) in zip(parts, widths) where width > 0 {
      let style = Style(part.ink, on: part.color).bold
      let segment = Rect(x: x, y: rect.y, width: width, height: rect.height)
      fill(segment, style)
      if glyphs == .ascii { fill(segment.splitColumns(-1).right, style, scalar: "|") }
      x += width
      let room = width - (glyphs == .ascii ? 1 : 0)
      let candidates = [part.label, part.shortLabel].filter { !$0.isEmpty }
      // A blank before it keeps two labels from reading as one.
      guard let label = candidates.first(where: { displayWidth($0) + 1 <= room }) else { continue }
      text(label, x: segment.x + 1, y: rect.y + (rect.height - 1) / 2, style)
    }
  }

  /// Shares out cells by weight with the largest-remainder method; ties go to the first.
  static func apportion(_ weights: [Double], cells: Int) -> [Int] {
    let clean = weights.map { $0.isFinite && $0 > 0 ? $0 : 0 }
    let total = clean.reduce(0, +)
    guard total > 0, total.isFinite, cells > 0 else { return clean.map { _ in 0 } }
    let exact = clean.map { $0 / total * Double(cells) }
    var shares = exact.map { Int($0) }
    let order = exact.indices.sorted {
      let (a, b) = (exact[$0] - exact[$0].rounded(.down), exact[$1] - exact[$1].rounded(.down))
      return a == b ? $0 < $1 : a > b
    }
    for index in order.prefix(max(0, cells - shares.reduce(0, +))) { shares[index] += 1 }
    return shares
  }
}
