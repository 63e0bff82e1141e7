/// How often numbers came, of which quantiles are asked for, in bounded memory.
///
/// The numbers are exact as long as few of them differ, as the milliseconds of loggers do. Of very
/// many different ones the last bits are left out, so that a quantile is right to a thousandth.
struct PowerLogHistogram {
  private var counts: [Int64: Int] = [:]
  private var isCoarse = false
  private(set) var count = 0
  private var last: (value: Int64, count: Int)?

  /// How many different numbers are kept.
  private static let room = 65_536

  /// Counts a number, which is not negative.
  @inline(__always)
  mutating func add(_ value: Int64) {
    count += 1
    // Most come many times over.
    if last?.value == value {
      last?.count += 1
      return
    }
    keep()
    last = (value, 1)
  }

  private mutating func keep() {
    guard let last else { return }
    self.last = nil
    counts[isCoarse ? Self.coarse(last.value) : last.value, default: 0] += last.count
    guard counts.count > Self.room, !isCoarse else { return }
    isCoarse = true
    var coarse: [Int64: Int] = [:]
    for (value, count) in counts { coarse[Self.coarse(value), default: 0] += count }
    counts = coarse
  }

  /// The number with eleven bits, in the middle of those that are alike.
  private static func coarse(_ value: Int64) -> Int64 {
    let extra = 64 - value.leadingZeroBitCount - 11
    guard extra > 0 else { return value }
    return ((value >> Int64(extra)) << Int64(extra)) | (1 << Int64(extra - 1))
  }

  /// The numbers and how often each came, the least first.
  var sorted: [(value: Int64, count: Int)] {
    var copy = self
    copy.keep()
    return copy.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The number that would stand at a place if all were sorted.
  func value(at place: Int) -> Int64 {
    var rest = place
    for (value, count) in sorted {
      if rest < count { return value }
      rest -= count
    }
    return 0
  }
}
