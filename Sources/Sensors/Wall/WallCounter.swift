import Telemetry

/// Decides whether a meter's counter stands for its energy: a pure state machine, one for a meter.
///
/// A counter that moves at every look is the best there is. But most count whole watt-hours, or are
/// renewed once a minute only: over a stretch of seconds such a counter tells nothing, or the joules of a
/// whole minute. A meter that tells its power as well is therefore first watched for some looks. If its
/// counter moves each time while power is drawn, it is told from its first value on; else its power is
/// integrated, and the counter left alone for good. A counter without a power beside it is told where it
/// has moved and only then: at that moment it is exact, and the straight line in between is the mean.
struct WallCounter {
  /// So many looks at a counter that moves each time show that it is a fine one.
  private static let enough = 8

  /// What came of the watching.
  enum Verdict: Hashable {
    /// Not known yet.
    case watched
    /// It is told at every look.
    case fine
    /// It is not told, since the power says more.
    case coarse
    /// It is told when it moves, since nothing else is known.
    case alone
  }

  /// A value of the counter that is to be told, in joules.
  struct Value: Hashable {
    var joules: Double
    var time: Timestamp
  }

  private(set) var verdict = Verdict.watched
  private var waiting: [Value] = []
  private var last: Double?
  private var lastWatts = 0.0
  private var moves: [Timestamp] = []

  /// Takes what the counter shows, and returns what is to be told now, oldest first.
  ///
  /// - Parameter watts: the power that was told with it; `nil` where none was.
  mutating func take(_ joules: Double, watts: Double?, at time: Timestamp) -> [Value] {
    let value = Value(joules: joules, time: time)
    let hasMoved = last != joules
    let hasFallen = last.map { joules < $0 } ?? false
    let isFirst = last == nil
    last = joules
    if hasMoved, !isFirst {
      moves.append(time)
      if moves.count > 64 { moves.removeFirst(32) }
    }
    switch verdict {
    case .fine: return hasMoved ? [value] : []
    case .coarse: return []
    case .alone: return hasMoved ? [value] : []
    case .watched: break
    }
    waiting.append(value)
    if let watts {
      defer { lastWatts = watts }
      // Where nothing is drawn it may rightly stand still, and shows nothing.
      if !isFirst, min(watts, lastWatts) > 0, !hasMoved || hasFallen { return decide(.coarse) }
      if watts <= 0 { waiting = [value] }
      return waiting.count > Self.enough ? decide(.fine) : []
    }
    // A meter may tell its power a little later; one that never has by now never will.
    return waiting.count > Self.enough / 2 ? decide(.alone) : []
  }

  private mutating func decide(_ verdict: Verdict) -> [Value] {
    self.verdict = verdict
    defer { waiting = [] }
    guard verdict == .alone else { return verdict == .fine ? waiting : [] }
    // The first value may stand for long already; those after it are exact where they moved.
    return waiting.enumerated().filter { $0 == 0 || $1.joules != waiting[$0 - 1].joules }
      .map(\.element)
  }

  /// The usual seconds between two moves; `nil` before there were three.
  var usualPeriod: Double? { moves.count > 2 ? moves.usualPeriod : nil }
}
