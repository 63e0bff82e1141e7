import Telemetry

/// Which of two numbers of a date is the month, as far as the dates of a file tell.
///
/// A number above twelve is none. Where both could be one, a night shows it: read the wrong way, the next
/// day lies a month away.
struct PowerLogDayOrder {
  /// Whether a date leaves it open.
  private(set) var isEver = false
  /// Whether the first number could be the month in all dates.
  private(set) var couldBeMonth = true
  /// Whether the first number could be the day in all dates.
  private(set) var couldBeDay = true
  private var last: (first: Int, second: Int, year: Int)?
  /// How many days the dates go to and fro if the first number is the month, and if it is the day.
  private var ways = (month: 0, day: 0)

  /// Takes in a time, in the order of the file.
  mutating func note(_ time: PowerLogPackedTime) {
    guard case .either(let first, let second, let year, _, _) = time.time else { return }
    isEver = true
    if first > 12 { couldBeMonth = false }
    if second > 12 { couldBeDay = false }
    defer { last = (first, second, year) }
    guard let last, last != (first, second, year), couldBeMonth, couldBeDay else { return }
    ways.month += Self.distance(
      TimeScanner.days(last.year, last.first, last.second), TimeScanner.days(year, first, second))
    ways.day += Self.distance(
      TimeScanner.days(last.year, last.second, last.first), TimeScanner.days(year, second, first))
  }

  private static func distance(_ one: Int?, _ other: Int?) -> Int {
    guard let one, let other else { return 0 }
    return min(abs(one - other), 100_000)
  }

  /// Whether the first number is the month, and whether that is no more than a custom.
  ///
  /// Where neither can be, some rows are wrong, and are left out by themselves.
  var answer: (isMonthFirst: Bool, isAssumed: Bool) {
    guard isEver, couldBeMonth, couldBeDay else { return (couldBeMonth, false) }
    if ways.day * 5 <= ways.month, ways.month > 0 { return (false, false) }
    if ways.month * 5 <= ways.day, ways.day > 0 { return (true, false) }
    return (true, true)
  }
}
