import Telemetry

extension ServerTable {
  /// A server for Apple's MLX that uses vLLM's names.
  static let mlxServe = ServerTable(
    name: "mlx-serve", prefixes: ["vllm:"], sign: "mlx_serve:",
    commands: ["mlx-serve", "mlx_serve"], columns: vLLMColumns(isLate: true))
}
