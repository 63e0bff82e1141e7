extension UnsafeBufferPointer<UInt8> {
  /// The unsigned number that stands at a place, least byte first; the caller has checked its room.
  package func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, at place: Int
  ) -> Number {
    Number(
      littleEndian: UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: place, as: type))
  }

  /// The bytes of a range.
  package func part(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[range])
  }
}
