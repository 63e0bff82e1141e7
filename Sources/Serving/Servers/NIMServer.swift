import Telemetry

extension ServerTable {
  /// NVIDIA NIM under names of its own; newer ones publish vLLM's or TensorRT-LLM's.
  ///
  /// Source: docs.nvidia.com/nim/large-language-models, observability.
  static let nim = ServerTable(
    name: "NIM", prefixes: ["nim_llm_", "nim_", "nim:", ""],
    marks: ["generation_tokens_total", "prompt_tokens_total", "num_requests_running"],
    paths: ["/v1/metrics"],
    columns: [
      Column(.outputTokens, ["generation_tokens_total"], note: ColumnNote.atStep),
      Column(
        .promptTokens, ["prompt_tokens_total"], mayHoldCached: true,
        note: ColumnNote.atStep + "; those found in a cache may be among them"),
      Column(
        .requests, [.served("request_finish_total")], isLate: true,
        note: "served, " + ColumnNote.atEnd),
      Column(
        .requests, [.served("request_success_total")], isLate: true,
        note: "served, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, [.unserved("request_finish_total")], isLate: true,
        note: ColumnNote.unserved),
      Column(
        .abortedRequests, ["request_failure_total"], isLate: true, note: ColumnNote.unserved),
      Column(
        .requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ColumnNote.ofMoment),
    ])
}
