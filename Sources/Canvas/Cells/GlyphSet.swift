/// Which glyphs draw the marks of a chart.
public enum GlyphSet: String, Sendable, CaseIterable {
  /// Dots, 2x4 to a cell: the finest, for a desk.
  case braille
  /// Solid eighths: the most ink, for a projector.
  case blocks
  /// Seven-bit characters only: for a terminal without UTF-8.
  case ascii
}
