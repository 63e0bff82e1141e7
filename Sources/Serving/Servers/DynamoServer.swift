import Telemetry

extension ServerTable {
  /// The frontend of NVIDIA Dynamo, which counts what all its workers do.
  ///
  /// Source: lib/runtime/src/metrics/prometheus_names.rs, docs/observability/metrics.md.
  static let dynamoFrontend = ServerTable(
    name: "Dynamo frontend", prefixes: ["dynamo_frontend_"], isFront: true,
    commands: ["dynamo.frontend"],
    columns: [
      Column(.outputTokens, ["output_tokens_total"], note: "counted as they pass"),
      Column(
        .outputTokens, ["output_sequence_tokens_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["input_sequence_tokens_sum"], less: ["cached_tokens_sum"],
        needsLess: true, isLate: true, note: "less those found in a cache, " + ColumnNote.atEnd),
      Column(
        .promptTokens, ["input_sequence_tokens_sum"], isLate: true, mayHoldCached: true,
        note: ColumnNote.atEnd + "; those found in a cache are among them"),
      Column(
        .cachedPromptTokens, ["cached_tokens_sum"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      Column(
        .requests, [Term("requests_total", "status", .onlyOrUnlabelled(["success"]))],
        isLate: true, note: "served, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, [Term("requests_total", "status", .otherThan(["success"]))],
        isLate: true, note: ColumnNote.unserved),
      Column(.requestTime, ["request_duration_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["inflight_requests"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["queued_requests"], note: ColumnNote.ofMoment),
    ])

  /// A worker of Dynamo whose engine publishes nothing beside it: requests without tokens.
  static let dynamoWorker = ServerTable(
    name: "Dynamo worker", prefixes: ["dynamo_component_"],
    commands: ["dynamo.vllm", "dynamo.sglang", "dynamo.trtllm"], ports: [8081],
    columns: [
      Column(
        .requests, [Term("requests_total", "dynamo_endpoint", "generate")],
        less: [Term("errors_total", "dynamo_endpoint", "generate")],
        note: "less those that failed"),
      Column(
        .abortedRequests, [Term("errors_total", "dynamo_endpoint", "generate")], note: "failed"),
      Column(
        .requestTime, [Term("request_duration_seconds_sum", "dynamo_endpoint", "generate")],
        isLate: true, note: ColumnNote.atEnd),
      Column(
        .requestsRunning, [Term("inflight_requests", "dynamo_endpoint", "generate")],
        note: ColumnNote.ofMoment),
    ])
}
