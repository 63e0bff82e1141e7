import Quantities
import Telemetry

/// What the times on the lines of a finished log mean, with all that had to be taken from elsewhere.
struct StampTimes: Sendable {
  /// The time of each stamp, in the order of the lines; empty when they count from a beginning.
  private(set) var times: [Timestamp] = []
  /// Seconds since the first stamp, where stamps are what passed since a beginning.
  private(set) var elapsed: [Double]?
  /// Whether a time had no zone of its own.
  private(set) var usesZone = false
  /// Whether a year was taken from the file's last change.
  private(set) var usesYear = false
  /// Whether a date was taken from the file's last change.
  private(set) var usesDate = false

  /// Whether dates are read with the day before the month, as the log's nights show.
  private(set) var readsDayFirst = false
  /// Seconds east of UTC that the log itself shows, by times with their zone beside times without.
  private(set) var ownOffset: Int?
  /// Whether that is another zone than the one that was named.
  private(set) var contradictsNamed = false

  private var local: LocalTime
  /// The last hour that comes once, and how far clocks were from UTC in it.
  private var plainHour: (hour: Int64, offset: Int64)?
  private let modified: Timestamp
  private static let day = 86_400 * LogStamp.second
  private static let half = day / 2

  /// Works it out; a log's last line is no younger than the file's last change.
  ///
  /// A zone that nobody named gives way to what the log itself shows, and so does one that was named and
  /// contradicts it.
  init(_ history: LogHistory, local: LocalTime, isNamed: Bool, modified: Timestamp) {
    self.local = local
    self.modified = modified
    let stamps = history.stamps
    if let offset = history.zone.offset, !isNamed || !Self.fits(local, offset, history.zone.shown) {
      ownOffset = offset
      contradictsNamed = isNamed
      self.local = LocalTime(zone: local.zone) { [$0 - Int64(offset)] }
    }
    let hasDates = stamps.contains { if case .clock = $0.stamp { false } else { true } }
    if !hasDates, let first = history.firstClock, isSinceBeginning(history, first) {
      countElapsed(stamps, isSum: history.clockDrops > 0)
      return
    }
    readsDayFirst = history.hasStrokes == true && Self.beginsWithDays(stamps)
    place(stamps, hasDates: hasDates)
  }

  /// Whether the clocks of a zone were so many seconds ahead of UTC at a date that was shown.
  private static func fits(_ local: LocalTime, _ offset: Int, _ shown: Int64?) -> Bool {
    guard let shown else { return true }
    let seconds = shown.flooredQuotient(by: LogStamp.second)
    return local.times(seconds).contains(seconds - Int64(offset))
  }

  /// Whether times of a clock are what passed since a beginning: they begin at zero, and the last is
  /// not the time of day at which the file was changed.
  private func isSinceBeginning(_ history: LogHistory, _ first: Int64) -> Bool {
    guard first < 60 * LogStamp.second else { return false }
    guard history.clockDrops == 0 else { return history.longestClock < Self.half }
    guard case .clock(let last)? = history.stamps.last?.stamp else { return false }
    let near = (-1...1 as ClosedRange<Int64>).flatMap {
      LiveStamps.times((modified.nanoseconds / Self.day + $0) * Self.day + last, local)
    }
    return !near.contains { abs(modified - $0) < 120 }
  }

  private mutating func countElapsed(_ stamps: [LogHistory.Heard], isSum: Bool) {
    var turns: Int64 = 0
    var before: Int64 = 0
    elapsed = stamps.map { heard in
      guard !isSum, case .clock(let time) = heard.stamp else {
        return Double(heard.sum) / 1e9
      }
      // strftime knows hours up to 23 only.
      if time < before - Self.half { turns += 1 }
      before = time
      return Double(turns * Self.day + time) / 1e9
    }
  }

  private mutating func place(_ stamps: [LogHistory.Heard], hasDates: Bool) {
    let year = lastYear(stamps)
    let date = hasDates ? nil : lastDay(stamps)
    times.reserveCapacity(stamps.count)
    let leading = leadingClocks(stamps)
    var last: Timestamp?
    var turn = year.map { -$0.turns } ?? 0
    var clockTurn = date.map { -$0.turns } ?? 0
    var before: (yearless: Int64?, clock: Int64?)
    for (place, heard) in stamps.enumerated() {
      var shown: Int64
      switch heard.stamp {
      case .instant(let time):
        times.append(Timestamp(nanoseconds: time))
        last = times.last
        continue
      case .local(let time): shown = readsDayFirst ? Self.swapped(time) : time
      case .yearless(let time):
        turn += Self.turn(from: before.yearless, to: time, period: 366 * Self.day)
        before.yearless = time
        shown = heard.stamp.local(inYear: (year?.last ?? 1970) + turn) ?? 0
        usesYear = true
      case .clock(let time):
        clockTurn += Self.turn(from: before.clock, to: time, period: Self.day)
        before.clock = time
        if let date {
          shown = (date.last + Int64(clockTurn)) * Self.day + time
        } else {
          shown = dayOf(last ?? modified) * Self.day + time
          if place < leading.count { shown = leading[place] }
          // Behind a dated line it is not earlier by much, so it is of the next day.
          if place >= leading.count, let last, let found = LiveStamps.times(shown, local).first,
            found - last < -6 * 3600
          {
            shown += Self.day
          }
        }
        usesDate = true
      }
      usesZone = true
      if let known = known(shown) {
        times.append(known)
        last = known
        continue
      }
      let fitting = LiveStamps.times(shown, local)
      // In the hour that comes twice, what steps back is the second one.
      let isSecond = fitting.count > 1 && (last.map { fitting[0] - $0 < -1800 } ?? false)
      times.append(fitting[isSecond ? 1 : 0])
      last = times.last
    }
  }

