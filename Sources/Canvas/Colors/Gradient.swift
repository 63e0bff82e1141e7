/// Three colours and everything between them.
public struct Gradient: Hashable, Sendable {
  /// The colour at 0.
  public var start: Color
  /// The colour at 0.5.
  public var middle: Color
  /// The colour at 1.
  public var end: Color

  /// Makes a gradient from its first, halfway and last colour.
  public init(_ start: Color, _ middle: Color, _ end: Color) {
    self.start = start
    self.middle = middle
    self.end = end
  }

  /// Makes a gradient that is one colour throughout.
  public init(_ color: Color) {
    self.init(color, color, color)
  }

  /// The colour at a share of the way, 0-1.
  public func color(at t: Double) -> Color {
    t < 0.5 ? start.mixed(with: middle, t * 2) : middle.mixed(with: end, t * 2 - 1)
  }
}
