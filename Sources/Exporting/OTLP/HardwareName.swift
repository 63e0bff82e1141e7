/// What OpenTelemetry calls a metric of ours.
///
/// Source: OpenTelemetry semantic conventions 1.44, “Hardware metrics” (in development). The whole machine
/// has names of its own there, so that a sum over `hw.energy` counts nothing twice.
struct HardwareName: Sendable {
  /// The name, such as `hw.energy`.
  var name: String
  /// The value of `hw.type`; `nil` for the machine as a whole.
  var type: String?

  /// The convention's name for one of ours; `nil` where it has none.
  static func of(_ metric: ExportedMetric) -> HardwareName? { table[metric.name] }

  private static let table: [String: HardwareName] = [
    ExportedMetric.gpuEnergy.name: .init(name: "hw.energy", type: "gpu"),
    ExportedMetric.gpuPower.name: .init(name: "hw.power", type: "gpu"),
    ExportedMetric.gpuUtilization.name: .init(name: "hw.gpu.utilization", type: "gpu"),
    ExportedMetric.gpuMemoryUsed.name: .init(name: "hw.gpu.memory.usage", type: "gpu"),
    ExportedMetric.gpuMemoryTotal.name: .init(name: "hw.gpu.memory.limit", type: "gpu"),
    ExportedMetric.gpuTemperature.name: .init(name: "hw.temperature", type: "gpu"),
    ExportedMetric.processorEnergy.name: .init(name: "hw.energy", type: "cpu"),
    ExportedMetric.memoryEnergy.name: .init(name: "hw.energy", type: "memory"),
    ExportedMetric.hostEnergy.name: .init(name: "hw.host.energy", type: nil),
    ExportedMetric.hostPower.name: .init(name: "hw.host.power", type: nil),
  ]

  /// The unit of a metric in UCUM, as the convention asks for.
  static func unit(of metric: ExportedMetric) -> String {
    switch metric.unit {
    case "joules": "J"
    case "watts": "W"
    case "seconds": "s"
    case "bytes": "By"
    case "celsius": "Cel"
    case "grams": "g"
    default: "1"
    }
  }

  /// The convention's name for a label of ours.
  static func attribute(_ label: String) -> String {
    switch label {
    case "uuid", "package": "hw.id"
    case "gpu": "hw.name"
    default: label
    }
  }
}