  /// Whether the day must stand before the month: where a night passes, the month goes on and the day
  /// stays, as of `11/02/2024 23:50` and `12/02/2024 00:00`.
  private static func beginsWithDays(_ stamps: [LogHistory.Heard]) -> Bool {
    var nights = 0
    var before: Int64?
    for heard in stamps {
      guard case .local(let time) = heard.stamp else { return false }
      defer { before = time }
      guard let before, time.flooredQuotient(by: day) != before.flooredQuotient(by: day) else {
        continue
      }
      let (last, next) = (date(before), date(time))
      guard last.year == next.year, last.day == next.day, next.day <= 12,
        next.month == last.month + 1, time % day < before % day
      else { return false }
      nights += 1
    }
    return nights > 0
  }

  private static func date(_ time: Int64) -> CivilDate {
    CivilDate(daysSince1970: Int(time.flooredQuotient(by: day)))
  }

  /// The same time of the day that is written the other way round.
  private static func swapped(_ time: Int64) -> Int64 {
    let shown = date(time)
    guard shown.day <= 12 else { return time }
    let meant = CivilDate(year: shown.year, month: shown.day, day: shown.month)
    return Int64(meant.daysSince1970) * day + time - time.flooredQuotient(by: day) * day
  }

  /// The time that is meant in an hour which comes once, and in which clocks are not changed.
  private mutating func known(_ shown: Int64) -> Timestamp? {
    let length = 3600 * LogStamp.second
    let hour = shown.flooredQuotient(by: length)
    if hour != plainHour?.hour {
      let start = LiveStamps.times(hour * length, local)
      let end = LiveStamps.times(hour * length + length - 1, local)
      guard start.count == 1, end.count == 1, end[0] - start[0] > 3599.999 else { return nil }
      plainHour = (hour, hour * length - start[0].nanoseconds)
    }
    return plainHour.map { Timestamp(nanoseconds: shown - $0.offset) }
  }

  /// The year of the last stamp without one, and how often the year changed until there.
  private func lastYear(_ stamps: [LogHistory.Heard]) -> (last: Int, turns: Int)? {
    var turns = 0
    var last: (stamp: LogStamp, time: Int64)?
    for heard in stamps {
      guard case .yearless(let time) = heard.stamp else { continue }
      turns += Self.turn(from: last?.time, to: time, period: 366 * Self.day)
      last = (heard.stamp, time)
    }
    guard let last else { return nil }
    let year = CivilDate(daysSince1970: Int(modified.nanoseconds / Self.day)).year
    // A day's grace: the file may be of another zone.
    let found = (year - 1...year + 1).reversed().first { year in
      last.stamp.local(inYear: year).flatMap { LiveStamps.times($0, local).first }
        .map { $0 < modified + 86_400 } ?? false
    }
    return (found ?? year, turns)
  }

  /// The day of the last time of day, and how often midnight passed until there.
  private func lastDay(_ stamps: [LogHistory.Heard]) -> (last: Int64, turns: Int)? {
    var turns = 0
    var last: Int64?
    for heard in stamps {
      guard case .clock(let time) = heard.stamp else { continue }
      turns += Self.turn(from: last, to: time, period: Self.day)
      last = time
    }
    guard let last else { return nil }
    let today = modified.nanoseconds / Self.day
    let found = (today - 1...today + 1).reversed().first { day in
      LiveStamps.times(day * Self.day + last, local).first.map { $0 < modified + 60 } ?? false
    }
    return (found ?? today, turns)
  }

  /// What the times of day before the first date show, each no later than the one behind it.
  private func leadingClocks(_ stamps: [LogHistory.Heard]) -> [Int64] {
    let clocks = stamps.prefix { if case .clock = $0.stamp { true } else { false } }
    guard !clocks.isEmpty, clocks.count < stamps.count else { return [] }
    var next: Timestamp
    switch stamps[clocks.count].stamp {
    case .instant(let time): next = Timestamp(nanoseconds: time)
    case .local(let time):
      let shown = readsDayFirst ? Self.swapped(time) : time
      guard let found = LiveStamps.times(shown, local).first else { return [] }
      next = found
    case .yearless, .clock: return []
    }
    var shown: [Int64] = []
    for heard in clocks.reversed() {
      guard case .clock(let time) = heard.stamp else { continue }
      var own = dayOf(next) * Self.day + time
      if let found = LiveStamps.times(own, local).first, found - next > 60 { own -= Self.day }
      next = LiveStamps.times(own, local).first ?? next
      shown.append(own)
    }
    return shown.reversed()
  }

  private func dayOf(_ time: Timestamp) -> Int64 {
    // The day that clocks show then: of those around it, the one whose beginning came last.
    let day = time.nanoseconds / Self.day
    return (day - 1...day + 1).reversed().first {
      LiveStamps.times($0 * Self.day, local).first.map { $0 <= time } ?? false
    } ?? day
  }

  /// 1 where a period ended between two stamps, -1 where a line is from before that end.
  private static func turn(from before: Int64?, to time: Int64, period: Int64) -> Int {
    guard let before else { return 0 }
    if time < before - period / 2 { return 1 }
    return time > before + period / 2 ? -1 : 0
  }
}
