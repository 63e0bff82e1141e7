import Formats
import Quantities
import Telemetry

/// A course of shares and intensities that a user wrote as CSV: over dates, or over the hours of a day.
///
/// The first line names the columns: `time` with dates and their zone (RFC 3339) or with times of day,
/// and what is known of `renewable %`, `low-carbon %`, `intensity` (lifecycle g/kWh), `direct intensity`,
/// `marginal intensity`, `low %` and `high %`. A column `forecast` tells true or false. A row holds until
/// the next one.
package struct GridTable: Sendable {
  /// What one row says, from its time on.
  package struct Row: Sendable {
    /// Nanoseconds since 1970, or seconds after midnight.
    package var time: Int64
    /// The values, each in its metric's unit.
    package var values: [(metric: Metric, value: Double)]
    /// Whether it was said before its time; `nil` where the table does not tell.
    package var isForecast: Bool?
  }

  /// Why a table cannot be used, and in which line.
  package struct Problem: Error, CustomStringConvertible {
    /// The number of the line, from 1.
    package var line: Int
    /// What is wrong with it.
    package var text: String
    package var description: String { "line \(line): \(text)" }

    /// A problem in a line.
    package init(line: Int, text: String) { (self.line, self.text) = (line, text) }
  }

  /// The rows, in order of time.
  package private(set) var rows: [Row] = []
  /// Whether its times are of a day, and the same on every day.
  package private(set) var isDaily = false
  /// What was left out, and why, for people.
  package private(set) var remarks: [String] = []

  /// What a column tells.
  private enum Column {
    case time
    case value(Metric, factor: Double)
    case forecast
    case nothing

    var metric: Metric? {
      if case .value(let metric, _) = self { metric } else { nil }
    }
  }

  /// What dates without a zone are of; `nil` where such dates are refused.
  private var zone: TimeZoneRule?
  private var hasFlags = false
  private var hasLeftLowCarbonOut = false

  /// Reads a table.
  ///
  /// - Parameter zone: what dates without a zone are of; a title such as `time (UTC)` says it as well.
  /// - Throws: `Problem` with the line that cannot be read.
  package init(_ text: String, zone: TimeZoneRule? = nil) throws(Problem) {
    self.zone = zone
    var cells = CSVCells()
    var columns: [Column]?
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
      if columns == nil {
        columns = try titles(words, number)
      } else {
        try add(words, &columns, number)
      }
    }
    guard columns != nil else { throw Problem(line: 1, text: "there is no line of titles") }
    guard !rows.isEmpty else { throw Problem(line: 1, text: "there is no row below the titles") }
  }

  private mutating func titles(_ titles: [String], _ line: Int) throws(Problem) -> [Column] {
    let wanted = "time,renewable %,intensity"
    let names = titles.map { $0.lowercased().filter(\.isLetter) }
    let plain: Set<String> = ["time", "date", "datetime", "timestamp"]
    guard
      let time = names.firstIndex(where: {
        plain.contains($0) || $0.hasSuffix("utc") && plain.contains(String($0.dropLast(3)))
      })
    else { throw Problem(line: line, text: "no column is “time”, as in \(wanted)") }
    if names[time].hasSuffix("utc") { zone = .utc }
    var columns: [Column] = []
    for (place, title) in titles.enumerated() {
      let column = place == time ? .time : try Self.column(title, line)
      columns.append(column)
      if case .nothing = column, let words = Self.silence(names[place], title) {
        remarks.append(words)
      }
    }
    let metrics = columns.compactMap(\.metric)
    guard Set(metrics).count == metrics.count else {
      throw Problem(line: line, text: "two columns say the same")
    }
    let telling: Set<Metric> = [
      .renewableShare, .renewableShareOfLoad, .lowCarbonShare, .carbonIntensity, .directIntensity,
      .marginalIntensity,
    ]
    guard !telling.isDisjoint(with: metrics) else {
      throw Problem(
        line: line,
        text: "no column tells a share or an intensity; write \(wanted)"
          + remarks.map { "; " + $0 }.joined())
    }
    return columns
  }

  /// Why a column is not read whose title begins like one that is; `nil` for any other.
  private static func silence(_ name: String, _ title: String) -> String? {
    let beginnings = [
      "intensity", "carbonintensity", "lifecycleintensity", "directintensity", "marginal",
      "renewable", "lowcarbon",
    ]
    guard let beginning = beginnings.first(where: name.hasPrefix) else { return nil }
    let unit = ["renewable", "lowcarbon"].contains(beginning) ? "%" : "g/kWh"
    return "the column “\(title.prefix(60))” is not read: its unit is not known, write \(unit)"
  }

  /// What a title says of its column; what is not known is left out, and a share needs its unit.
  private static func column(_ title: String, _ line: Int) throws(Problem) -> Column {
    let isPercent = title.contains("%") || title.lowercased().contains("percent")
    var name = title.lowercased().filter { $0.isLetter }
    if ["forecast", "isforecast"].contains(name) { return .forecast }
    for ending in ["percent", "share", "gkwh", "gcoekwh", "gcokwh", "gperkwh"]
    where name.hasSuffix(ending) && name != ending {
      name.removeLast(ending.count)
    }
    let isRatio = title.lowercased().contains("share") && !isPercent
    let shares: [String: Metric] = [
      "renewable": .renewableShare, "renewables": .renewableShare, "lowcarbon": .lowCarbonShare,
      "low": .renewableShareLow, "renewablelow": .renewableShareLow,
      "high": .renewableShareHigh, "renewablehigh": .renewableShareHigh,
      "renewableofload": .renewableShareOfLoad, "renewableshareofload": .renewableShareOfLoad,
    ]
    let intensities: [String: Metric] = [
      "intensity": .carbonIntensity, "carbonintensity": .carbonIntensity,
      "lifecycleintensity": .carbonIntensity, "directintensity": .directIntensity,
      "marginal": .marginalIntensity, "marginalintensity": .marginalIntensity,
    ]
    if let metric = intensities[name] { return .value(metric, factor: 1) }
    guard let metric = shares[name] else { return .nothing }
    guard isPercent || isRatio else {
      throw Problem(
        line: line,
        text:
          "“\(title)” may be a percentage or a part of 1: write “\(title) %” or “\(title) share”")
    }
    return .value(metric, factor: isPercent ? 0.01 : 1)
  }

  private mutating func add(
    _ words: [String], _ columns: inout [Column]?, _ line: Int
  ) throws(Problem) {
    let titles = columns ?? []
    guard words.count <= titles.count else {
      throw Problem(line: line, text: "has more cells than there are titles")
    }
    let place = titles.firstIndex { if case .time = $0 { true } else { false } } ?? 0
    guard words.indices.contains(place) else { throw Problem(line: line, text: "has no time") }
    let time = try self.time(words[place], line)
    if let last = rows.last?.time, time <= last {
      throw Problem(line: line, text: "“\(words[place])” is not after the line before")
    }
    var row = Row(time: time, values: [])
    for (place, (word, column)) in zip(words, titles).enumerated() where !word.isEmpty {
      switch column {
      case .time, .nothing: break
      case .forecast:
        if let flag = Self.flag(word) {
          row.isForecast = flag
          hasFlags = true
        } else if hasFlags {
          throw Problem(line: line, text: "“\(word)” is neither true nor false")
        } else {
          // A column of that name may as well hold values, of which nobody knows what they are.
          columns?[place] = .nothing
        }
      case .value(let metric, let factor):
        guard let number = PlainNumber.parse(word.utf8) else {
          throw Problem(line: line, text: "“\(word)” is no number; leave out what is not known")
        }
        let value = number * factor
        guard metric.range.contains(value) else {
          throw Problem(line: line, text: "“\(word)” cannot be a \(metric.title)")
        }
        row.values.append((metric, value))
      }
    }
    func value(_ metric: Metric) -> Double? { row.values.first { $0.metric == metric }?.value }
    if let low = value(.renewableShareLow), let high = value(.renewableShareHigh), low > high {
      throw Problem(line: line, text: "its “low %” is above its “high %”")
    }
    if let renewable = value(.renewableShare), let lowCarbon = value(.lowCarbonShare),
      renewable > lowCarbon + GridPlausibility.rounding + 1e-9
    {
      row.values.removeAll { $0.metric == .lowCarbonShare }
      if !hasLeftLowCarbonOut {
        remarks.append(
          "line \(line): low-carbon is left out: it is below renewable, which is a part of it")
      }
      hasLeftLowCarbonOut = true
    }
    rows.append(row)
  }

  private static func flag(_ word: String) -> Bool? {
    switch word.lowercased() {
    case "true", "yes", "1", "forecast": true
    case "false", "no", "0", "measured": false
    default: nil
    }
  }

  /// A date with its zone, or a time of day.
  private mutating func time(_ word: String, _ line: Int) throws(Problem) -> Int64 {
    let daily = Self.timeOfDay(word)
    // Minutes are enough: 2026-11-29T08:00Z.
    var dated = RFC3339.nanoseconds(word.utf8) ?? Self.withSeconds(word)
    if dated == nil { dated = try local(word, line) }
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

  /// A date without a zone, by the zone that is declared; `nil` where none is, or it is no such date.
  private func local(_ word: String, _ line: Int) throws(Problem) -> Int64? {
    guard let zone, let shown = RFC3339.nanoseconds("\(word)Z".utf8) ?? Self.withSeconds("\(word)Z")
    else { return nil }
    let seconds = shown.flooredQuotient(by: 1_000_000_000)
    let fitting = zone.times(showing: seconds).filter { $0 + Int64(zone.offset(at: $0)) == seconds }
    guard fitting.count == 1, let time = fitting.first else {
      throw Problem(
        line: line,
        text: "“\(word)” is "
          + (fitting.isEmpty ? "left out by the clocks of" : "two times in")
          + " \(zone.name); write dates with their zone, such as 2026-11-29T08:00Z")
    }
    return time * 1_000_000_000
  }

  private static func withSeconds(_ word: String) -> Int64? {
    guard word.utf8.count >= 17 else { return nil }
    let head = word.prefix(16)
    return RFC3339.nanoseconds("\(head):00\(word.dropFirst(16))".utf8)
  }

  /// Seconds after midnight of `08:00`, up to `23:59`; `nil` for anything else.
  package static func timeOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }),
      parts.allSatisfy({ $0.allSatisfy { "0"..."9" ~= $0 } }), parts[1].count == 2,
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 3600 + minute * 60
  }

  /// A point in time that a user names: a date with its zone.
  package static func date(_ text: String) -> Timestamp? {
    (RFC3339.nanoseconds(text.utf8) ?? withSeconds(text)).map { Timestamp(nanoseconds: $0) }
  }
}
