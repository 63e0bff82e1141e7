/// The hash function FNV-1a of 64 bits: quick for short texts, and no shield against ill will.
///
/// Source: the draft draft-eastlake-fnv of the IETF.
package enum FNV1a {
  /// What a hash begins with.
  package static let offsetBasis: UInt64 = 0xCBF2_9CE4_8422_2325
  /// What a hash is multiplied by after each byte.
  package static let prime: UInt64 = 0x100_0000_01B3

  /// The hash of bytes, going on from another hash if there is one.
  package static func hash(_ bytes: some Sequence<UInt8>, after hash: UInt64 = offsetBasis)
    -> UInt64
  {
    bytes.reduce(hash) { ($0 ^ UInt64($1)) &* prime }
  }
}
