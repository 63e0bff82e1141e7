import Telemetry

/// A form in which a recording is handed on.
///
/// It is fed observations in order, devices and series first, and keeps none of them.
protocol ExportFormat: SendableMetatype {
  /// What users write after `--format`, and what the name of a file of it ends in.
  static var name: String { get }
  /// What it is good for, for people.
  static var gives: String { get }

  /// A form of a recording of a machine.
  init(machine: String)
  /// What stands before everything else.
  mutating func begin(_ sink: inout TextSink)
  /// Writes one observation, or passes it over.
  mutating func write(_ observation: Observation, to sink: inout TextSink)
}

/// The forms there are; adding one means adding a line.
enum ExportFormats {
  static let all: [any ExportFormat.Type] = [JSONLinesExport.self, CSVExport.self]

  static func named(_ name: String) -> (any ExportFormat.Type)? { all.first { $0.name == name } }
  static var names: String { all.map { $0.name }.joined(separator: ", ") }
}
