import Telemetry

extension ExportedMetric {
  /// What is told of the agent itself and of what it reads.
  static let agent: [ExportedMetric] = [buildInfo, simulated, sourceUp]

  /// The agent's version.
  public static let buildInfo = ExportedMetric(
    "build_info", .info, "The version of the agent", by: ["version"]
  ) { [Sample([$0.version], 1)] }

  /// Whether anything of what is told is made up.
  public static let simulated = ExportedMetric(
    "simulated", .gauge,
    "SIMULATED: 1 where what this agent tells is made up, or some of it; not told by any other agent"
  ) { query in
    query.timeline.descriptors.contains { $0.provenance.method == .simulated }
      ? [Sample([], 1)] : []
  }

  /// Whether each source is read.
  public static let sourceUp = ExportedMetric(
    "source_up", .gauge,
    "Whether what the source reads answered when it was last asked; not told of what this machine does "
      + "not have, and of what has not answered yet", by: ["source"]
  ) { query in
    query.timeline.states(at: query.span.end)
      .filter { $0.health != .absent && $0.health != .waiting }
      .map { Sample([$0.source], $0.health == .ok ? 1 : 0) }
  }
}
