import Formats
import Telemetry

/// Answers of a Shelly plug or meter (`Switch.GetStatus`), one JSON object a line.
///
///     {"apower": 300.1, …, "aenergy": {"total": 1000.0, "by_minute": […], "minute_ts": 1779966000}}
///
/// The energy is a counter in watt-hours; `minute_ts` is the minute it was told in. Source:
/// shelly-api-docs.shelly.cloud, gen2, Switch.
enum ShellyLog: PowerLogFormat {
  static let name = "Shelly JSON lines"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first.map { $0.contains("\"apower\"") && $0.contains("\"aenergy\"") } ?? false
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    // Each plug of a device feeds something of its own.
    var channels: Set<Int> = []
    text.forEachLineOfStart { line in
      if let entry = try? JSONFlat(line.bytes), let channel = channel(entry) {
        channels.insert(channel)
      }
      return line.number < 64
    }
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      guard let entry = try? JSONFlat(line.bytes) else {
        if line.isWhole {
          table.addBroken(line: line.number, "is no JSON")
        } else {
          table.addTorn(line: line.number)
        }
        return true
      }
      guard let stamp = entry.double("aenergy.minute_ts"), 6e8..<6e9 ~= stamp else {
        table.addBroken(line: line.number, "has no minute_ts")
        return true
      }
      let subject = table.place(
        of: PowerLogSubject(
          kind: .meter, role: .machine, marks: [.name: "wall"], model: "Shelly meter",
          host: channels.count > 1 ? channel(entry).map { "plug-\($0)" } : nil, method: .instant,
          note: "Shelly, apower in W and aenergy in Wh"))
      var values: [PowerLogValue] = []
      if let total = entry.double("aenergy.total") {
        values.append(PowerLogValue(.energy, .number(total * 3600)))
      }
      if let watts = entry.double("apower") {
        values.append(PowerLogValue(.power, .number(watts)))
      }
      table.add(
        line: line.number, time: .instant(Int64((stamp * 1e6).rounded()) * 1000), subject: subject,
        values)
      return true
    }
    return table
  }

  /// Which of a device's plugs it is.
  private static func channel(_ entry: JSONFlat) -> Int? {
    entry.double("id").flatMap { Int(exactly: $0) }
  }
}
