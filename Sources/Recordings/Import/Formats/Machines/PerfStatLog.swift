import Formats
import Telemetry

/// What `perf stat -a -I 1000 -e power/energy-pkg/ -o FILE` writes: the joules of each interval.
///
///     # started on Thu May 28 11:00:00 2026
///     #           time             counts unit events
///          1.000106518              60.34 Joules power/energy-pkg/
///
/// With `-x` the cells of a row are apart by what it says. Times count from the start, which only a
/// file of perf's own tells. Each socket has rows of its own with `--per-socket`. Source: perf-stat(1).
enum PerfStatLog: PowerLogFormat {
  static let name = "perf stat"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(64).contains { $0.contains("power/energy-") && $0.contains("Joules") }
  }

  private struct Row {
    var seconds: Double
    var socket: String?
    /// `nil` where it was not counted.
    var joules: Double?
    var event: String
  }

  private static let events: [String: (name: String, role: DeviceRole, kind: DeviceKind)] = [
    "pkg": ("package", .processor, .cpu), "ram": ("dram", .memory, .cpu),
    "cores": ("cores", .processorPart, .cpu), "gpu": ("graphics", .processorPart, .cpu),
    "psys": ("psys", .platform, .cpu),
  ]

  /// Takes a row apart, of either spelling.
  private static func row(_ line: String) -> Row? {
    guard let mark = line.firstRange(of: "power/energy-") else { return nil }
    let event = String(line[mark.upperBound...].prefix { $0 != "/" && $0 != "," && $0 != ";" })
    let before = line[..<mark.lowerBound]
    let separator = before.last ?? " "
    var cells = before.split(separator: separator).map { $0.filter { $0 != " " } }
    // Where a comma stands before fractions, perf writes one into the time as well.
    if separator == " " {
      guard let time = cells.first, time.contains(".") != time.contains(",") else { return nil }
      let isComma = time.contains(",")
      cells = cells.map { cell in
        isComma
          ? String(cell.filter { $0 != "." }.map { $0 == "," ? "." : $0 })
          : cell.filter { $0 != "," }
      }
    }
    guard cells.count >= 3, cells.last == "Joules", let time = cells.first,
      let seconds = PlainNumber.parse(time.utf8), 0..<1e8 ~= seconds
    else { return nil }
    // What stands between is the socket and how many processors were asked, or the node and core.
    let rest = cells[1..<(cells.count - 1)]
    let isCounted = rest.last.map { !$0.contains("<") && !$0.contains("counted") } ?? false
    let sockets = rest.first.flatMap { $0.first == "S" && $0.count <= 4 ? String($0) : nil }
    guard rest.count == 1 || (sockets != nil && rest.count == 3) || !isCounted else { return nil }
    let joules = isCounted ? rest.last.flatMap { PlainNumber.parse($0.utf8) } : nil
    if isCounted, joules == nil { return nil }
    return Row(seconds: seconds, socket: sockets, joules: joules, event: event)
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var start: Int64?
    var last: [Int: Double] = [:]
    var isStartless = false
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      let text = line.text
      if let mark = text.firstRange(of: "started on ") {
        if case .wall(let wall)? = PowerLogTime(Array(text[mark.upperBound...].utf8)) {
          start = wall
          last = [:]
        }
        return true
      }
      guard !text.hasPrefix("#"), text.contains("power/energy-") else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      guard let row = row(text), let event = events[row.event] else {
        table.addBroken(line: line.number, "is no row of an interval")
        return true
      }
      guard let start else {
        isStartless = true
        table.addBroken(line: line.number, "nothing says when it was started")
        return true
      }
      let name = row.socket.map { "\(event.name)-\($0.dropFirst())" } ?? event.name
      let subject = table.place(
        of: PowerLogSubject(
          kind: event.kind, role: event.role, marks: [.name: name],
          note: "perf stat, joules of an interval"))
      let before = last[subject] ?? 0
      last[subject] = row.seconds
      guard row.seconds > before else {
        table.addBroken(line: line.number, "its time is not after the one before")
        return true
      }
      let content: PowerLogValue.Content =
        row.joules.map { .number($0 / (row.seconds - before)) } ?? .absent("not counted")
      for seconds in before == 0 ? [0, row.seconds] : [row.seconds] {
        table.add(
          line: line.number, time: .wall(start + Int64((seconds * 1e9).rounded())),
          subject: subject, [PowerLogValue(.power, content)])
      }
      return true
    }
    if table.isEmpty, !isStartless, table.broken.count > 0 {
      throw ImportError(
        line: table.broken.line, "tells sums and no times; `perf stat -I 1000 -o FILE` does")
    }
    if table.isEmpty, isStartless {
      throw ImportError(
        line: table.broken.line,
        "does not say when it was started; `perf stat -I 1000 -o FILE` does")
    }
    return table
  }
}
