import Formats
import Quantities
import Telemetry

/// Turns the times of a file's rows into points in time, all by the same rule.
struct PowerLogClock {
  /// The zone of times that are written without one.
  let zone: TimeZoneRule
  /// When the file was last written to, which tells the day of times that have none.
  let modified: Timestamp?
  private let isMonthFirst: Bool?
  /// What had to be assumed, in words.
  private(set) var assumptions: [String] = []
  /// Whether a time without a zone was read.
  private(set) var hasUsedZone = false

  /// A clock for the rows of a table.
  init(_ table: PowerLogTable, zone: TimeZoneRule, modified: Timestamp?) {
    self.zone = zone
    self.modified = modified
    let order = table.dayOrder.answer
    if let known = table.isMonthFirst {
      isMonthFirst = known
    } else {
      isMonthFirst = order.isMonthFirst
      if order.isAssumed {
        assumptions.append("its days are read as month, day, year")
      }
    }
  }

  /// The times of rows that belong to one device, in the order of the file; `nil` for a row without.
  mutating func times(_ rows: some Collection<PowerLogTime>) -> [Timestamp?] {
    var hours = hours(
      hasClock: rows.contains { if case .clock = $0 { true } else { false } },
      rows: { body in for row in rows { body(PowerLogPackedTime(row)) } })
    return rows.map { hours.time(PowerLogPackedTime($0)).map { Timestamp(nanoseconds: $0) } }
  }

  /// What has to be known of all rows of one device before any of them has its time.
  ///
  /// - Parameters:
  ///   - hasClock: whether some have a time of day only.
  ///   - rows: hands on the times of all, in the order of the file.
  mutating func hours(
    hasClock: Bool, rows: ((PowerLogPackedTime) -> Void) -> Void
  ) -> PowerLogHours {
    var hours = PowerLogHours(self)
    // Assumptions are said in the order in which they are needed.
    if hasClock {
      var days = PowerLogDayCount()
      rows { days.note($0) }
      hours.days = assumeDays(days)
    }
    withUnsafeMutablePointer(to: &hours) { hours in
      rows { hours.pointee.survey($0) }
    }
    hours.endSurvey()
    if hours.hasUsedZone { hasUsedZone = true }
    for words in hours.assumptions where !assumptions.contains(words) { assumptions.append(words) }
    return hours
  }

  /// The day of a row, where its own numbers do not tell it.
  func day(_ time: PowerLogTime) -> PowerLogTime? {
    inYear(time).flatMap { $0.resolved(isMonthFirst: isMonthFirst ?? true) }
  }

  /// Gives a day without a year the last one before the file was left.
  private func inYear(_ time: PowerLogTime) -> PowerLogTime? {
    if case .written = time { return modified.map { .instant($0.nanoseconds) } }
    guard case .yearless(let month, let day, let nanoseconds) = time else { return time }
    guard let modified else { return nil }
    let seconds = modified.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let wall = seconds + Int64(zone.offset(at: seconds))
    let year = CivilDate(daysSince1970: Int(wall.flooredQuotient(by: 86_400))).year
    // A day more, since zones differ.
    for year in [year, year - 1] {
      guard let days = TimeScanner.days(year, month, day), Int64(days) * 86_400 <= wall + 86_400
      else { continue }
      return .wall(Int64(days) * 86_400_000_000_000 + nanoseconds)
    }
    return nil
  }

  /// What is assumed where days have no year.
  var yearAssumption: String? {
    guard let modified else { return nil }
    let seconds = modified.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let wall = seconds + Int64(zone.offset(at: seconds))
    let year = CivilDate(daysSince1970: Int(wall.flooredQuotient(by: 86_400))).year
    return "its days have no year: the last is taken for one of \(year), when the file was written"
  }

  /// The midnight of the first of times of day, counted back from when the file was last written to.
  private mutating func assumeDays(_ days: PowerLogDayCount) -> Int64? {
    guard let last = days.last, let modified else { return nil }
    let day = PowerLogDayCount.day
    let seconds = modified.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let wall = (seconds + Int64(zone.offset(at: seconds))) * 1_000_000_000
    // The last row was written before the file was left, a minute of difference aside.
    var midnight = wall.flooredQuotient(by: day) * day
    if midnight + last > wall + 60_000_000_000 { midnight -= day }
    let date = CivilDate(daysSince1970: Int(midnight / day))
    let words =
      "its times have no day: the last is taken for one of "
      + "\(date.year)-\(Self.two(date.month))-\(Self.two(date.day)), when the file was written"
    if !assumptions.contains(words) { assumptions.append(words) }
    return midnight - days.count * day
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
