import Sensors
import Telemetry

/// The program's own lines, from which `import` makes the recording again, to the last step.
struct JSONLinesExport: ExportFormat {
  static let name = "jsonl"
  static let gives = "all of it, one JSON object a line, as record -o - prints them"
  private let machine: String

  init(machine: String) { self.machine = machine }

  mutating func begin(_ sink: inout TextSink) { sink.line(JSONLines.header(machine: machine)) }

  mutating func write(_ observation: Observation, to sink: inout TextSink) {
    JSONLines.encode(observation, into: &sink.bytes)
    sink.endLine()
  }
}
