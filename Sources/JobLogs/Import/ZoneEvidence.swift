import Quantities

/// What a log shows of its zone, where times with a zone stand beside times without.
struct ZoneEvidence: Sendable {
  /// How many pairs fit a distance from UTC, in quarters of an hour.
  private var counts: [Int64: Int] = [:]
  private var shownAt: [Int64: Int64] = [:]
  private var total = 0
  private static let quarter = 900 * LogStamp.second

  /// Looks at the times of two lines, one behind the other.
  mutating func look(at one: LogStamp, _ other: LogStamp) {
    let distance: Int64
    switch (one, other) {
    case (.instant(let instant), .local(let shown)), (.local(let shown), .instant(let instant)):
      distance = shown - instant
    default: return
    }
    let nearest = (distance + Self.quarter / 2).flooredQuotient(by: Self.quarter)
    total += 1
    guard abs(distance - nearest * Self.quarter) < 60 * LogStamp.second, abs(nearest) <= 14 * 4
    else { return }
    counts[nearest, default: 0] += 1
    if shownAt[nearest] == nil {
      switch (one, other) {
      case (_, .local(let shown)), (.local(let shown), _): shownAt[nearest] = shown
      default: break
      }
    }
  }

  /// The first date without a zone at which clocks were at that distance, in nanoseconds.
  var shown: Int64? { offset.flatMap { shownAt[Int64($0 / 900)] } }

  /// Seconds east of UTC at which nearly all pairs fit; `nil` where there are too few.
  var offset: Int? {
    guard
      let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), best.value >= 3,
      best.value * 5 >= total * 4
    else { return nil }
    return Int(best.key) * 900
  }
}
