import Telemetry

extension ServerTable {
  /// Aphrodite, a fork of vLLM; source: aphrodite/v1/metrics/loggers.py.
  static let aphrodite = ServerTable(
    name: "Aphrodite", prefixes: ["aphrodite:", "ray_aphrodite:", "ray_aphrodite_"],
    commands: ["aphrodite", "aphrodite.endpoints"], ports: [2242],
    columns: vLLMColumns(isLate: false))
}
