import Quantities

/// Times as RFC 3339 writes them: `2026-11-23T20:00:00.25Z`.
package enum RFC3339 {
  /// Nanoseconds since 1970-01-01 UTC of a time with its zone; `nil` for anything else.
  ///
  /// A space may stand for the `T`, a comma for the point, and the zone may be `Z`, `+01:00` or
  /// `+0100`. Without a zone nobody knows which hour is meant, so the answer is `nil`.
  package static func nanoseconds(_ text: some Sequence<UInt8>) -> Int64? {
    let bytes = Array(text)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte &- 0x30 < 10 else { return nil }
        value = value * 10 + Int64(byte &- 0x30)
      }
      return value
    }
    func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
    guard let year = number(0..<4), byte(4) == 0x2D, let month = number(5..<7), byte(7) == 0x2D,
      let day = number(8..<10), byte(10) | 0x20 == 0x74 || byte(10) == 0x20,
      let hour = number(11..<13), byte(13) == 0x3A, let minute = number(14..<16),
      byte(16) == 0x3A, let second = number(17..<19), 1970...2200 ~= year, 1...12 ~= month,
      1...31 ~= day, hour < 24, minute < 60, second <= 60
    else { return nil }
    var at = 19
    var fraction: Int64 = 0
    if byte(at) == 0x2E || byte(at) == 0x2C {
      at += 1
      var worth: Int64 = 100_000_000
      while byte(at) &- 0x30 < 10 {
        fraction += Int64(byte(at) &- 0x30) * worth
        worth /= 10
        at += 1
      }
    }
    var offset: Int64 = 0
    if byte(at) | 0x20 == 0x7A {
      at += 1
    } else if byte(at) == 0x2B || byte(at) == 0x2D {
      let sign: Int64 = byte(at) == 0x2B ? 1 : -1
      let colon = byte(at + 3) == 0x3A ? 1 : 0
      guard let hours = number(at + 1..<at + 3), hours < 24,
        let minutes = number(at + 3 + colon..<at + 5 + colon), minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
      at += 5 + colon
    } else {
      return nil
    }
    guard at == bytes.count else { return nil }
    let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
    let seconds =
      Int64(date.daysSince1970) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000_000 + fraction
  }
}
