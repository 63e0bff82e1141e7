import Quantities

/// Finds the times that loggers, containers and `ts` write.
///
///     2026-11-18 11:06:40,000            python's logging, loguru, Megatron, NeMo
///     2026-11-28T10:00:10.123456789Z     RFC 3339: Docker, Kubernetes; +0100 in journalctl
///     2026/11/28 10:00:10                MMEngine, Go
///     11/28/2026 10:00:10                the examples of transformers: month, day, year
///     11/28 10:00:10                     detectron2; 11-28 10:00:10 in vLLM
///     Nov 28 10:00:10                    syslog, ts
///     Sat Nov 28 10:00:10 2026           ctime; date(1) writes CET before the year
///     20261128 10:00:10, 1128 10:00:10   glog and absl, behind the letter of the level
///     10:00:10, 10:00:10.5               a time of day, or `ts -s`
///     1779966000.25                      seconds since 1970; milliseconds have 13 digits
struct StampScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at: Int

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) {
    self.bytes = bytes
    at = start
  }

  /// The time that stands at a place, and where it ends; `nil` when none does.
  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (stamp: LogStamp, end: Int)? {
    guard start < bytes.count else { return nil }
    var scanner = StampScanner(bytes, start)
    let stamp: LogStamp?
    switch bytes[start] {
    case 0x30...0x39: stamp = scanner.digits()
    case 0x41...0x57: stamp = scanner.names()
    default: return nil
    }
    guard let stamp, scanner.isAtEdge else { return nil }
    return (stamp, scanner.at)
  }

  /// The time behind the letter of the level in glog's and absl's lines.
  static func glog(
    _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (stamp: LogStamp, end: Int)? {
    var scanner = StampScanner(bytes, start)
    let count = scanner.countDigits()
    guard count == 4 || count == 8 else { return nil }
    let year = count == 8 ? scanner.number(4) : nil
    guard let month = scanner.number(2), let day = scanner.number(2), scanner.take(0x20),
      let clock = scanner.clock(),
      let stamp = stamp(year: year, month: month, day: day, clock: clock), scanner.isAtEdge
    else { return nil }
    return (stamp, scanner.at)
  }

  // MARK: Forms

  private mutating func digits() -> LogStamp? {
    let start = at
    let count = countDigits()
    if count >= 10 { return epoch(count) }
    if count == 4, let year = number(4) {
      let separator = byte
      guard separator == 0x2D || separator == 0x2F, take(separator), let month = number(2),
        take(separator), let day = number(2), take(0x20) || take(0x54) || take(0x5F)
      else { return nil }
      return dated(year, month, day)
    }
    guard count == 2, let first = number(2) else { return nil }
    if byte == 0x3A {
      at = start
      return clock().map { .clock($0) }
    }
    let separator = byte
    guard separator == 0x2D || separator == 0x2F, take(separator), countDigits() == 2,
      let day = number(2)
    else { return nil }
    if take(0x20) {
      return clock().flatMap { Self.stamp(year: nil, month: first, day: day, clock: $0) }
    }
    guard take(separator), countDigits() == 4, let year = number(4), take(0x20) else { return nil }
    return dated(year, first, day)
  }

  /// `Nov 28 10:00:10`, perhaps behind a day of the week and before a year.
  private mutating func names() -> LogStamp? {
    if Self.days.contains(where: { isWord($0) }) {
      at += 3
      _ = take(0x2C)
      guard take(0x20) else { return nil }
    }
    guard let month = Self.months.firstIndex(where: { isWord($0) }) else { return nil }
    at += 3
    guard take(0x20) else { return nil }
    _ = take(0x20)
    let count = countDigits()
    guard 1...2 ~= count, let day = number(count), take(0x20), let clock = clock() else {
      return nil
    }
    let end = at
    if take(0x20) {
      // date(1) says the zone before the year.
      let zone = ZoneName.read(bytes, at: at)
      if let zone { at = zone.end }
      if zone == nil || take(0x20), countDigits() == 4, let year = number(4), isAtEdge,
        1970...2199 ~= year,
        let stamp = Self.stamp(year: year, month: month + 1, day: day, clock: clock)
      {
        guard let offset = zone?.offset, case .local(let time) = stamp else { return stamp }
        return .instant(time - Int64(offset) * LogStamp.second)
      }
      at = end
    }
    return Self.stamp(year: nil, month: month + 1, day: day, clock: clock)
  }

  /// The time of day and the zone behind a full date.
  private mutating func dated(_ year: Int, _ month: Int, _ day: Int) -> LogStamp? {
    guard let clock = clock(),
      let stamp = Self.stamp(year: year, month: month, day: day, clock: clock),
      case .local(let local) = stamp
    else { return nil }
    let end = at
    if take(0x5A) || take(0x7A) { return .instant(local) }
    let isApart = take(0x20)
    if isApart, isWord("UTC") || isWord("GMT") {
      at += 3
      if isAtEdge { return .instant(local) }
    }
    if let offset = offset(), isAtEdge { return .instant(local - Int64(offset) * LogStamp.second) }
    at = end
    return stamp
  }

  private mutating func epoch(_ count: Int) -> LogStamp? {
    guard count <= 19, let value = number64(count) else { return nil }
    return LogStamp.epoch(count, value, fraction())
  }

  // MARK: Parts

  private static func stamp(year: Int?, month: Int, day: Int, clock: Int64) -> LogStamp? {
    guard 1...12 ~= month, 1...31 ~= day, clock < 86_401 * LogStamp.second,
      day <= (month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31)
    else { return nil }
    if let year {
      guard 1970...2199 ~= year else { return nil }
      let days = CivilDate(year: year, month: month, day: day).daysSince1970
      return .local(Int64(days) * 86_400 * LogStamp.second + clock)
    }
    let days =
      CivilDate(year: 2000, month: month, day: day).daysSince1970
      - CivilDate(year: 2000, month: 1, day: 1).daysSince1970
    return .yearless(Int64(days) * 86_400 * LogStamp.second + clock)
  }

  /// `10:00:10`, with a fraction behind a point or comma and `AM` or `PM`; in nanoseconds.
  private mutating func clock() -> Int64? {
    guard countDigits() == 2, var hour = number(2), take(0x3A), countDigits() == 2,
      let minute = number(2), take(0x3A), countDigits() == 2, let second = number(2), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    let fraction = fraction()
    if byte == 0x20, at + 3 <= bytes.count, bytes[at + 2] == 0x4D,
      bytes[at + 1] == 0x41 || bytes[at + 1] == 0x50, 1...12 ~= hour
    {
      hour = hour % 12 + (bytes[at + 1] == 0x50 ? 12 : 0)
      at += 3
    }
    return Int64(hour * 3600 + minute * 60 + second) * LogStamp.second + fraction
  }

  /// The digits behind a point or comma as nanoseconds.
  private mutating func fraction() -> Int64 {
    guard byte == 0x2E || byte == 0x2C, at + 1 < bytes.count, bytes[at + 1] &- 0x30 < 10 else {
      return 0
    }
    at += 1
    var (value, worth) = (Int64(0), Int64(100_000_000))
    while byte &- 0x30 < 10 {
      value += Int64(byte &- 0x30) * worth
      worth /= 10
      at += 1
    }
    return value
  }

  /// Seconds east of UTC as `+01:00` or `+0100`.
  private mutating func offset() -> Int? {
    guard byte == 0x2B || byte == 0x2D else { return nil }
    let sign = byte == 0x2B ? 1 : -1
    at += 1
    guard let hours = number(2), hours <= 18 else { return nil }
    _ = take(0x3A)
    guard let minutes = number(2), minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }

  /// Whether what was read ends here, and is not the beginning of something longer.
  private var isAtEdge: Bool {
    switch byte {
    case 0, 0x20, 0x5D, 0x7C, 0x7D, 0x29, 0x2C, 0x3B, 0x22, 0x27, 0x5B: true
    case 0x3A: at + 1 >= bytes.count || bytes[at + 1] == 0x20
    default: false
    }
  }

  private mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted, at < bytes.count else { return false }
    at += 1
    return true
  }

  private func countDigits() -> Int {
    var end = at
    while end < bytes.count, bytes[end] &- 0x30 < 10 { end += 1 }
    return end - at
  }

  private mutating func number(_ count: Int) -> Int? { number64(count).map { Int($0) } }

  private mutating func number64(_ count: Int) -> Int64? {
    guard count > 0, at + count <= bytes.count else { return nil }
    var value: Int64 = 0
    for place in at..<(at + count) {
      guard bytes[place] &- 0x30 < 10 else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = tens &+ Int64(bytes[place] &- 0x30)
    }
    at += count
    return value >= 0 ? value : nil
  }

  private func isWord(_ word: StaticString) -> Bool {
    guard at + 3 <= bytes.count else { return false }
    return (0..<3).allSatisfy { bytes[at + $0] == word.utf8Start[$0] }
  }

  private static let days: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
