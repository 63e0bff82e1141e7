import Telemetry

extension ServerTable {
  /// SGLang's gateway, once its router; source: model_gateway/src/observability/metrics.rs.
  ///
  /// It counts tokens of some answers only, so its own are left out; a page on which the counts of
  /// its workers stand too is theirs.
  static let sgLangGateway = ServerTable(
    name: "SGLang gateway", prefixes: ["smg_", "sgl_router_"], isFront: true,
    commands: ["sglang_router.launch_router", "sglang-router", "smg"], ports: [29000],
    columns: [
      Column(
        .requests, ["router_requests_total"], less: ["router_request_errors_total"],
        note: "handed on to workers, less errors"),
      Column(
        .requests, ["requests_total"], less: ["request_errors_total"],
        note: "handed on to workers, less errors"),
      Column(.abortedRequests, ["router_request_errors_total"], note: "failed"),
      Column(.abortedRequests, ["request_errors_total"], note: "failed"),
      Column(
        .requestTime, ["router_request_duration_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestTime, ["request_duration_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["worker_requests_active"], note: ColumnNote.ofMoment),
      Column(.requestsRunning, ["running_requests"], note: ColumnNote.ofMoment),
    ])
}
