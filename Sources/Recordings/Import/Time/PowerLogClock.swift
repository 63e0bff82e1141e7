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
    var isEver = false
    var (couldBeMonth, couldBeDay) = (true, true)
    for row in table.rows {
      guard case .either(let first, let second, _, _, _) = row.time else { continue }
      isEver = true
      if first > 12 { couldBeMonth = false }
      if second > 12 { couldBeDay = false }
    }
    if let known = table.isMonthFirst {
      isMonthFirst = known
    } else {
      // Both cannot be: then some rows are wrong, and are left out by themselves.
      isMonthFirst = couldBeMonth
      if isEver, couldBeMonth, couldBeDay {
        assumptions.append("its days are read as month, day, year")
      }
    }
  }

  /// The times of rows that belong to one device, in the order of the file; `nil` for a row without.
  mutating func times(_ rows: some Collection<PowerLogTime>) -> [Timestamp?] {
    let rows = onDays(
      rows.map { inYear($0).flatMap { $0.resolved(isMonthFirst: isMonthFirst ?? true) } })
    // Both times that a clock on the wall may have meant.
    var fitting: [(first: Int64, second: Int64?)?] = []
    for row in rows {
      switch row {
      case .instant(let nanoseconds)?: fitting.append((nanoseconds, nil))
      case .wall(let wall)?:
        hasUsedZone = true
        let seconds = wall.flooredQuotient(by: 1_000_000_000)
        let rest = wall - seconds * 1_000_000_000
        let times = zone.times(showing: seconds).map { $0 * 1_000_000_000 + rest }
        fitting.append((times[0], times.count > 1 ? times[1] : nil))
      default: fitting.append(nil)
      }
    }
    return Self.chosen(fitting).map { $0.map { Timestamp(nanoseconds: $0) } }
  }

  /// Chooses for every row of an hour that comes twice which of the two it was.
  ///
  /// A step back of more than half an hour begins the second one. Where there is none, the rows belong
  /// to the hour that follows what is before them, or precedes what comes after them, more closely.
  private static func chosen(_ fitting: [(first: Int64, second: Int64?)?]) -> [Int64?] {
    var result = fitting.map { $0?.first }
    var place = 0
    while place < fitting.count {
      guard let start = fitting[place], start.second != nil else {
        place += 1
        continue
      }
      var end = place + 1
      var last = start.first
      while end < fitting.count, fitting[end] == nil || fitting[end]?.second != nil {
        if let first = fitting[end]?.first {
          if first < last - 1_800_000_000_000 { break }
          last = first
        }
        end += 1
      }
      let before = result[..<place].last { $0 != nil } ?? nil
      let after = fitting[end...].first { $0 != nil } ?? nil
      let isSecond: Bool
      if let before, start.first < before - 1_800_000_000_000 {
        isSecond = true
      } else {
        let lastSecond = fitting[..<end].last { $0 != nil }??.second ?? last
        let distance = before.map { abs(start.first - $0) } ?? .max
        let others =
          after.flatMap { $0.second == nil ? abs($0.first - lastSecond) : nil } ?? .max
        isSecond = others < distance
      }
      if isSecond {
        for row in place..<end { result[row] = fitting[row]?.second }
      }
      place = end
    }
    return result
  }

  /// Gives a day without a year the last one before the file was left.
  private mutating func inYear(_ time: PowerLogTime) -> PowerLogTime? {
    if case .written = time { return modified.map { .instant($0.nanoseconds) } }
    guard case .yearless(let month, let day, let nanoseconds) = time else { return time }
    guard let modified else { return nil }
    let seconds = modified.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let wall = seconds + Int64(zone.offset(at: seconds))
    let year = CivilDate(daysSince1970: Int(wall.flooredQuotient(by: 86_400))).year
    let words =
      "its days have no year: the last is taken for one of \(year), when the file was written"
    if !assumptions.contains(words) { assumptions.append(words) }
    // A day more, since zones differ.
    for year in [year, year - 1] {
      guard let days = TimeScanner.days(year, month, day), Int64(days) * 86_400 <= wall + 86_400
      else { continue }
      return .wall(Int64(days) * 86_400_000_000_000 + nanoseconds)
    }
    return nil
  }

  /// Gives times of day their days, counted back from when the file was last written to.
  private mutating func onDays(_ rows: [PowerLogTime?]) -> [PowerLogTime?] {
    let day: Int64 = 86_400_000_000_000
    var result = rows
    var days: [Int64] = []
    var last: Int64?
    var count: Int64 = 0
    for row in rows {
      guard case .clock(let time)? = row else {
        days.append(0)
        continue
      }
      if let last, time < last - day / 2 { count += 1 }
      last = time
      days.append(count)
    }
    guard let last, let modified else {
      return last == nil ? rows : rows.map { if case .clock? = $0 { nil } else { $0 } }
    }
    let seconds = modified.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let wall = (seconds + Int64(zone.offset(at: seconds))) * 1_000_000_000
    // The last row was written before the file was left, a minute of difference aside.
    var midnight = wall.flooredQuotient(by: day) * day
    if midnight + last > wall + 60_000_000_000 { midnight -= day }
    for place in rows.indices {
      guard case .clock(let time)? = rows[place] else { continue }
      result[place] = .wall(midnight - (count - days[place]) * day + time)
    }
    let date = CivilDate(daysSince1970: Int(midnight / day))
    let words =
      "its times have no day: the last is taken for one of "
      + "\(date.year)-\(Self.two(date.month))-\(Self.two(date.day)), when the file was written"
    if !assumptions.contains(words) { assumptions.append(words) }
    return result
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
