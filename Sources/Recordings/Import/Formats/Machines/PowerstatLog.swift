import Formats
import Telemetry

/// What `powerstat` writes, with `-D` of each domain.
///
///       Time    User  Nice   Sys  Idle    IO  Run Ctxt/s  IRQ/s Fork Exec Exit  Watts  pkg-0   dram
///     10:35:18   0.1   0.0   0.0  99.9   0.0    1    311    284    0    0    0   9.23   2.13   0.72
///
/// Times have no day. Its watts are those of the battery, or with `-R` the sum of all domains, which
/// counts what is inside of others twice: only “System:” in its summary says that it is the battery.
/// Source: ColinIanKing/powerstat, powerstat.c.
enum PowerstatLog: PowerLogFormat {
  static let name = "powerstat"

  static func recognises(_ text: PowerLogText) -> Bool { text.head(64).contains(where: isTitles) }

  private static func isTitles(_ line: String) -> Bool {
    let words = line.split(separator: " ")
    return words.first == "Time" && words.contains("Idle") && words.contains("Ctxt/s")
      && words.contains("Watts")
  }

  private static func domain(_ title: String) -> (role: DeviceRole, name: String)? {
    if title.hasPrefix("pkg-") { return (.processor, "package-\(title.dropFirst(4))") }
    switch title {
    case "dram": return (.memory, "dram")
    case "core", "cores", "uncore": return (.processorPart, title)
    case "psys": return (.platform, "psys")
    default: return nil
    }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    // The summary is at the end.
    var isBattery = false
    text.forEachLine { line in
      if line.isWhole, line.text.hasPrefix("System:"), line.text.contains("Watts") {
        isBattery = true
      }
      return true
    }
    let whole = PowerLogSubject(
      kind: .meter, role: isBattery ? .machine : .sensor, marks: [.name: "powerstat"],
      note: isBattery ? "powerstat, W of the battery" : "powerstat, W of what it does not say")
    var titles: [String] = []
    text.forEachLine { line in
      let words = line.text.split(separator: " ").map(String.init)
      if isTitles(line.text) {
        // Behind it titles have blanks.
        titles = Array(words.prefix { $0 != "CPU" && $0 != "GPU" })
        return true
      }
      guard let first = words.first, case .clock? = PowerLogTime(Array(first.utf8)),
        !titles.isEmpty
      else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      guard words.count >= titles.count, let time = PowerLogTime(Array(first.utf8)) else {
        table.addBroken(
          line: line.number, "\(words.count) cells where the titles are \(titles.count)")
        return true
      }
      for (title, cell) in zip(titles, words) {
        let subject: PowerLogSubject
        if title == "Watts" {
          subject = whole
        } else if let (role, name) = domain(title) {
          subject = PowerLogSubject(
            kind: .cpu, role: role, marks: [.name: name], note: "powerstat, RAPL, W")
        } else {
          continue
        }
        table.add(
          line: line.number, time: time, subject: table.place(of: subject),
          [PowerLogValue(.power, PowerLogQuantity.power.read(Array(cell.utf8)[...], unit: 1))])
      }
      return true
    }
    if !isBattery, !table.isEmpty {
      table.assumptions.append(
        "its watts may count RAPL's domains twice: shown and not added; `powerstat -D` tells each")
    }
    return table
  }
}
