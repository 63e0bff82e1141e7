import Dashboard
import Quantities
import Telemetry

/// A table of readings in long form, one value a line, for whoever calculates: RFC 4180, with a head.
///
/// Times are RFC 3339 in UTC, values in the unit beside them. Events, states and what was said of a grid have
/// no place in it.
struct CSVExport: ExportFormat {
  static let name = "csv"
  static let gives = "the readings: time, machine, kind, device, label, metric, unit, value"
  /// The fields of a device that every line of it begins with.
  private var heads: [DeviceID: String] = [:]

  init(machine: String) {}

  mutating func begin(_ sink: inout TextSink) {
    sink.line("time,machine,kind,device,label,metric,unit,value")
  }

  mutating func write(_ observation: Observation, to sink: inout TextSink) {
    switch observation {
    case .device(let device): heads[device.id] = Self.head(device.id, device.label)
    case .reading(let reading):
      let head = heads[reading.device] ?? Self.head(reading.device, reading.device.name)
      let time = Self.stamp(reading.time)
      for entry in reading.values {
        sink.bytes.append(contentsOf: time.utf8)
        sink.bytes.append(contentsOf: head.utf8)
        let name = Self.field(entry.metric.stem)
        sink.line("\(name),\(Self.unit(entry.metric)),\(Self.number(entry))")
      }
    default: break
    }
  }

  /// The value with the decimals that it was stored with, and no others.
  private static func number(_ entry: Reading.Entry) -> String {
    let inverse = (1 / entry.metric.scale).rounded()
    let isDecimal = entry.metric.scale < 1 && abs(inverse * entry.metric.scale - 1) < 1e-9
    let value = isDecimal ? Double(entry.steps) / inverse : entry.value
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func head(_ id: DeviceID, _ label: String) -> String {
    let fields = [id.machine, id.kind.name, id.name, label].map(field)
    return "," + fields.joined(separator: ",") + ","
  }

  /// `2026-11-21T03:12:00.25Z`, to the nanosecond where there is one.
  private static func stamp(_ time: Timestamp) -> String {
    let civil = CivilTime(time, offset: 0)
    var text = "\(civil.isoDate)T\(civil.clock)"
    let rest = time.nanoseconds.flooredRemainder(by: 1_000_000_000)
    if rest > 0 {
      let digits = String(rest)
      var fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
      while fraction.last == "0" { fraction.removeLast() }
      text += "." + fraction
    }
    return text + "Z"
  }

  private static func unit(_ metric: Metric) -> String { field(metric.unit.rawValue) }

  /// A field as RFC 4180 writes it; one that a spreadsheet would calculate is told as text.
  static func field(_ text: String) -> String {
    var text = sanitizedField(text)
    if let first = text.first, "=+-@".contains(first) { text = "'" + text }
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// Without what steers a terminal or a table.
  private static func sanitizedField(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
  }
}
