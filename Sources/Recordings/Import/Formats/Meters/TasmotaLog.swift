import Formats
import Telemetry

/// What a Tasmota plug says of itself (`tele/…/SENSOR`, `Status 10`), one JSON object a line.
///
///     {"Time":"2026-05-28T11:00:00","ENERGY":{"Total":12.345,"Power":301,"Voltage":230,…}}
///
/// Times are the plug's own without a zone. The counter has steps of a watt-hour, and is only read where
/// it went on by so many that its steps do not matter. Source: tasmota.github.io/docs/JSON-Status-Responses.
enum TasmotaLog: PowerLogFormat {
  static let name = "Tasmota JSON lines"
  static let isReadWhole = true

  /// How many joules the counter has to grow by, so that a step of it is a hundredth.
  private static let leastGrowth = 360_000.0

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first.map {
      $0.contains("\"Time\"") && $0.contains("\"ENERGY\"") && $0.contains("\"Power\"")
    } ?? false
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    var rows: [(line: Int, time: PowerLogTime, watts: Double?, joules: Double?)] = []
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      // A topic may stand before the object.
      guard let start = line.bytes.firstIndex(of: UInt8(ascii: "{")),
        let entry = try? JSONFlat(UnsafeBufferPointer(rebasing: line.bytes[start...]))
      else {
        if line.isWhole {
          table.addBroken(line: line.number, "is no JSON")
        } else {
          table.addTorn(line: line.number)
        }
        return true
      }
      let path = entry.text("StatusSNS.Time") == nil ? "" : "StatusSNS."
      guard let time = entry.text(path + "Time").flatMap({ PowerLogTime(Array($0.utf8)) }) else {
        table.addBroken(line: line.number, "has no Time")
        return true
      }
      let watts = entry.double(path + "ENERGY.Power")
      let joules = entry.double(path + "ENERGY.Total").map { $0 * 3.6e6 }
      guard watts != nil || joules != nil else {
        table.addBroken(line: line.number, "has no Power of one channel")
        return true
      }
      rows.append((line.number, time, watts, joules))
      return true
    }
    let subject = PowerLogSubject(
      kind: .meter, role: .machine, marks: [.name: "wall"], model: "Tasmota meter",
      method: .instant, note: "Tasmota, Power in W and Total in kWh")
    let counts = rows.compactMap(\.joules)
    let isCounter = (counts.max() ?? 0) - (counts.min() ?? 0) >= leastGrowth
    for row in rows {
      var values: [PowerLogValue] = []
      if isCounter, let joules = row.joules { values.append(.init(.energy, .number(joules))) }
      if let watts = row.watts { values.append(.init(.power, .number(watts))) }
      guard !values.isEmpty else { continue }
      table.add(line: row.line, time: row.time, subject: table.place(of: subject), values)
    }
    return table
  }
}
