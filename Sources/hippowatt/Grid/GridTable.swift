import Accounting
import Formats
import Quantities
import Telemetry

/// A course of shares and intensities that a user wrote as CSV: over dates, or over the hours of a day.
///
/// The first line names the columns: `time` with dates and their zone (RFC 3339) or with times of day,
/// `renewable %`, and where they are known `low-carbon %`, `intensity` (lifecycle g/kWh),
/// `direct intensity`, `low %` and `high %`. A row holds until the next one.
struct GridTable {
  /// What one row says, from its time on.
  struct Row {
    /// Nanoseconds since 1970, or seconds after midnight.
    var time: Int64
    var values: [(metric: Metric, value: Double)]
  }

  /// Why a table cannot be used, and in which line.
  struct Problem: Error, CustomStringConvertible {
    var line: Int
    var text: String
    var description: String { "line \(line): \(text)" }
  }

  private(set) var rows: [Row] = []
  /// Whether its times are of a day, and the same on every day.
  private(set) var isDaily = false

  private struct Column {
    var metric: Metric
    var factor: Double
  }

  /// Reads a table.
  /// - Throws: `Problem` with the line that cannot be read.
  init(_ text: String) throws(Problem) {
    var cells = CSVCells()
    var columns: [Column?]?
    var separator = UInt8(ascii: ",")
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let number = place + 1
      guard !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") else { continue }
      if columns == nil, !line.contains(","), line.contains(";") { separator = UInt8(ascii: ";") }
      Array(line.utf8).withUnsafeBufferPointer { cells.split($0, at: separator) }
      let words = (0..<cells.count).map { String(decoding: cells[$0], as: UTF8.self) }
      if let columns {
        try add(words, columns, number)
      } else {
        columns = try Self.columns(words, number)
      }
    }
    guard columns != nil else { throw Problem(line: 1, text: "there is no line of titles") }
    guard !rows.isEmpty else { throw Problem(line: 1, text: "there is no row below the titles") }
  }

  private static func columns(_ titles: [String], _ line: Int) throws(Problem) -> [Column?] {
    let wanted = "time,renewable %,intensity"
    guard let first = titles.first?.lowercased(), ["time", "date", "datetime"].contains(first)
    else {
      throw Problem(line: line, text: "the first column must be “time”, as in \(wanted)")
    }
    var columns: [Column?] = [nil]
    for title in titles.dropFirst() { columns.append(try column(title, line)) }
    let metrics = columns.compactMap { $0?.metric }
    guard Set(metrics).count == metrics.count else {
      throw Problem(line: line, text: "two columns say the same")
    }
    guard !Set(metrics).isDisjoint(with: [.renewableShare, .carbonIntensity, .directIntensity])
    else {
      throw Problem(
        line: line, text: "no column tells a renewable share or an intensity; write \(wanted)")
    }
    return columns
  }

  /// What a title says of its column; what is not known is left out, and a share needs its unit.
  private static func column(_ title: String, _ line: Int) throws(Problem) -> Column? {
    let isPercent = title.contains("%") || title.lowercased().contains("percent")
    var name = title.lowercased().filter { $0.isLetter }
    for ending in ["percent", "share", "gkwh", "gcoekwh", "gcokwh", "gperkwh"]
    where name.hasSuffix(ending) && name != ending {
      name.removeLast(ending.count)
    }
    let isRatio = title.lowercased().contains("share") && !isPercent
    let shares: [String: Metric] = [
      "renewable": .renewableShare, "renewables": .renewableShare, "lowcarbon": .lowCarbonShare,
      "low": .renewableShareLow, "renewablelow": .renewableShareLow,
      "high": .renewableShareHigh, "renewablehigh": .renewableShareHigh,
    ]
    let intensities: [String: Metric] = [
      "intensity": .carbonIntensity, "carbonintensity": .carbonIntensity,
      "lifecycleintensity": .carbonIntensity, "directintensity": .directIntensity,
    ]
    if let metric = intensities[name] { return Column(metric: metric, factor: 1) }
    guard let metric = shares[name] else { return nil }
    guard isPercent || isRatio else {
      throw Problem(
        line: line,
        text:
          "“\(title)” may be a percentage or a part of 1: write “\(title) %” or “\(title) share”")
    }
    return Column(metric: metric, factor: isPercent ? 0.01 : 1)
  }

  private mutating func add(
    _ words: [String], _ columns: [Column?], _ line: Int
  ) throws(Problem) {
    guard words.count <= columns.count else {
      throw Problem(line: line, text: "has more cells than there are titles")
    }
    let time = try self.time(words[0], line)
    if let last = rows.last?.time, time <= last {
      throw Problem(line: line, text: "“\(words[0])” is not after the line before")
    }
    var row = Row(time: time, values: [])
    for (word, column) in zip(words, columns) {
      guard let column, !word.isEmpty else { continue }
      guard let number = PlainNumber.parse(word.utf8) else {
        throw Problem(line: line, text: "“\(word)” is no number; leave out what is not known")
      }
      let value = number * column.factor
      guard column.metric.range.contains(value) else {
        throw Problem(line: line, text: "“\(word)” cannot be a \(column.metric.title)")
      }
      row.values.append((column.metric, value))
    }
    rows.append(row)
  }

  /// A date with its zone, or a time of day.
  private mutating func time(_ word: String, _ line: Int) throws(Problem) -> Int64 {
    let daily = Self.timeOfDay(word)
    // Minutes are enough: 2026-11-29T08:00Z.
    let dated = RFC3339.nanoseconds(word.utf8) ?? Self.withSeconds(word)
    if rows.isEmpty { isDaily = daily != nil }
    if isDaily, let daily { return Int64(daily) }
    if !isDaily, let dated { return dated }
    throw Problem(
      line: line,
      text: isDaily && !rows.isEmpty
        ? "“\(word)” is no time of day like those above"
        : "“\(word)”: write a date with its zone, such as 2026-11-29T08:00Z, or a time of day, 08:00"
    )
  }

  private static func withSeconds(_ word: String) -> Int64? {
    guard word.utf8.count >= 17 else { return nil }
    let head = word.prefix(16)
    return RFC3339.nanoseconds("\(head):00\(word.dropFirst(16))".utf8)
  }

  /// Seconds after midnight of `08:00`, up to `23:59`; `nil` for anything else.
  static func timeOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }),
      parts.allSatisfy({ $0.allSatisfy { "0"..."9" ~= $0 } }), parts[1].count == 2,
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 3600 + minute * 60
  }

  /// A point in time that a user names: a date with its zone.
  static func date(_ text: String) -> Timestamp? {
    (RFC3339.nanoseconds(text.utf8) ?? withSeconds(text)).map { Timestamp(nanoseconds: $0) }
  }
}
