import Formats
import Telemetry

/// Pages of an exporter, `/metrics`, that were written to a file one after the other.
///
///     # 2026-05-28T11:00:00Z
///     DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-…",Hostname="n1"} 300.5 1779966000000
///
/// The time of a value is the one behind it; else that of a line above its page which is a time and
/// nothing else, such as `date` writes; else the machine's own on the page (`node_time_seconds`). A
/// page ends where a series comes again, and a single one without any time is of when the file was
/// written. Source: Prometheus' exposition format, OpenMetrics.
enum PrometheusPageLog: PowerLogFormat {
  static let name = "Prometheus pages"

  static func recognises(_ text: PowerLogText) -> Bool {
    // A page of node_exporter has thousands of lines before its first joule.
    var isPage = false
    var count = 0
    var isOther = false
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      var walk = PrometheusLine(line.bytes)
      walk.skipBlanks()
      count += 1
      if walk.isComment || PowerLogTime(line.bytes) != nil { return count < 65_536 }
      if let name = walk.name() {
        isPage =
          isPage || PrometheusPowerSeries.byName[String(decoding: name, as: UTF8.self)] != nil
        if !isPage, !walk.hasLabels, walk.value() == nil { isOther = true }
      } else {
        isOther = count < 3
      }
      return !isPage && !isOther && count < 65_536
    }
    return isPage
  }

  /// One value of a page.
  private struct Value {
    var line: Int
    var subject: Int
    var value: PowerLogValue
    var time: PowerLogTime?
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var page: [Value] = []
    var seen: Set<[UInt8]> = []
    /// The time of the page, as a line above it says, or as the machine says on it.
    var time: (above: PowerLogTime?, told: PowerLogTime?)
    var isTimeless = false
    var pages = 0
    func close(isLast: Bool = false) {
      var known = time.above ?? time.told
      if page.contains(where: { ($0.time ?? known) == nil }) {
        isTimeless = true
        // One page alone is of when it was written: the moment's powers, and no joules.
        if isLast, pages == 0 {
          known = .written
          table.assumptions.append(
            "its page has no time and is taken for one of when the file was written")
        }
      }
      if !page.isEmpty { pages += 1 }
      add(page, known, &table)
      page.removeAll(keepingCapacity: true)
      seen.removeAll(keepingCapacity: true)
      time.told = nil
    }
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      var stamp = line.bytes.drop { $0 == 0x20 || $0 == UInt8(ascii: "#") }
      while stamp.last == 0x20 { stamp = stamp.dropLast() }
      if stamp.count >= 10, let first = stamp.first, first != UInt8(ascii: "D"),
        let found = PowerLogTime(stamp)
      {
        guard line.isWhole else { return true }
        close()
        time = (found, nil)
        return true
      }
      var walk = PrometheusLine(line.bytes)
      walk.skipBlanks()
      guard !walk.isComment, let bytes = walk.name() else { return true }
      let name = String(decoding: bytes, as: UTF8.self)
      if name == "node_time_seconds" {
        if line.isWhole, let seconds = walk.value(), 6e8..<6e9 ~= seconds {
          if time.told != nil { close() }
          time.told = .instant(Int64((seconds * 1e6).rounded()) * 1000)
        }
        return true
      }
      guard let series = PrometheusPowerSeries.byName[name] else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      guard let labels = walk.labels(), let sample = walk.sample() else {
        table.addBroken(line: line.number, "is no series with a value")
        return true
      }
      // What tells a series apart is its name with its labels, as written.
      let text = line.bytes.lastIndex(of: UInt8(ascii: "}")).map { Array(line.bytes[...$0]) }
      let key = text ?? Array(name.utf8)
      if !seen.insert(key).inserted {
        let (_, above) = (close(), time.above)
        // A time that stands above one page says nothing of the next.
        if above != nil { time.above = nil }
        seen.insert(key)
      }
      let lookup = PrometheusPowerSeries.Labels { label in
        labels.first { $0.name == label }?.value
      }
      guard let subject = series.subject(lookup) else { return true }
      page.append(
        Value(
          line: line.number, subject: table.place(of: subject),
          value: PowerLogValue(series.metric, .number(sample.value * series.factor)),
          time: sample.time.flatMap { PowerLogTime(Array($0)) }))
      return true
    }
    close(isLast: true)
    if table.isEmpty, isTimeless {
      throw ImportError(
        "has no times; write one above each page: `date -Is; curl -s localhost:9400/metrics`")
    }
    return table
  }

  /// Adds the values of a page, those of one thing and one time together.
  private static func add(
    _ page: [Value], _ time: PowerLogTime?, _ table: inout PowerLogTable
  ) {
    var rows: [(line: Int, subject: Int, time: PowerLogTime, values: [PowerLogValue])] = []
    var places: [Int: Int] = [:]
    for value in page {
      guard let time = value.time ?? time else {
        table.addBroken(line: value.line, "its page has no time")
        continue
      }
      if let known = places[value.subject], rows[known].time == time {
        // Rows of a board's parts repeat the board's.
        if !rows[known].values.contains(where: { $0.metric == value.value.metric }) {
          rows[known].values.append(value.value)
        }
      } else {
        places[value.subject] = rows.count
        rows.append((value.line, value.subject, time, [value.value]))
      }
    }
    for row in rows {
      table.add(line: row.line, time: row.time, subject: row.subject, row.values)
    }
  }
}
