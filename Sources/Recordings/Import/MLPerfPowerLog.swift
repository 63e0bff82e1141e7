import Formats
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
    head.utf8.holds(mark) && head.utf8.holds("\"power_reading\"")
  }

  static func read(_ text: String, machine: String) throws(ImportError) -> [Observation] {
    var attributes: [String: String] = [:]
    var readings: [(time: Int64, watts: Double)] = []
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      guard let start = line.utf8.place(of: mark) else { continue }
      guard let entry = entry(in: line.utf8.dropFirst(start + mark.utf8.count)) else {
        // A last line that has no end may be one that was being written.
        if line.endIndex == text.endIndex || !line.utf8.holds("\"power_reading\"") { continue }
        throw ImportError(line: number, "a power_reading that is no JSON")
      }
      switch entry.text("key") {
      case "conversion_eff":
        attributes["conversion_eff"] = entry.double("value").map { String($0) }
        attributes["measurement"] = entry.text("metadata.measurement_type")
      case "power_reading":
        guard let time = entry.double("time_ms"), time > 0, time < 9e12,
          let watts = entry.double("value"), watts.isFinite
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

  private static let mark = ":::MLLOG"

  /// The values of a line behind its mark; `nil` where they are no JSON.
  private static func entry(in bytes: Substring.UTF8View.SubSequence) -> JSONFlat? {
    Array(bytes).withUnsafeBufferPointer { try? JSONFlat($0) }
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
