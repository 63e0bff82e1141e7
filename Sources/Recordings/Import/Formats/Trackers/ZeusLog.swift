import Formats
import Telemetry

/// The windows that Zeus measures, with the joules of each GPU as it counts them.
///
///     start_time,window_name,elapsed_time,gpu0_energy
///     1779966000.0,epoch1,60.0,18000.0
///
/// Older versions count seconds from when the machine was started, which is no time. Source:
/// ml-energy/zeus, zeus/monitor/energy.py.
enum ZeusLog: PowerLogFormat {
  static let name = "Zeus windows"
  static let isReadWhole = true

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first?.hasPrefix("start_time,window_name,elapsed_time,") ?? false
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    let titles = (text.head(1).first ?? "").split(separator: ",").map(String.init)
    var windows: [Int: [PowerLogWindow]] = [:]
    var cells = CSVCells()
    var hasOtherTimes = false
    text.forEachLine { line in
      guard line.number > 1, !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      cells.split(line.bytes, at: 0x2C)
      guard cells.count == titles.count, let seconds = PlainNumber.parse(cells[2]), seconds > 0,
        let start = PlainNumber.parse(cells[0])
      else {
        table.addBroken(line: line.number, "is no window")
        return true
      }
      guard case .instant(let nanoseconds)? = PowerLogTime(cells[0]) else {
        hasOtherTimes = true
        table.addBroken(line: line.number, "\(start) is no time since 1970")
        return true
      }
      for place in 3..<max(3, titles.count) {
        let joules = PlainNumber.parse(cells[place])
        windows[place, default: []].append(
          PowerLogWindow(
            line: line.number, start: nanoseconds, seconds: seconds,
            watts: joules.map { .number($0 / seconds) } ?? .absent("no energy")))
      }
      return true
    }
    if windows.isEmpty, hasOtherTimes {
      throw ImportError(
        line: 2, "its windows begin at seconds since the machine was started, which are no times")
    }
    for (place, windows) in windows.sorted(by: { $0.key < $1.key }) {
      guard let subject = subject(titles[place]) else { continue }
      table.add(windows, subject: subject) { .instant($0) }
    }
    return table
  }

  /// What a column of joules is of: `gpu0_energy`, `cpu0_energy`, `dram0_energy`.
  private static func subject(_ title: String) -> PowerLogSubject? {
    guard title.hasSuffix("_energy") else { return nil }
    let name = title.dropLast(7)
    let index = String(name.drop { !$0.isNumber })
    let note = "Zeus, joules of a window, spread over it"
    if name.hasPrefix("gpu"), !index.isEmpty {
      return PowerLogSubject(marks: [.index: index], note: note)
    }
    if name.hasPrefix("cpu") {
      return PowerLogSubject(
        kind: .cpu, role: .processor, marks: [.name: "package-\(index)"], note: note)
    }
    return name.hasPrefix("dram")
      ? PowerLogSubject(kind: .cpu, role: .memory, marks: [.name: "dram-\(index)"], note: note)
      : nil
  }
}
