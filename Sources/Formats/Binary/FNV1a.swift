/// The hash function FNV-1a of 64 bits: quick for short texts, but collisions can be made up.
///
/// Source: the draft draft-eastlake-fnv of the IETF.
package enum FNV1a {
  /// What a hash begins with.
  package static let offsetBasis: UInt64 = 0xCBF2_9CE4_8422_2325
  /// What a hash is multiplied by after each byte.
  private static let prime: UInt64 = 0x100_0000_01B3

  /// The hash of bytes, going on from another hash if there is one.
  ///
  /// Not generic: other modules would call a version ten times slower, made for any sequence.
  package static func hash(
    _ bytes: UnsafeBufferPointer<UInt8>, after hash: UInt64 = offsetBasis
  ) -> UInt64 {
    var hash = hash
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* prime }
    return hash
  }

  /// The hash of a text in UTF-8.
  package static func hash(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { hash($0) }
  }
}
