import Quantities
import Telemetry

/// Node power as MLPerf Training publishes it: `:::MLLOG` lines with `power_reading` in watts.
///
/// A reading stands for the time since the one before it, as in the rules. Readings come every
/// second with holes of two. `conversion_eff` is the supply's efficiency as declared, kept as a
/// fact and not applied: the meter stands at the wall. Source: github.com/mlcommons/logging,
/// power_measurement.
enum MLPerfPowerLog: PowerLogFormat {
  static let name = "MLPerf power log"

  static func recognises(_ head: Substring) -> Bool {
    head.utf8.holds(":::MLLOG") && head.utf8.holds("\"power_reading\"")
  }

  static func read(_ text: String, machine: String) throws(ImportError) -> [Observation] {
    var attributes: [String: String] = [:]
    var readings: [(time: Int64, watts: Double)] = []
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      guard let start = line.utf8.place(of: ":::MLLOG"),
        let key = value("key", in: line, from: start)
      else { continue }
      switch key {
      case "\"conversion_eff\"":
        attributes["conversion_eff"] = value("value", in: line, from: start).map(String.init)
        attributes["measurement"] = value("measurement_type", in: line, from: start).map {
          String($0.filter { $0 != "\"" })
        }
      case "\"power_reading\"":
        guard let time = value("time_ms", in: line, from: start).flatMap({ Double($0) }),
          time > 0, time < 9e12,
          let watts = value("value", in: line, from: start).flatMap({ Double($0) }), watts.isFinite
        else { throw ImportError(line: number, "a power_reading without time_ms or value") }
        // A meter without connection reports nothing or zero; a running node draws more.
        if watts > 0, watts < 1e6 { readings.append((Int64(time), watts)) }
      default: break
      }
    }
    guard readings.count > 1 else { throw ImportError("holds no two power readings") }
    let id = DeviceID(machine: machine, kind: .meter, name: "wall")
    var observations: [Observation] = [
      .device(
        Device(
          id: id, label: "wall", model: "node power meter", role: .machine, attributes: attributes)),
      .series(
        SeriesDescriptor(
          device: id, metric: .power,
          provenance: Provenance(
            source: "import", method: .average, period: 2,
            note: "MLPerf node power, W, mean since the reading before, ±4 %"))),
    ]
    for (time, watts) in readings.sorted(by: { $0.time < $1.time }) {
      var reading = Reading(device: id, time: Timestamp(nanoseconds: time * 1_000_000))
      reading.set(.power, watts)
      observations.append(.reading(reading))
    }
    return observations
  }

  /// What stands behind `"key":`, up to the next comma or brace outside quotes.
  private static func value(_ key: String, in line: Substring, from start: Int) -> Substring? {
    let bytes = line.utf8
    let wanted = "\"\(key)\":"
    let rest = bytes.dropFirst(start)
    guard let place = rest.place(of: wanted) else { return nil }
    let after = rest.dropFirst(place + wanted.utf8.count).drop { $0 == 0x20 }
    var isQuoted = false
    let text = after.prefix { byte in
      if byte == 0x22 { isQuoted.toggle() }
      return isQuoted || (byte != 0x2C && byte != 0x7D)
    }
    return Substring(text)
  }
}

extension BidirectionalCollection<UInt8> {
  /// The index at which a text first occurs.
  func place(of text: String) -> Int? {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return 0 }
    var index = startIndex
    var offset = 0
    while index != endIndex {
      if self[index] == first, self[index...].starts(with: wanted) { return offset }
      index = self.index(after: index)
      offset += 1
    }
    return nil
  }

  func holds(_ text: String) -> Bool { place(of: text) != nil }
}
