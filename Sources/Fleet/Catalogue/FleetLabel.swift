/// The labels that are read of a series; all others are passed over.
package enum FleetLabel: String, CaseIterable, Sendable {
  case seriesName = "__name__"
  case instance, job
  /// Of which cluster a store that gathers several tells, as Thanos and Mimir are mostly set up.
  case cluster
  case rack
  case gpu, uuid, Hostname, hostname, host, name, modelName
  case dcgmUUID = "UUID"
  case jobID = "job_id"
  case hpcJob = "hpc_job"
  case gpuUUID = "gpu_uuid"
  case unitGPU = "gpuuuid"
  case user, account, partition, scheduler, kind
  case namespace, pod
  case exportedNamespace = "exported_namespace"
  case exportedPod = "exported_pod"
  case cause, boundary, currency, reason
  case package, index, path, zone, chip, rung
  case project, manager

  /// The names a store is asked to be read with, in the order of the cases; the rack stands in the label
  /// that the user names.
  package static func names(rack: String) -> [String] {
    allCases.map { $0 == .rack ? rack : $0.rawValue }
  }

  /// The place of a label among those of a series.
  package var place: Int { Self.places[self] ?? 0 }

  private static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
