import Formats
import Quantities
import Telemetry

/// What PowerJoular writes with `-f`: processor, GPUs and their sum, in watts, once a second.
///
///     Date,CPU Utilization,Total Power,CPU Power,GPU Power
///      2026- 5- 28  11: 00: 00. 99,0.5,120.1,60.1,60.0
///
/// Numbers of the date are padded with blanks, also the milliseconds: `. 99` is 0.099 s. The total is
/// not added to its parts. Source: joular/powerjoular, csv_power.adb.
enum PowerJoularLog: PowerLogFormat {
  static let name = "PowerJoular CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first?.hasPrefix("Date,CPU Utilization,") ?? false
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    let titles = (text.head(1).first ?? "").split(separator: ",").map(String.init)
    guard titles.contains("Total Power") else {
      throw ImportError(line: 1, "tells of a process only; the file without its number has all")
    }
    let note = "PowerJoular, W, mean over a second"
    let parts: [(title: String, subject: PowerLogSubject)] = [
      (
        "CPU Power",
        PowerLogSubject(kind: .cpu, role: .processor, marks: [.name: "packages"], note: note)
      ),
      (
        "GPU Power",
        PowerLogSubject(
          marks: [.name: "all"], note: note, count: 16,
          attributes: [Device.tellerKey: "powerjoular"])
      ),
      (
        "Total Power",
        PowerLogSubject(kind: .meter, role: .sensor, marks: [.name: "total"], note: note)
      ),
    ]
    text.forEachLine { line in
      guard line.number > 1, !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      let cells = line.bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
      guard cells.count == titles.count, let time = time(cells[0]) else {
        table.addBroken(line: line.number, "is no row of PowerJoular")
        return true
      }
      for (title, subject) in parts {
        guard let place = titles.firstIndex(of: title) else { continue }
        let content = PowerLogQuantity.power.read(Array(cells[place])[...], unit: 1)
        // Without a GPU that it can read it writes zero.
        if title == "GPU Power", content == .number(0) { continue }
        table.add(
          line: line.number, time: time, subject: table.place(of: subject),
          [PowerLogValue(.power, content)])
      }
      return true
    }
    return table
  }

  /// A date of seven numbers with blanks anywhere.
  private static func time(_ cell: some Collection<UInt8>) -> PowerLogTime? {
    let numbers = cell.split { $0 &- 0x30 >= 10 }.compactMap { PlainNumber.whole($0) }
    guard numbers.count == 7, 2000...2200 ~= numbers[0], 1...12 ~= numbers[1],
      1...31 ~= numbers[2], numbers[3] < 24, numbers[4] < 60, numbers[5] <= 60, numbers[6] < 1000
    else { return nil }
    let date = CivilDate(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
    let seconds =
      Int64(date.daysSince1970) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    return .wall(seconds * 1_000_000_000 + numbers[6] * 1_000_000)
  }
}
