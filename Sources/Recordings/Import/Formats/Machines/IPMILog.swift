import Formats
import Telemetry

/// What `ipmitool dcmi power reading` writes, again and again into one file: the power of the whole
/// machine by its supplies, and the controller's time.
///
///     Instantaneous power reading:                   1200 Watts
///     IPMI timestamp:                           05/28/2026 11:00:00 UTC
///
/// The month comes first. Source: ipmitool, lib/ipmi_dcmi.c.
enum IPMILog: PowerLogFormat {
  static let name = "ipmitool DCMI"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(16).contains { $0.contains("Instantaneous power reading:") }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    table.isMonthFirst = true
    let subject = table.place(
      of: PowerLogSubject(
        kind: .meter, role: .machine, marks: [.name: "wall"], model: "power supplies",
        method: .instant, note: "ipmitool dcmi power reading, W by the machine's controller"))
    var power: (line: Int, content: PowerLogValue.Content)?
    func close() {
      if let power { table.addBroken(line: power.line, "a power without a time") }
      power = nil
    }
    text.forEachLine { line in
      let words = line.text.split(separator: " ")
      let rest = line.text.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
      if words.starts(with: ["Instantaneous", "power", "reading:"]) {
        close()
        if line.isWhole {
          let cell = Array(rest.drop { $0 == " " }.utf8)
          power = (line.number, PowerLogQuantity.power.read(cell[...], unit: nil))
        } else {
          table.addTorn(line: line.number)
        }
      } else if words.starts(with: ["IPMI", "timestamp:"]), line.isWhole, let known = power {
        let cells = rest.split(separator: " ").prefix { $0 != "Sampling" }
        if let time = PowerLogTime(Array(cells.joined(separator: " ").utf8)) {
          table.add(
            line: known.line, time: time, subject: subject,
            [PowerLogValue(.power, known.content)])
          power = nil
        }
      }
      return true
    }
    close()
    return table
  }
}
