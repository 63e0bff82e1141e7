/// A rectangle of cells; x grows to the right, y grows down.
public struct Rect: Hashable, Sendable {
  /// The leftmost column, from 0.
  public var x: Int
  /// The topmost row, from 0.
  public var y: Int
  /// The number of columns, zero or more.
  public var width: Int
  /// The number of rows, zero or more.
  public var height: Int

  /// Makes a rectangle; a negative size becomes zero.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The first column past the right edge.
  public var right: Int { x + width }
  /// The first row past the bottom edge.
  public var bottom: Int { y + height }
  /// True when no cell is inside.
  public var isEmpty: Bool { width <= 0 || height <= 0 }

  /// The rectangle with a margin taken off every side.
  public func inset(by margin: Int) -> Rect { inset(dx: margin, dy: margin) }

  /// The rectangle with `dx` columns off left and right, `dy` rows off top and bottom.
  public func inset(dx: Int, dy: Int) -> Rect {
    Rect(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
  }

  /// True when the cell is inside.
  public func contains(x column: Int, y row: Int) -> Bool {
    column >= x && column < right && row >= y && row < bottom
  }

  /// The cells two rectangles share; empty when they share none.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(right, other.right) - left,
      height: min(bottom, other.bottom) - top)
  }
}
