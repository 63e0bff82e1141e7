import Formats
import Telemetry

/// What SPEC's PTDaemon writes of a power analyser, as MLPerf Inference publishes it (`spl.txt`).
///
///     Time,05-28-2026 11:00:00.682,Watts,1200.950000,Volts,228.570000,Amps,5.206430,PF,0.986400,Mark,notset
///
/// Whether month or day comes first differs, and is seen by the whole file. Source: mlcommons/power-dev.
enum PTDaemonLog: PowerLogFormat {
  static let name = "PTDaemon log"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(16).contains { $0.hasPrefix("Time,") && $0.contains(",Watts,") }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    let subject = table.place(
      of: PowerLogSubject(
        kind: .meter, role: .machine, marks: [.name: "wall"], model: "power analyser",
        note: "SPEC PTDaemon, W, mean since the reading before"))
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      let cells = line.bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
      guard cells.count >= 4, cells[0].elementsEqual("Time".utf8),
        cells[2].elementsEqual("Watts".utf8), let time = PowerLogTime(cells[1])
      else {
        table.addBroken(line: line.number, "is no time and watts")
        return true
      }
      table.add(
        line: line.number, time: time, subject: subject,
        [PowerLogValue(.power, PowerLogQuantity.power.read(Array(cells[3])[...], unit: 1))])
      return true
    }
    return table
  }
}
