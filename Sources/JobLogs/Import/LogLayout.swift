import Telemetry

/// When each row of a finished log was, and how that is known.
struct LogLayout: Sendable {
  /// The time of each row.
  private(set) var times: [Timestamp] = []
  private(set) var timing = JobFacts.Timing.stamped

  /// What a stretch of rows takes by its own durations.
  private struct Course {
    /// Seconds since the first row of the stretch.
    var seconds: [Double]
    /// The share of its steps that have a duration.
    var covered: Double
  }

  /// Rows are no closer than this: two of the same time would be one.
  private static let least = 0.001
  /// Where the durations of so many steps are known, the rest goes along.
  private static let enough = 0.9

  /// Lays out the rows between the times that are known.
  init(_ rows: [LogHistory.Row], _ stamps: StampTimes, modified: Timestamp) {
    if stamps.elapsed == nil, !stamps.times.isEmpty, layOut(rows, stamps.times, modified) { return }
    let elapsed = rows.map { row in
      stamps.elapsed.flatMap { row.before >= 0 ? $0[row.before] : nil } ?? row.elapsed
    }
    let course = Self.course(rows, elapsed) ?? Self.evenly(elapsed)
    timing = course == nil ? .none : .durations
    let seconds = course ?? rows.indices.map { Double($0) * Self.least }
    let whole = seconds.last ?? 0
    times = seconds.map { modified - (whole - $0) }
  }

  /// Lays out rows between stamps; false when too much of them lies between none.
  private mutating func layOut(
    _ rows: [LogHistory.Row], _ stamps: [Timestamp], _ modified: Timestamp
  ) -> Bool {
    times = rows.map { $0.before >= 0 ? stamps[$0.before] : modified }
    var lost = 0
    var start = 0
    while start < rows.count {
      guard !rows[start].isStamped else {
        start += 1
        continue
      }
      var end = start + 1
      while end < rows.count, !rows[end].isStamped, rows[end].before == rows[start].before {
        end += 1
      }
      let before = rows[start].before
      let from = before >= 0 ? stamps[before] : nil
      let to = before + 1 < stamps.count ? stamps[before + 1] : nil
      if !place(rows, start..<end, from, to, modified) { lost += end - start }
      start = end
    }
    spread()
    return lost * 10 <= rows.count
  }

  /// Moves rows of the same time apart: in a recording they would be one.
  private mutating func spread() {
    var start = 0
    while start < times.count {
      var end = start + 1
      while end < times.count, times[end] == times[start] { end += 1 }
      for place in start..<end where end - start > 1 {
        times[place] = LogStamp.spread(times[place], place - start, of: end - start)
      }
      start = end
    }
  }

  /// Places rows without a time between two that are known; false when they lie anywhere.
  private mutating func place(
    _ rows: [LogHistory.Row], _ range: Range<Int>, _ from: Timestamp?, _ to: Timestamp?,
    _ modified: Timestamp
  ) -> Bool {
    let part = Array(rows[range])
    let course = Self.course(part, part.map(\.elapsed))
    let whole = course?.last ?? 0
    if let from, let to {
      let room = max(0, to - from)
      // Two lines of one message, mostly.
      if room > 2 { timing = .anchored }
      for (offset, place) in range.enumerated() {
        let seconds =
          course.map { whole < room ? $0[offset] : $0[offset] / max(whole, Self.least) * room }
          ?? Double(offset + 1) / Double(range.count + 1) * room
        times[place] = from + seconds
      }
      return true
    }
    for (offset, place) in range.enumerated() {
      let seconds = course?[offset] ?? Double(offset) * Self.least
      if let from { times[place] = from + seconds }
      if let to {
        times[place] =
          to - (course == nil ? Double(range.count - offset) * Self.least : whole - seconds)
      }
    }
    if course != nil { timing = .anchored }
    return course != nil
  }

