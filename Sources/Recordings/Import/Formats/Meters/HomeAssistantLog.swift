import Formats
import Telemetry

/// The history of power and energy sensors as Home Assistant's REST interface gives it
/// (`/api/history/period`), a list for each.
///
///     [[{"entity_id": "sensor.rig_power", "state": "301.2", "last_changed": "2026-05-28T11:00:00+00:00",
///        "attributes": {"unit_of_measurement": "W", "device_class": "power"}}, {"state": …}, …], …]
///
/// Only changes are written, so that a value holds until the next one; where none comes for long it is
/// not known whether the sensor lives. `…_power` and `…_energy` of one name are one meter. Source:
/// developers.home-assistant.io/docs/api/rest.
enum HomeAssistantLog: PowerLogFormat {
  static let name = "Home Assistant history"

  static func recognises(_ text: PowerLogText) -> Bool {
    let head = text.head(16)
    if head.first == titles { return true }
    let start = head.joined().filter { $0 != " " }.prefix(4096)
    return start.hasPrefix("[[{") && start.contains("\"entity_id\"")
      && start.contains("\"last_changed\"")
  }

  private static let titles = "entity_id,state,last_changed"

  private struct Value {
    var entity: String
    var metric: Metric
    var time: PowerLogTime
    var content: PowerLogValue.Content
    var line: Int
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    guard text.head(1).first != titles else {
      throw ImportError(
        "tells no units; the history over REST does, or of one sensor write "
          + "--map time=last_changed,wall.power=state,W")
    }
    var table = text.table()
    var values: [Value] = []
    let bytes = try text.whole()
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      var counted = 0
      var line = 1
      func lineNow(_ at: Int) -> Int {
        line += bytes[counted..<at].count { $0 == 0x0A }
        counted = at
        return line
      }
      do throws(JSONFault) {
        try scanner.expect(UInt8(ascii: "["), "“[”")
        repeat {
          try scanner.expect(UInt8(ascii: "["), "“[”")
          if scanner.take(UInt8(ascii: "]")) { continue }
          var known: (entity: String, metric: Metric, unit: Double)?
          repeat {
            _ = scanner.peek()
            let entry = try JSONFlat(next: &scanner)
            let number = lineNow(scanner.at)
            if let entity = entry.text("entity_id"),
              entry.text("attributes.unit_of_measurement") != nil
                || known?.entity != entity
            {
              known = meaning(entry).map { (entity, $0.0, $0.1) }
            }
            guard let known else { continue }
            let stamp = entry.text("last_changed") ?? entry.text("last_updated") ?? ""
            guard let time = PowerLogTime(Array(stamp.utf8)) else {
              table.addBroken(line: number, "has no last_changed")
              continue
            }
            let state = entry.text("state") ?? ""
            values.append(
              Value(
                entity: known.entity, metric: known.metric, time: time,
                content: PlainNumber.parse(state.utf8).map { .number($0 * known.unit) }
                  ?? .absent(state), line: number))
          } while scanner.take(UInt8(ascii: ","))
          try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
      } catch {
        table.addTorn(line: lineNow(min(bytes.count, scanner.at)))
      }
    }
    let names = Set(values.map { meter($0.entity) })
    for value in values {
      let subject = PowerLogSubject(
        kind: .meter, role: names.count == 1 ? .machine : .sensor,
        marks: [.name: meter(value.entity)], model: "Home Assistant meter", method: .log,
        note: "Home Assistant, each value until the next", leastPeriod: 300)
      table.add(
        line: value.line, time: value.time, subject: table.place(of: subject),
        [PowerLogValue(value.metric, value.content)])
    }
    if names.count == 1, let name = names.first {
      table.assumptions.append("\(name) is taken for the meter of the whole machine")
    } else if names.count > 1 {
      table.assumptions.append(
        "\(names.count) meters of which nobody says what is behind them: shown and not added")
    }
    return table
  }

  /// What a sensor tells, by its unit.
  private static func meaning(_ entry: JSONFlat) -> (Metric, Double)? {
    guard let unit = entry.text("attributes.unit_of_measurement") else { return nil }
    if let factor = PowerLogQuantity.power.factor(unit) { return (.power, factor) }
    return PowerLogQuantity.energy.factor(unit).map { (.energy, $0) }
  }

  /// The name of a meter: that of its sensor without what it tells.
  private static func meter(_ entity: String) -> String {
    let name = entity.split(separator: ".", maxSplits: 1).last.map(String.init) ?? entity
    for ending in ["_power", "_energy"] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.count))
    }
    return name
  }
}
