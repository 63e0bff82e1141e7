import Formats
import Telemetry

/// What `nvidia-smi dmon -o DT` and `pmon` write.
///
///     #Date       Time        gpu    pwr  gtemp
///     #YYYYMMDD   HH:MM:SS    Idx      W      C
///      20260528   11:00:00      0    300     55
///
/// Two lines of titles come again every few rows; which columns there are is the user's choice.
/// Power is in whole watts. `pmon` tells of processes and no power. Source: `nvidia-smi dmon -h`.
enum NvidiaDmonLog: PowerLogFormat {
  static let name = "nvidia-smi dmon"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains { line in
      let words = words(line)
      return line.hasPrefix("#") && words.contains("gpu")
        && (words.contains("pwr") || words.contains("sm"))
    }
  }

  private static func words(_ line: String) -> [Substring] {
    line.drop { $0 == "#" }.split(separator: " ")
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var titles: [String] = []
    var failure: ImportError?
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      if line.bytes.first == UInt8(ascii: "#") {
        let words = Self.words(line.text).map { $0.lowercased() }
        guard words.contains("gpu") else { return true }
        titles = words
        if !titles.contains("pwr") {
          failure = ImportError(
            line: line.number, "tells no power; `nvidia-smi dmon -s pu -o DT` does")
        } else if !titles.contains("time") {
          failure = ImportError(line: line.number, "has no times; log with `-o DT`")
        }
        return failure == nil
      }
      let cells = line.bytes.split(separator: 0x20).map { Array($0) }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      guard cells.count == titles.count else {
        table.addBroken(
          line: line.number, "\(cells.count) cells where the titles are \(titles.count)")
        return true
      }
      take(cells, titles, line.number, &table)
      return true
    }
    if let failure, table.isEmpty { throw failure }
    return table
  }

  private static func take(
    _ cells: [[UInt8]], _ titles: [String], _ line: Int, _ table: inout PowerLogTable
  ) {
    func cell(_ title: String) -> [UInt8]? { titles.firstIndex(of: title).map { cells[$0] } }
    let stamp = (cell("date").map { $0 + [0x20] } ?? []) + (cell("time") ?? [])
    guard let time = PowerLogTime(stamp), let index = cell("gpu") else {
      table.addBroken(line: line, "“\(String(decoding: stamp, as: UTF8.self))” is no time")
      return
    }
    let subject = table.place(
      of: PowerLogSubject(
        marks: [.index: String(decoding: index, as: UTF8.self)], note: "nvidia-smi dmon, whole W"))
    var values: [PowerLogValue] = []
    for (title, metric, quantity, factor) in columns {
      guard let cell = cell(title) else { continue }
      values.append(PowerLogValue(metric, quantity.read(cell[...], unit: factor)))
    }
    table.add(line: line, time: time, subject: subject, values)
  }

  private static let columns: [(String, Metric, PowerLogQuantity, Double)] = [
    ("pwr", .power, .power, 1), ("gtemp", .temperature, .temperature, 1),
    ("temp", .temperature, .temperature, 1), ("mtemp", .memoryTemperature, .temperature, 1),
    ("sm", .utilization, .share, 0.01), ("mem", .memoryActivity, .share, 0.01),
    ("mclk", .memoryClock, .clock, 1e6), ("pclk", .smClock, .clock, 1e6),
  ]
}
