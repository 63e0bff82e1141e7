/// Puts JSON together as bytes.
package struct JSONWriter {
  /// The JSON so far, in UTF-8.
  package var bytes: [UInt8] = []

  /// An empty text.
  package init() {}

  /// The JSON so far as a string.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Appends text as it is, such as brackets and commas.
  package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends a string in quotes.
  package mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30])
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a comma and a member whose value is a string; the key must need no escapes.
  package mutating func member(_ key: String, _ value: String) {
    raw(",\"\(key)\":")
    string(value)
  }

  /// Appends a number that reads back as the same one; one that is not finite becomes 0.
  package mutating func member(_ key: String, number: Double) {
    let whole = Int64(exactly: number.isFinite ? number : 0)
    raw(",\"\(key)\":\(whole.map(String.init) ?? number.description)")
  }

  /// Appends a whole number in decimal digits.
  package mutating func whole(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(value.magnitude)
  }

  /// Appends seconds since 1970, to the nanosecond, without needless zeros.
  package mutating func seconds(nanoseconds: Int64) {
    let seconds = nanoseconds.magnitude / 1_000_000_000
    var rest = nanoseconds.magnitude % 1_000_000_000
    if nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(seconds)
    guard rest > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var worth: UInt64 = 100_000_000
    while rest > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / worth))
      rest %= worth
      worth /= 10
    }
  }

  private mutating func digits(_ value: UInt64) {
    var worth: UInt64 = 1
    while value / worth >= 10 { worth *= 10 }
    var rest = value
    while worth > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / worth))
      rest %= worth
      worth /= 10
    }
  }
}
