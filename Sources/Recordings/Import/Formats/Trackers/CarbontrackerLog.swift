import Formats
import Telemetry

/// What Carbontracker writes: for each epoch its duration and the mean power of each component.
///
///     2026-05-28 11:01:00 - Duration: 0:01:00.00
///     2026-05-28 11:01:00 - Average power usage (W) for gpu: [300.0]
///
/// Source: lfwa/carbontracker, carbontracker/loggerutil.py.
enum CarbontrackerLog: PowerLogFormat {
  static let name = "Carbontracker log"
  static let isReadWhole = true

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(256).contains { $0.contains(" - Average power usage (W) for ") }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    var duration: (end: Int64, seconds: Double)?
    var windows: [PowerLogSubject: [PowerLogWindow]] = [:]
    var order: [PowerLogSubject] = []
    text.forEachLine { line in
      guard let dash = line.text.firstRange(of: " - ") else { return true }
      let what = line.text[dash.upperBound...]
      guard case .wall(let time)? = PowerLogTime(line.text[..<dash.lowerBound].utf8) else {
        return true
      }
      if what.hasPrefix("Duration: ") {
        duration = PlainNumber.clock(what.dropFirst(10).utf8).map { (time, $0) }
        return true
      }
      let start = "Average power usage (W) for "
      guard what.hasPrefix(start) else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      let rest = what.dropFirst(start.count)
      let component = rest.prefix { $0 != ":" }
      let values = rest.dropFirst(component.count + 1)
        .split { $0 == " " || $0 == "," || $0 == "[" || $0 == "]" }
      guard let duration else {
        table.addBroken(line: line.number, "a power without a duration")
        return true
      }
      for (index, value) in values.enumerated() {
        guard let subject = subject(component, index) else { continue }
        if windows[subject] == nil { order.append(subject) }
        windows[subject, default: []].append(
          PowerLogWindow(
            line: line.number, start: duration.end - Int64(duration.seconds * 1e9),
            seconds: duration.seconds,
            watts: PowerLogQuantity.power.read(Array(value.utf8)[...], unit: 1)))
      }
      return true
    }
    for subject in order {
      table.add(windows[subject] ?? [], subject: subject) { .wall($0) }
    }
    return table
  }

  private static func subject(_ component: Substring, _ index: Int) -> PowerLogSubject? {
    let note = "Carbontracker, mean power of an epoch"
    switch component {
    case "gpu": return PowerLogSubject(marks: [.index: "\(index)"], note: note)
    case "cpu":
      return PowerLogSubject(
        kind: .cpu, role: .processor, marks: [.name: "package-\(index)"], note: note)
    default: return nil
    }
  }
}
