import Testing

@testable import Formats

@Suite("FNV-1a") struct FNV1aTests {
  @Test(
    "the hashes are those of the draft's test vectors",
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
    ]
      as [(String, UInt64)])
  func vectors(text: String, hash: UInt64) { #expect(FNV1a.hash(text) == hash) }

  @Test("a hash that goes on from another is that of both texts together")
  func goingOn() {
    let start = FNV1a.hash("foo")
    let whole = Array("bar".utf8).withUnsafeBufferPointer { FNV1a.hash($0, after: start) }
    #expect(whole == FNV1a.hash("foobar"))
  }
}
