import Quantities

/// How far clocks on the wall are from UTC, at any time: a place's rule, or one fixed distance.
///
/// It turns what a clock on the wall shows into the time that was meant. In the hour that comes
/// twice at the end of summer time two times fit; `LocalClock` tells them apart by their order.
package struct TimeZoneRule: Sendable, Hashable {
  /// What people call it: `Europe/Berlin`, `+02:00`, `UTC`.
  package let name: String
  /// Seconds east of UTC before the first change.
  private let first: Int
  /// The known changes, oldest first: from when on, and how far then.
  private let changes: [Change]
  /// What holds after the last known change.
  private let later: YearlyRule?

  /// From a moment on, in seconds since 1970, clocks are so many seconds east of UTC.
  struct Change: Sendable, Hashable {
    let start: Int64
    let offset: Int
  }

  init(name: String, first: Int, changes: [Change] = [], later: YearlyRule? = nil) {
    self.name = name
    self.first = first
    self.changes = changes
    self.later = later
  }

  /// Universal time.
  package static let utc = TimeZoneRule(name: "UTC", first: 0)

  /// A fixed distance as people write it: `Z`, `UTC`, `+02:00`, `-0330`, `+2`, `UTC+2`.
  ///
  /// Plus is east, as in ISO 8601; at most 18 hours. `nil` for anything else.
  package init?(offset text: String) {
    var rest = Array(text.utf8)[...]
    for word in ["UTC", "GMT", "Z", "z", "utc"] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      if rest.isEmpty {
        self = Self.utc
        return
      }
      break
    }
    guard let sign = rest.first, sign == 0x2B || sign == 0x2D else { return nil }
    rest = rest.dropFirst()
    let colon = rest.firstIndex(of: 0x3A)
    let digits = rest.filter { $0 != 0x3A }
    guard digits.allSatisfy({ $0 &- 0x30 < 10 }), colon.map({ rest.endIndex - $0 == 3 }) ?? true,
      digits.count == rest.count - (colon == nil ? 0 : 1)
    else { return nil }
    let values = digits.map { Int($0 &- 0x30) }
    let (hours, minutes): (Int, Int)
    switch values.count {
    case 1: (hours, minutes) = (values[0], 0)
    case 2: (hours, minutes) = (values[0] * 10 + values[1], 0)
    case 3: (hours, minutes) = (values[0], values[1] * 10 + values[2])
    case 4: (hours, minutes) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
    default: return nil
    }
    guard hours <= 18, minutes < 60 else { return nil }
    let seconds = (hours * 60 + minutes) * 60
    self.init(
      name: Self.name(offset: sign == 0x2D ? -seconds : seconds),
      first: sign == 0x2D ? -seconds : seconds)
  }

  /// Seconds east of UTC as `+02:00`.
  package static func name(offset: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = abs(offset) / 60
    return "\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// Seconds east of UTC at a time, in seconds since 1970.
  package func offset(at time: Int64) -> Int {
    guard let last = changes.last else { return later?.offset(at: time) ?? first }
    if time >= last.start { return later?.offset(at: time) ?? last.offset }
    // The first change behind the time.
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].start <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : changes[low - 1].offset
  }

  /// The times at which clocks on the wall show `local`, oldest first.
  ///
  /// `local` is in seconds since 1970-01-01 00:00 of the wall's own calendar. Two times fit in the
  /// hour that comes twice. In the one that is left out none does; then it is taken as if clocks
  /// had not been put forward yet.
  package func times(showing local: Int64) -> [Int64] {
    // No place is further from UTC than a day, and none changes twice in two days.
    let before = local - Int64(offset(at: local - 86_400))
    let after = local - Int64(offset(at: local + 86_400))
    let fitting = [min(before, after), max(before, after)].filter {
      $0 + Int64(offset(at: $0)) == local
    }
    guard let one = fitting.first, let other = fitting.last else { return [before] }
    return one == other ? [one] : [one, other]
  }
}

/// Turns what a clock on the wall shows into times, one after the other as they were written.
///
/// In the hour that comes twice, what steps back is the second one.
package struct LocalClock: Sendable {
  /// The rule by which the clock goes.
  package let zone: TimeZoneRule
  private var last: Int64?

  /// A clock in a zone that has shown nothing yet.
  package init(_ zone: TimeZoneRule) { self.zone = zone }

  /// Seconds since 1970 at which the clock showed `local`, which is as in `TimeZoneRule.times`.
  ///
  /// Lines of several processes may be a little out of order, so only a step back of more than half
  /// an hour begins the second hour.
  package mutating func time(showing local: Int64) -> Int64 {
    let candidates = zone.times(showing: local)
    var time = candidates[0]
    if candidates.count == 2, let last, time < last - 1800 { time = candidates[1] }
    last = time
    return time
  }
}