  /// Seconds since the first row by what rows say of durations; `nil` where too few say anything.
  private static func course(_ rows: [LogHistory.Row], _ elapsed: [Double?]) -> [Double]? {
    guard rows.count > 1 else { return rows.isEmpty ? nil : elapsed[0].map { _ in [0] } }
    var seconds: [Double] = []
    seconds.reserveCapacity(rows.count)
    var now = 0.0
    var (covered, total) = (0.0, 0.0)
    var known: (time: Double, rowsAgo: Int)?
    var clocks = BarClocks()
    var step: Int64?
    var lastStepAt = 0.0
    for (index, row) in rows.enumerated() {
      let done = row.step.flatMap { next in step.map { Double(max(0, next - $0)) } }
      if let next = row.step { step = next }
      if let time = row.stepTime { known = (time, 0) } else { known?.rowsAgo += 1 }
      guard index > 0 else {
        if let passed = elapsed[0] { clocks.set(row.clock, passed, at: 0) }
        seconds.append(0)
        continue
      }
      let weight = done ?? 1
      total += weight
      // What rows between the two steps took is a part of it.
      let own = known.flatMap { known in
        known.rowsAgo <= 20 ? done.map { max(0, known.time * $0 - (now - lastStepAt)) } : nil
      }
      if clocks.isOver(row.clock) {
        // A line that was kept until later, beside a bar that has begun again since.
        covered += weight
      } else if let passed = elapsed[index] {
        if let exact = clocks.time(row.clock, passed) {
          // A bar counts whole seconds; between them its rate says where the row stands.
          let isWhole = passed == passed.rounded()
          now = isWhole ? min(max(now + (own ?? 0), exact), exact + 0.999) : max(now, exact)
          clocks.set(row.clock, passed, at: exact)
          covered += weight
        } else {
          // The first of its kind, or a bar that began again, whose seconds are all its own.
          if own != nil || !clocks.isEmpty { covered += weight }
          if clocks.hasBegunAnew(row.clock) {
            // Steps before it of which nothing is there took their time as well.
            now += max(own ?? 0, passed)
          } else {
            now += own ?? (clocks.isEmpty ? 0 : passed)
          }
          clocks.set(row.clock, passed, at: now)
        }
      } else if let own {
        now += own
        covered += weight
      }
      now = max(now, (seconds.last ?? 0) + least)
      if row.step != nil { lastStepAt = now }
      seconds.append(now)
    }
    return total > 0 && covered >= enough * total ? seconds : nil
  }

  /// Rows as far apart as each other, where only the time of all together is known.
  private static func evenly(_ elapsed: [Double?]) -> [Double]? {
    guard elapsed.count > 1, let whole = elapsed.last ?? nil, whole >= 1 else {
      return nil
    }
    return elapsed.indices.map { Double($0) / Double(elapsed.count - 1) * whole }
  }
}

/// When each bar of a log began, by the seconds it shows.
private struct BarClocks {
  /// By the bar; the lowest 16 bits of a clock say how often that began.
  private var known: [UInt64: (start: Double, last: Double, round: UInt64)] = [:]
  private var newest: UInt64?

  var isEmpty: Bool { known.isEmpty }

  /// When a bar shows so many seconds; `nil` where it began anew, or nobody knows when.
  ///
  /// One that was not seen before and shows more than the one beside it began with that one.
  func time(_ clock: UInt64, _ passed: Double) -> Double? {
    if hasBegunAnew(clock) { return nil }
    guard let past = known[clock >> 16] ?? newest.flatMap({ known[$0] }), passed >= past.last else {
      return nil
    }
    return past.start + passed
  }

  /// Whether a bar began again since it was last seen.
  func hasBegunAnew(_ clock: UInt64) -> Bool {
    known[clock >> 16].map { $0.round < clock & 0xFFFF } ?? false
  }

  /// Whether a bar has begun again since it had this clock.
  func isOver(_ clock: UInt64) -> Bool {
    known[clock >> 16].map { $0.round > clock & 0xFFFF } ?? false
  }

  /// A bar shows so many seconds at a time.
  mutating func set(_ clock: UInt64, _ passed: Double, at time: Double) {
    // More bars than this no job draws side by side.
    let bar = clock >> 16
    if known.count >= 256, known[bar] == nil { known = [:] }
    known[bar] = (time - passed, passed, clock & 0xFFFF)
    newest = bar
  }
}
