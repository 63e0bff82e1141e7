/// A zone by the short name that date(1) writes, such as `CET`.
struct ZoneName {
  /// Seconds east of UTC; `nil` where the name means several zones, such as `CST` and `IST`.
  let offset: Int?
  /// Where the name ends.
  let end: Int

  /// The name at a place; `nil` where none stands there.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> ZoneName? {
    var end = start
    while end < bytes.count, 0x41...0x5A ~= bytes[end], end - start < 6 { end += 1 }
    guard 3...5 ~= end - start else { return nil }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    return ZoneName(offset: hours[name].map { Int($0 * 3600) }, end: end)
  }

  /// Names of the tz database that mean one zone in practice, in hours east of UTC.
  private static let hours: [String: Double] = [
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "HKT": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
  ]
}
