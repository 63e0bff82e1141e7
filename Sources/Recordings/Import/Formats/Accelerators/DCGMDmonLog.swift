import Formats
import Telemetry

/// What `dcgmi dmon -e 155,156` writes, with a time put before each line by `ts`.
///
///     2026-05-28T11:00:00 #Entity   POWER      TOTEC
///     2026-05-28T11:00:00 ID        W          mJ
///     2026-05-28T11:00:00 GPU 0     185.300    123456789
///
/// It writes no times itself. Rows of MIG instances are no boards'. Source: NVIDIA DCGM, `dcgmi dmon`.
enum DCGMDmonLog: PowerLogFormat {
  static let name = "dcgmi dmon"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains { titles($0) != nil }
  }

  /// The titles behind “Entity” in a line that has them.
  private static func titles(_ line: String) -> [String]? {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard let place = words.firstIndex(where: { $0 == "#Entity" || $0 == "Entity" }),
      words[place] == "#Entity" || (place > 0 && words[place - 1] == "#")
    else { return nil }
    return words[(place + 1)...].map(String.init)
  }

  private static let columns:
    [String: (metric: Metric, quantity: PowerLogQuantity, factor: Double)] = [
      "POWER": (.power, .power, 1), "TOTEC": (.energy, .energy, 1e-3),
      "GPUTL": (.utilization, .share, 0.01), "MCUTL": (.memoryActivity, .share, 0.01),
      "TMPTR": (.temperature, .temperature, 1), "SMCLK": (.smClock, .clock, 1e6),
      "SMACT": (.smActive, .share, 1), "TENSO": (.tensorActive, .share, 1),
      "DRAMA": (.dramActive, .share, 1),
    ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var known: [String] = []
    var isTimeless = false
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      let text = line.text
      if let titles = titles(text) {
        if line.isWhole { known = titles }
        return true
      }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      let words = text.split { $0 == " " || $0 == "\t" }
      guard let place = words.firstIndex(of: "GPU"), place + 1 < words.count,
        let index = Int(words[place + 1])
      else { return true }
      let cells = words[(place + 2)...]
      guard cells.count == known.count else {
        table.addBroken(
          line: line.number, "\(cells.count) values where the titles are \(known.count)")
        return true
      }
      let stamp = Array(words[..<place].joined(separator: " ").utf8)
      guard let time = PowerLogTime(stamp) else {
        isTimeless = true
        table.addBroken(line: line.number, "it has no time")
        return true
      }
      let subject = PowerLogSubject(marks: [.index: "\(index)"], note: "dcgmi dmon")
      let values = zip(known, cells).compactMap { title, cell -> PowerLogValue? in
        guard let column = columns[title] else { return nil }
        return PowerLogValue(
          column.metric, column.quantity.read(Array(cell.utf8)[...], unit: column.factor))
      }
      table.add(line: line.number, time: time, subject: table.place(of: subject), values)
      return true
    }
    if table.isEmpty, isTimeless {
      throw ImportError(
        line: table.broken.line,
        "has no times; log with `dcgmi dmon -e 155,156 | ts %Y-%m-%dT%H:%M:%S`")
    }
    return table
  }
}
