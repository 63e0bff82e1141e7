extension Rect {
  /// Cuts off `height` rows at the top; a negative height cuts that many off the bottom.
  ///
  /// `gap` rows between the two parts belong to neither. Parts never leave the rectangle.
  public func splitRows(_ height: Int, gap: Int = 0) -> (top: Rect, bottom: Rect) {
    let (first, second) = Self.cut(self.height, at: height, gap: gap)
    return (
      Rect(x: x, y: y, width: width, height: first),
      Rect(x: x, y: bottom - second, width: width, height: second)
    )
  }

  /// Cuts off `width` columns at the left; a negative width cuts that many off the right.
  public func splitColumns(_ width: Int, gap: Int = 0) -> (left: Rect, right: Rect) {
    let (first, second) = Self.cut(self.width, at: width, gap: gap)
    return (
      Rect(x: x, y: y, width: first, height: height),
      Rect(x: right - second, y: y, width: second, height: height)
    )
  }

  /// Gives the top part a share (0-1) of the rows that the gap leaves.
  public func splitRows(fraction: Double, gap: Int = 0) -> (top: Rect, bottom: Rect) {
    splitRows(Self.share(of: height - gap, fraction), gap: gap)
  }

  /// Gives the left part a share (0-1) of the columns that the gap leaves.
  public func splitColumns(fraction: Double, gap: Int = 0) -> (left: Rect, right: Rect) {
    splitColumns(Self.share(of: width - gap, fraction), gap: gap)
  }

  /// Divides into `count` rows of nearly equal height, from the top.
  public func rows(_ count: Int, gap: Int = 0) -> [Rect] {
    Self.parts(of: height, count: count, gap: gap).map {
      Rect(x: x, y: y + $0.start, width: width, height: $0.length)
    }
  }

  /// Divides into `count` columns of nearly equal width, from the left.
  public func columns(_ count: Int, gap: Int = 0) -> [Rect] {
    Self.parts(of: width, count: count, gap: gap).map {
      Rect(x: x + $0.start, y: y, width: $0.length, height: height)
    }
  }

  /// One row of the rectangle, counted from its top; empty when it is outside.
  public func row(_ index: Int) -> Rect {
    Rect(x: x, y: y + index, width: width, height: index >= 0 && index < height ? 1 : 0)
  }

  private static func cut(_ length: Int, at position: Int, gap: Int) -> (Int, Int) {
    if position < 0 {
      let second = min(length, -position)
      return (max(0, length - second - gap), second)
    }
    let first = min(length, position)
    return (first, max(0, length - first - gap))
  }

  private static func share(of length: Int, _ fraction: Double) -> Int {
    let fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
    return Int((Double(max(0, length)) * fraction).rounded())
  }

  private static func parts(of length: Int, count: Int, gap: Int) -> [(start: Int, length: Int)] {
    guard count > 0 else { return [] }
    let usable = max(0, length - gap * (count - 1))
    return (0..<count).map { index in
      let start = usable * index / count
      return (start + gap * index, usable * (index + 1) / count - start)
    }
  }
}
