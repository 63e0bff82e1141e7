import Telemetry

/// Puts JSON together as bytes.
struct JSONWriter {
  var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends a string in quotes.
  mutating func string(_ text: String) {
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

  mutating func member(_ key: String, _ value: String) {
    raw(",\"\(key)\":")
    string(value)
  }

  /// Appends a number that reads back as the same one; one that is not finite becomes 0.
  mutating func member(_ key: String, number: Double) {
    let whole = Int64(exactly: number.isFinite ? number : 0)
    raw(",\"\(key)\":\(whole.map(String.init) ?? number.description)")
  }

  mutating func whole(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(value.magnitude)
  }

  /// Appends seconds since 1970, to the nanosecond, without needless zeros.
  mutating func time(_ time: Timestamp) {
    let seconds = time.nanoseconds.magnitude / 1_000_000_000
    var rest = time.nanoseconds.magnitude % 1_000_000_000
    if time.nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
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
