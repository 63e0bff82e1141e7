import Telemetry

extension ServerTable {
  /// Text Embeddings Inference, which reads and writes nothing; source: core/src/infer.rs.
  static let tei = ServerTable(
    name: "TEI", prefixes: ["te_"], sign: "te_request_", commands: ["text-embeddings-router"],
    columns: [
      Column(
        .promptTokens, ["request_input_length_sum"],
        note: "of the texts to embed, counted when they are split into tokens"),
      Column(.requests, ["request_success"], isLate: true, note: "served, " + ColumnNote.atEnd),
      Column(
        .abortedRequests, ["request_failure"], isLate: true, note: "failed, " + ColumnNote.atEnd),
      Column(.requestTime, ["request_duration_sum"], isLate: true, note: ColumnNote.atEnd),
      Column(.requestsWaiting, ["queue_size"], note: ColumnNote.ofMoment),
    ])
}
