import Telemetry

extension ServerTable {
  /// vLLM, alone or under Ray Serve, KServe and Triton; source: vllm/v1/metrics/loggers.py.
  static let vLLM = ServerTable(
    name: "vLLM", prefixes: ["vllm:", "ray_vllm:", "ray_vllm_"],
    commands: ["vllm", "vllm.entrypoints", "vllm serve"], ports: [8000],
    columns: vLLMColumns(isLate: false))

  static func vLLMColumns(isLate: Bool) -> [Column] {
    let when = isLate ? ColumnNote.atEnd : ColumnNote.atStep
    return [
      Column(.outputTokens, ["generation_tokens_total"], isLate: isLate, note: when),
      Column(
        .promptTokens, [Term("prompt_tokens_by_source_total", "source", "local_compute")],
        isLate: isLate, note: "computed here, \(when)"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prompt_tokens_cached_total"],
        needsLess: true, isLate: isLate, note: "all less cached, \(when)"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prefix_cache_hits_total"],
        needsLess: true, isLate: isLate, note: when + "; less hits of the prefix cache"),
      Column(
        .promptTokens, ["prompt_tokens_total"], isLate: isLate, mayHoldCached: true,
        note: when + "; those found in a cache may be among them"),
      Column(
        .cachedPromptTokens,
        [
          Term(
            "prompt_tokens_by_source_total", "source", "local_cache_hit", "external_kv_transfer")
        ],
        isLate: isLate, note: "found in a cache, here or elsewhere, \(when)"),
      Column(
        .cachedPromptTokens, ["prompt_tokens_cached_total"], isLate: isLate,
        note: "found in a cache, here or elsewhere, \(when)"),
      Column(
        .cachedPromptTokens, ["prefix_cache_hits_total"], isLate: isLate,
        note: "hits of the prefix cache, \(when)"),
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
    ] + estimates
  }

  /// vLLM's and SGLang's own estimates, with `--enable-mfu-metrics`.
  static let estimates = [
    Column(
      .reportedFLOP, ["estimated_flops_per_gpu_total"], fold: .largest,
      note: "of one GPU, estimated by the server from the model's shape"),
    Column(
      .reportedMemoryTraffic,
      ["estimated_read_bytes_per_gpu_total", "estimated_write_bytes_per_gpu_total"],
      fold: .largest, note: "of one GPU, estimated by the server from the model's shape"),
  ]
}
