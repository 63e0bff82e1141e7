import Telemetry

extension ServerTable {
  /// Text Generation Inference; source: its page on metrics.
  static let tgi = ServerTable(
    name: "TGI", prefixes: ["tgi_"],
    commands: [
      "text-generation-launcher", "text-generation-router", "text-generation-server",
    ],
    ports: [80, 3000],
    columns: [
      Column(.outputTokens, ["request_generated_tokens_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["request_input_length_sum"], isLate: true, mayHoldCached: true,
        note: ColumnNote.atEnd + "; those found in a cache are among them"),
      Column(.requests, ["request_success"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .abortedRequests, ["request_failure"], isLate: true, note: "failed, " + ColumnNote.atEnd),
      Column(.requestTime, ["request_duration_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsRunning, ["batch_current_size"], note: "in the batch " + ColumnNote.ofMoment),
      Column(.requestsWaiting, ["queue_size"], note: ColumnNote.ofMoment),
      Column(
        .prefillTime, [Term("batch_forward_duration_sum", "method", "prefill")],
        note: "time in the model for prompts"),
      Column(
        .decodeTime, [Term("batch_forward_duration_sum", "method", "decode")],
        note: "time in the model for output"),
    ])
}
