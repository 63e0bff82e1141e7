import Telemetry

extension ServerTable {
  /// LiteLLM's proxy, whose tokens may be a remote API's; source: integrations/prometheus.py.
  static let liteLLM = ServerTable(
    name: "LiteLLM proxy", prefixes: ["litellm_"], isFront: true, paths: ["/metrics/"],
    remedy: "start LiteLLM with callbacks: [\"prometheus\"]", commands: ["litellm"], ports: [4000],
    columns: [
      Column(
        .outputTokens, ["output_tokens_metric_total"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["input_tokens_metric_total"], less: ["input_cached_tokens_metric_total"],
        needsLess: true, isLate: true, note: "less those found in a cache, " + ColumnNote.atEnd),
      Column(
        .promptTokens, ["input_tokens_metric_total"], isLate: true, mayHoldCached: true,
        note: ColumnNote.atEnd + "; those found in a cache are among them"),
      Column(
        .cachedPromptTokens, ["input_cached_tokens_metric_total"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      Column(
        .requests, ["proxy_total_requests_metric_total"],
        less: ["proxy_failed_requests_metric_total"], isLate: true,
        note: "less those that failed, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, ["proxy_failed_requests_metric_total"], isLate: true,
        note: "failed, " + ColumnNote.atEnd),
      Column(
        .requestTime, ["request_total_latency_metric_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["in_flight_requests"], note: ColumnNote.ofMoment),
    ])
}
