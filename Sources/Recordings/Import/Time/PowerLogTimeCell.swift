import Telemetry

/// Reads times that come one after the other, most of them of the same day as the last one.
///
/// What it does not know at once is read as any time, so that it only ever says what that does.
struct PowerLogTimeCell {
  /// A day as it is written, `2026/05/28`: its first eight bytes and the last two.
  private var day: (first: UInt64, last: UInt16) = (0, 0)
  /// Nanoseconds of that day's midnight.
  private var midnight: Int64 = 0
  private var knowsDay = false

  /// The time of a cell.
  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> PowerLogPackedTime? {
    if knowsDay, cell.count >= 19, isOfDay(cell), let clock = Self.clock(cell) {
      return PowerLogPackedTime(kind: 1, word: midnight + clock)
    }
    return readSlowly(cell)
  }

  @inline(__always)
  private func isOfDay(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(cell)
    return bytes.loadUnaligned(as: UInt64.self) == day.first
      && bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self) == day.last
  }

  private mutating func readSlowly(_ cell: UnsafeBufferPointer<UInt8>) -> PowerLogPackedTime? {
    guard let time = PowerLogTime(cell) else { return nil }
    // Only where all stands as it does here: a day of ten bytes, a clock and no zone.
    if case .wall(let wall) = time, cell.count >= 19, let clock = Self.clock(cell) {
      let bytes = UnsafeRawBufferPointer(cell)
      day = (
        bytes.loadUnaligned(as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
      )
      midnight = wall - clock
      knowsDay = true
    }
    return PowerLogPackedTime(time)
  }

  /// Nanoseconds since midnight of ` HH:MM:SS` with its fraction behind ten bytes, up to the end.
  @inline(__always)
  private static func clock(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard cell[10] == 0x20 || cell[10] == UInt8(ascii: "T"), cell[13] == 0x3A, cell[16] == 0x3A
    else { return nil }
    var isClock = true
    @inline(__always)
    func two(_ at: Int) -> Int64 {
      let (one, other) = (cell[at] &- 0x30, cell[at + 1] &- 0x30)
      if one > 9 || other > 9 { isClock = false }
      return Int64(one) * 10 + Int64(other)
    }
    let (hour, minute, second) = (two(11), two(14), two(17))
    guard isClock, hour < 24, minute < 60, second <= 60 else { return nil }
    var nanoseconds = (hour * 3600 + minute * 60 + second) * 1_000_000_000
    if cell.count == 19 { return nanoseconds }
    guard cell[19] == 0x2E || cell[19] == 0x2C, cell.count > 20 else { return nil }
    var worth: Int64 = 100_000_000
    for at in 20..<cell.count {
      let digit = cell[at] &- 0x30
      guard digit < 10 else { return nil }
      nanoseconds += Int64(digit) * worth
      worth /= 10
    }
    return nanoseconds
  }
}
