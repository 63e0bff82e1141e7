import Telemetry

extension ServerTable {
  /// SGLang; source: srt/observability/metrics_collector.py.
  static let sgLang = ServerTable(
    name: "SGLang", prefixes: ["sglang:"], remedy: "start SGLang with --enable-metrics",
    commands: ["sglang.launch_server", "sglang.srt", "sglang"], ports: [30000],
    flag: "--enable-metrics",
    columns: [
      Column(
        .outputTokens, [Term("realtime_tokens_total", "mode", "decode")],
        note: "counted as they are decoded"),
      Column(.outputTokens, ["generation_tokens_total"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, [Term("realtime_tokens_total", "mode", "prefill_compute")],
        note: "counted as they are computed"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["cached_tokens_total"], needsLess: true,
        isLate: true, note: ColumnNote.atEnd + "; less those found in a cache"),
      Column(
        .promptTokens, ["uncached_prompt_tokens_histogram_sum"], isLate: true,
        note: "not found in a cache, " + ColumnNote.atEnd),
      Column(
        .promptTokens, ["prompt_tokens_total"], isLate: true, mayHoldCached: true,
        note: ColumnNote.atEnd + "; those found in a cache are among them"),
      Column(
        .cachedPromptTokens, [Term("realtime_tokens_total", "mode", "prefill_cache")],
        note: "found in a cache, counted as they are used"),
      Column(
        .cachedPromptTokens, ["cached_tokens_total"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      // One that is aborted is counted among those that end as well.
      Column(
        .requests, ["num_requests_total"], less: ["num_aborted_requests_total"], isLate: true,
        note: "less those aborted, " + ColumnNote.atEnd),
      Column(
        .requests, ["e2e_request_latency_seconds_count"], less: ["num_aborted_requests_total"],
        isLate: true, note: "less those aborted, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, ["num_aborted_requests_total"], isLate: true, note: "aborted"),
      Column(
        .requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["num_running_reqs"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["num_queue_reqs"], note: ColumnNote.ofMoment),
      Column(
        .prefillTime, [Term("forward_execution_seconds_total", "category", "extend")],
        note: "time on the GPU for prompts"),
      Column(
        .decodeTime, [Term("forward_execution_seconds_total", "category", "decode")],
        note: "time on the GPU for output"),
    ] + estimates)
}
