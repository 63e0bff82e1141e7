import Telemetry

/// The names of what is measured, where the screen writes them.
enum MetricWords {
  /// A word or two for the head of a column, as the metric itself has it in English.
  static func label(_ metric: Metric) -> Texts { Texts(metric.label, french(metric)) }

  /// What it is called in a list.
  static func title(_ metric: Metric) -> Texts { Texts(metric.title, frenchTitle(metric)) }

  private static func french(_ metric: Metric) -> String {
    switch metric {
    case .power: "puiss."
    case .energy: "énergie"
    case .memoryUsed: "mémoire"
    case .smClock: "horloge"
    case .memoryTemperature: "mém °C"
    case .fanSpeed: "vent."
    case .pcieReceived, .pcieReceiveRate: "PCIe ↓"
    case .pcieSent, .pcieSendRate: "PCIe ↑"
    case .nvlinkReceived, .nvlinkReceiveRate: "NVLink ↓"
    case .nvlinkSent, .nvlinkSendRate: "NVLink ↑"
    default: metric.label
    }
  }
}
