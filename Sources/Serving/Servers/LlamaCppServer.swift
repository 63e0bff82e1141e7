import Telemetry

extension ServerTable {
  /// llama.cpp's server, one model of its router, or llama-swap; source: tools/server/README.md.
  static let llamaCpp = ServerTable(
    name: "llama.cpp", prefixes: ["llamacpp:"], remedy: "start llama-server with --metrics",
    commands: ["llama-server", "llama_cpp.server"], ports: [8080], flag: "--metrics",
    columns: [
      Column(.outputTokens, ["tokens_predicted_total"], isLate: true, note: ColumnNote.atEnd),
      Column(
        .promptTokens, ["prompt_tokens_total"], isLate: true,
        note: ColumnNote.atEnd + ", without those found in a cache"),
      Column(
        .cachedPromptTokens, ["prompt_tokens_cached_total"], isLate: true,
        note: "found in a cache, " + ColumnNote.atEnd),
      Column(.requestsRunning, ["requests_processing"], note: ColumnNote.ofMoment),
      Column(.requestsWaiting, ["requests_deferred"], note: ColumnNote.ofMoment),
      Column(
        .prefillTime, ["prompt_seconds_total"], isLate: true,
        note: "time for prompts, added up over the slots, " + ColumnNote.atEnd),
      Column(
        .decodeTime, ["tokens_predicted_seconds_total"], isLate: true,
        note: "time for output, added up over the slots, " + ColumnNote.atEnd),
    ])
}
