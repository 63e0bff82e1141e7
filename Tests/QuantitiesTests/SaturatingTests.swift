import Quantities
import Testing

/// Numbers without room end at the edge and end nothing else.
@Suite struct SaturatingTests {
  @Test func `a number becomes a whole one whatever it is`() {
    #expect(Int64(saturating: 2.9) == 2 && Int64(saturating: -2.9) == -2)
    #expect(Int64(saturating: 1e300) == .max && Int64(saturating: -.infinity) == .min)
    #expect(Int64(saturating: 0x1p63) == .max && Int64(saturating: -0x1p63) == .min)
    #expect(Int64(saturating: .nan) == 0 && UInt64(saturating: -1) == 0)
    #expect(Int32(saturating: 3e9) == .max && Int(saturating: 7.0) == 7)
  }

  @Test func `sums and differences stop at the edge`() {
    #expect(Int64.max.saturatingAdd(1) == .max && Int64.min.saturatingAdd(-1) == .min)
    #expect(Int64.min.saturatingSubtract(1) == .min && Int64.max.saturatingSubtract(-1) == .max)
    #expect(Int64(5).saturatingAdd(-7) == -2 && Int64(5).saturatingSubtract(7) == -2)
  }
}
