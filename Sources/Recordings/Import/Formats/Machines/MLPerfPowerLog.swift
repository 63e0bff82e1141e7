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

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(512).contains { $0.utf8.holds(mark) && $0.utf8.holds("\"power_reading\"") }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    var subject = PowerLogSubject(
      kind: .meter, role: .machine, marks: [.name: "wall"], model: "node power meter",
      note: "MLPerf node power, W, mean since the reading before, ±4 %", leastPeriod: 2)
    var readings: [(line: Int, time: PowerLogTime, content: PowerLogValue.Content)] = []
    text.forEachLine { line in
      guard let start = line.bytes.place(of: mark) else { return true }
      let json = UnsafeBufferPointer(rebasing: line.bytes.dropFirst(start + mark.utf8.count))
      guard let entry = try? JSONFlat(json) else {
        if !line.isWhole {
          table.addTorn(line: line.number)
        } else if line.bytes.holds("\"power_reading\"") {
          table.addBroken(line: line.number, "a power_reading that is no JSON")
        }
        return true
      }
      switch entry.text("key") {
      case "conversion_eff":
        subject.attributes["conversion_eff"] = entry.double("value").map { String($0) }
        subject.attributes["measurement"] = entry.text("metadata.measurement_type")
      case "power_reading":
        guard let time = entry.double("time_ms"), time > 0, time < 9e12 else {
          table.addBroken(line: line.number, "a power_reading without time_ms")
          return true
        }
        let instant = PowerLogTime.instant(Int64((time * 1000).rounded()) * 1000)
        readings.append((line.number, instant, content(entry)))
      default: break
      }
      return true
    }
    let place = table.place(of: subject)
    for reading in readings {
      table.add(
        line: reading.line, time: reading.time, subject: place,
        [PowerLogValue(.power, reading.content)])
    }
    return table
  }

  private static func content(_ entry: JSONFlat) -> PowerLogValue.Content {
    guard let watts = entry.double("value") else {
      return entry.text("value").map { .unreadable($0) } ?? .absent("null")
    }
    // A meter without connection reports nothing or zero; a running node draws more.
    return watts == 0 || watts.isNaN ? .absent("\(watts)") : .number(watts)
  }

  private static let mark = ":::MLLOG"
}

extension BidirectionalCollection<UInt8> {
  /// How far from the start a text first occurs.
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
