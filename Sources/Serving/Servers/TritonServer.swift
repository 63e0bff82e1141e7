import Telemetry

extension ServerTable {
  /// Triton serves any model, so it knows no tokens; source: docs/user_guide/metrics.md.
  static let triton = ServerTable(
    name: "Triton", prefixes: ["nv_"], commands: ["tritonserver"], ports: [8002],
    columns: [
      Column(
        .requests, ["inference_request_success"], isLate: true,
        note: ColumnNote.atEnd + "; of an ensemble each part as well"),
      Column(
        .abortedRequests, ["inference_request_failure"], isLate: true,
        note: "failed, " + ColumnNote.atEnd),
      Column(
        .requestTime, ["inference_request_duration_us"], scale: 1e-6, isLate: true,
        note: ColumnNote.atEnd + "; of an ensemble each part as well"),
      Column(.requestsWaiting, ["inference_pending_request_count"], note: ColumnNote.ofMoment),
      Column(
        .reportedEnergy, ["energy_consumption"],
        note: "joules of whole GPUs, whoever used them"),
    ])
}
