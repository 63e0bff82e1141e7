import Formats

/// Names that follow from the content, so that the same recordings make the same document.
enum ContentID {
  /// A UUID of version 8 (RFC 9562: made as the program likes) of a text.
  static func uuid(_ text: String) -> String {
    let (high, low) = (FNV1a.hash(text), FNV1a.hash("hippowatt\n" + text))
    var digits = hex(high) + hex(low)
    digits[12] = "8"
    digits[16] = "a"
    let cuts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return cuts.map { String(digits[$0]) }.joined(separator: "-")
  }

  /// Sixteen hexadecimal digits.
  private static func hex(_ value: UInt64) -> [Character] {
    let digits = String(value, radix: 16)
    return Array(String(repeating: "0", count: 16 - digits.count) + digits)
  }
}
