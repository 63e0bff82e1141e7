import Telemetry

extension ServerTable {
  /// LMDeploy; source: lmdeploy/metrics/loggers.py.
  ///
  /// One version counts each output token twice as it goes, so only the sums over requests that
  /// have ended are used.
  static let lmDeploy = ServerTable(
    name: "LMDeploy", prefixes: ["lmdeploy:"], remedy: "start LMDeploy with --enable-metrics",
    commands: ["lmdeploy", "lmdeploy.serve"], ports: [23333], flag: "--enable-metrics",
    columns: [
      Column(
        .outputTokens, ["request_generation_tokens_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["request_prompt_tokens_sum"], less: ["request_cached_tokens_sum"],
        needsLess: true, isLate: true, note: ColumnNote.atEnd + "; less those found in a cache"),
      Column(
        .promptTokens, ["prompt_tokens_total"], mayHoldCached: true,
        note: ColumnNote.atStep + "; those found in a cache are among them"),
      Column(
        .cachedPromptTokens, ["request_cached_tokens_sum"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      Column(
        .requests, [Term("request_success_total", "finished_reason", .onlyOrUnlabelled(served))],
        isLate: true, note: "served, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, [Term("request_success_total", "finished_reason", .otherThan(served))],
        isLate: true, note: ColumnNote.unserved),
      Column(
        .requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ColumnNote.ofMoment),
    ])

  /// LMDeploy writes the name of its own enumeration.
  private static let served = [
    "stop", "length", "ResponseType.FINISH", "ResponseType.SUCCESS", "FINISH", "SUCCESS",
  ]
}
