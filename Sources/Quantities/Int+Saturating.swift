extension FixedWidthInteger {
  /// The whole number at the end of `value` towards zero; the nearest there is where that has no room,
  /// and 0 for what is no number.
  ///
  /// The plain conversion ends the program where a number has no room.
  @inlinable
  public init(saturating value: Double) {
    if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else if value.isNaN {
      self = 0
    } else {
      self = value < 0 ? .min : .max
    }
  }
}

extension Int {
  /// The same by way of 64 bits.
  @inlinable
  public init(saturating value: Double) { self.init(truncatingIfNeeded: Int64(saturating: value)) }
}

extension Int64 {
  /// The same without the general conversion, which is several times slower and is needed for every time.
  @inlinable
  public init(saturating value: Double) {
    if value >= 0x1p63 {
      self = .max
    } else if value >= -0x1p63 {
      self = Int64(value)
    } else {
      self = value.isNaN ? 0 : .min
    }
  }

  /// The sum, or the end of the range on whose side it lies beyond.
  @inlinable
  public func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the end of the range on whose side it lies beyond.
  @inlinable
  public func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }
}
