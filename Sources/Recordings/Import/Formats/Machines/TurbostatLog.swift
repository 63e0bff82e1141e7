import Formats
import Telemetry

/// What `turbostat` writes with `--show …,Time_Of_Day_Seconds,PkgWatt,RAMWatt`.
///
///     Time_Of_Day_Seconds  Core  CPU  Avg_MHz  Busy%  PkgWatt  CorWatt  RAMWatt
///     1779966000.1         -     -    1200     50.0   120.5    90.1     12.2
///
/// The row without a core is the sum of all packages; each value is the mean since the row before.
/// Cores are inside the packages, memory is not. Source: turbostat(8).
enum TurbostatLog: PowerLogFormat {
  static let name = "turbostat"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(64).contains { line in
      let words = line.split { $0 == " " || $0 == "\t" }
      return words.contains("PkgWatt")
        && (words.contains("Avg_MHz") || words.contains("Busy%")
          || words.contains("Time_Of_Day_Seconds"))
    }
  }

  private static let parts: [(title: String, name: String, role: DeviceRole, kind: DeviceKind)] = [
    ("PkgWatt", "packages", .processor, .cpu), ("CorWatt", "cores", .processorPart, .cpu),
    ("GFXWatt", "graphics", .processorPart, .cpu), ("RAMWatt", "dram", .memory, .cpu),
    ("SysWatt", "system", .sensor, .meter),
  ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var titles: [String] = []
    var hasTime = true
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      let cells = line.bytes.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
      let words = cells.map { String(decoding: $0, as: UTF8.self) }
      if words.contains("PkgWatt") {
        titles = words
        hasTime = titles.contains("Time_Of_Day_Seconds")
        return hasTime
      }
      // What stands before the titles describes the machine.
      guard !titles.isEmpty else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      func cell(_ title: String) -> [UInt8]? {
        titles.firstIndex(of: title).flatMap { $0 < cells.count ? cells[$0] : nil }
      }
      let whole: [UInt8] = [UInt8(ascii: "-")]
      // Rows of single cores are shorter and are inside of the sum.
      for title in ["Package", "Core", "CPU"] {
        if let name = cell(title), name != whole { return true }
      }
      guard cells.count == titles.count, let stamp = cell("Time_Of_Day_Seconds"),
        let time = PowerLogTime(stamp)
      else {
        table.addBroken(
          line: line.number, "\(cells.count) cells where the titles are \(titles.count)")
        return true
      }
      for (title, name, role, kind) in parts {
        guard let cell = cell(title) else { continue }
        let subject = PowerLogSubject(
          kind: kind, role: role, marks: [.name: name],
          note: "turbostat, W, mean since the row before")
        table.add(
          line: line.number, time: time, subject: table.place(of: subject),
          [PowerLogValue(.power, PowerLogQuantity.power.read(cell[...], unit: 1))])
      }
      return true
    }
    if !hasTime, table.isEmpty {
      throw ImportError("has no times; log with `turbostat --enable Time_Of_Day_Seconds`")
    }
    return table
  }
}
