import Quantities

/// What jobs of a scheduler hold, whether or not they use it.
extension Metric {
  /// How many accelerators a scheduler's job holds.
  public static let heldGPUs = Metric(
    "gpus_held", .count, "accelerators held", label: "held", style: .count, in: 0...1e5,
    "accelerators that a scheduler's job holds; read while the job exists")
  /// How many processes a scheduler's job has on its accelerators; 0 where it holds them and uses none.
  public static let allocationProcesses = Metric(
    "processes", .count, "processes on accelerators", label: "processes", style: .count,
    in: 0...1e7,
    "processes of a scheduler's job on its accelerators, as the driver lists them")
  /// How many of the accelerators that a scheduler's job holds have no process of it.
  public static let unusedGPUs = Metric(
    "gpus_unused", .count, "held without a process", label: "unused", style: .count,
    in: 0...1e5,
    "accelerators that a scheduler's job holds and that have no process at all of it")

  static let allocations: [Metric] = [heldGPUs, allocationProcesses, unusedGPUs]
}
