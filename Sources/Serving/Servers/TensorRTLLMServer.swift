import Telemetry

extension ServerTable {
  /// `trtllm-serve`, before its names had a prefix too; source: tensorrt_llm/metrics/collector.py.
  static let tensorRTLLM = ServerTable(
    name: "TensorRT-LLM", prefixes: ["trtllm_", "trtllm:", ""],
    marks: ["request_success_total", "e2e_request_latency_seconds_sum"],
    paths: ["/prometheus/metrics"], energyPath: "/energy_metrics",
    remedy: "start trtllm-serve with return_perf_metrics: true", commands: ["trtllm-serve"],
    ports: [8000],
    columns: [
      Column(.outputTokens, ["generation_tokens_total"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prompt_cached_tokens_total"],
        needsLess: true, isLate: true, note: ColumnNote.atEnd + "; less those found in a cache"),
      Column(
        .promptTokens, ["prompt_tokens_total"], isLate: true, mayHoldCached: true,
        note: ColumnNote.atEnd + "; those found in a cache may be among them"),
      Column(
        .cachedPromptTokens, ["prompt_cached_tokens_total"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      Column(
        .requests, [.served("request_success_total")], isLate: true,
        note: "served, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, [.unserved("request_success_total")], isLate: true,
        note: ColumnNote.unserved),
      Column(
        .requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ColumnNote.ofMoment),
      Column(
        .reportedEnergy, [Term(ServerEnergy.name)],
        note: "joules of the server's GPUs since it started, as it adds them up"),
    ])
}
