import Formats
import Quantities
import Telemetry

/// How often times of day began anew.
struct PowerLogDayCount {
  static let day: Int64 = 86_400_000_000_000

  /// How many midnights there were so far.
  private(set) var count: Int64 = 0
  /// The last time of day.
  private(set) var last: Int64?

  /// Takes in a row's time.
  mutating func note(_ time: PowerLogPackedTime) {
    guard time.kind == 2 else { return }
    if let last, time.word < last - Self.day / 2 { count += 1 }
    last = time.word
  }
}

/// Which time the clock on a wall meant, row by row of one device.
///
/// All rows are surveyed first, and asked for again then: which of the hours that come twice rows belong
/// to shows by what comes after them.
struct PowerLogHours {
  /// Midnight before the first time of day; `nil` where there is none, or nobody knows it.
  var days: Int64?
  private(set) var hasUsedZone = false
  private(set) var assumptions: [String] = []

  private let clock: PowerLogClock
  private var dayCount = PowerLogDayCount()
  private var runs = PowerLogDoubledHours()
  /// The hour of the wall whose distance from UTC is known, by its number, and that in nanoseconds.
  private var hour = Int64.min
  private var offset: Int64 = 0

  init(_ clock: PowerLogClock) { self.clock = clock }

  /// Takes in the time of a row, in the order of the file.
  mutating func survey(_ time: PowerLogPackedTime) {
    if time.kind == 0 {
      runs.survey(time.word, nil)
      return
    }
    if time.kind == 4, assumptions.isEmpty, let words = clock.yearAssumption {
      assumptions = [words]
    }
    if let (first, second) = fitting(time) { runs.survey(first, second) }
  }

  /// Ends the survey: from here on rows are asked for their times, from the first on.
  mutating func endSurvey() {
    runs.endSurvey()
    dayCount = PowerLogDayCount()
  }

  /// The time of the next row, in nanoseconds since 1970; `nil` for a row without.
  @inline(__always)
  mutating func time(_ time: PowerLogPackedTime) -> Int64? {
    if time.kind == 0 {
      return runs.isEver ? runs.time(time.word, nil) : time.word
    }
    guard let (first, second) = fitting(time) else { return nil }
    return runs.isEver ? runs.time(first, second) : first
  }

  /// Both times that a row may have meant.
  @inline(__always)
  private mutating func fitting(_ time: PowerLogPackedTime) -> (Int64, Int64?)? {
    if time.kind == 1 { return showing(time.word) }
    return slowly(time)
  }

  private mutating func slowly(_ time: PowerLogPackedTime) -> (Int64, Int64?)? {
    if time.kind == 2 {
      dayCount.note(time)
      guard let days else { return nil }
      return showing(days + dayCount.count * PowerLogDayCount.day + time.word)
    }
    switch clock.day(time.time) {
    case .instant(let value)?: return (value, nil)
    case .wall(let value)?: return showing(value)
    default: return nil
    }
  }

  @inline(__always)
  private mutating func showing(_ wall: Int64) -> (Int64, Int64?) {
    hasUsedZone = true
    let hour = wall.flooredQuotient(by: 3_600_000_000_000)
    if hour == self.hour { return (wall - offset, nil) }
    return anew(wall, hour)
  }

  private mutating func anew(_ wall: Int64, _ hour: Int64) -> (Int64, Int64?) {
    let seconds = wall.flooredQuotient(by: 1_000_000_000)
    let rest = wall - seconds * 1_000_000_000
    let times = clock.zone.times(showing: seconds).map { $0 * 1_000_000_000 + rest }
    // Where clocks show the beginning and the end of an hour once and by one distance, they do not
    // change in it.
    let start = clock.zone.times(showing: hour * 3600)
    let end = clock.zone.times(showing: hour * 3600 + 3600)
    if start.count == 1, end.count == 1, times.count == 1, end[0] - start[0] == 3600,
      wall - times[0] == (hour * 3600 - start[0]) * 1_000_000_000
    {
      (self.hour, offset) = (hour, wall - times[0])
    }
    return (times[0], times.count > 1 ? times[1] : nil)
  }
}

/// Chooses for every row of an hour that comes twice which of the two it was.
///
/// A step back of more than half an hour begins the second one. Where there is none, the rows belong
/// to the hour that follows what is before them, or precedes what comes after them, more closely.
struct PowerLogDoubledHours {
  /// Rows of one such hour, one after the other.
  private struct Run {
    var start: Int64
    var before: Int64?
    var last: Int64
    var lastSecond: Int64
  }

  private static let halfHour: Int64 = 1_800_000_000_000

  /// Whether the rows of each run are of the second hour.
  private var choices: [Bool] = []
  private var run: Run?
  private var before: Int64?
  private var place = -1

  /// Whether there was such an hour.
  var isEver: Bool { !choices.isEmpty }

  /// Takes in the times that a row may have meant.
  @inline(__always)
  mutating func survey(_ first: Int64, _ second: Int64?) {
    if run == nil, second == nil {
      before = first
      return
    }
    surveyRun(first, second)
  }

  private mutating func surveyRun(_ first: Int64, _ second: Int64?) {
    if let run {
      if let second, first >= run.last - Self.halfHour {
        self.run?.last = first
        self.run?.lastSecond = second
        return
      }
      end(run, after: second == nil ? first : nil)
    }
    if let second {
      run = Run(start: first, before: before, last: first, lastSecond: second)
    } else {
      before = first
    }
  }

  private mutating func end(_ run: Run, after: Int64?) {
    var isSecond: Bool
    if let before = run.before, run.start < before - Self.halfHour {
      isSecond = true
    } else {
      let distance = run.before.map { abs(run.start - $0) } ?? .max
      let others = after.map { abs($0 - run.lastSecond) } ?? .max
      isSecond = others < distance
    }
    choices.append(isSecond)
    before = isSecond ? run.lastSecond : run.last
    self.run = nil
  }

  /// Ends the survey.
  mutating func endSurvey() {
    if let run { end(run, after: nil) }
    (run, before, place) = (nil, nil, -1)
  }

  /// The time of the next row.
  mutating func time(_ first: Int64, _ second: Int64?) -> Int64 {
    guard let second else {
      run = nil
      return first
    }
    if let run, first >= run.last - Self.halfHour {
      self.run?.last = first
    } else {
      place += 1
      run = Run(start: first, before: nil, last: first, lastSecond: second)
    }
    return choices[place] ? second : first
  }
}
