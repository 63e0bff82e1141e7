import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Serving

/// A page of every server says what it holds; so do pages of public servers, where they are.
@Suite struct ServeFixtureTests {
  struct Page: Sendable, CustomTestStringConvertible {
    let path: String
    let server: String
    let values: [Metric: Double]
    /// Whether nothing else may be told.
    var isAll = true

    var testDescription: String { path.split(separator: "/").suffix(2).joined(separator: "/") }

    static func madeUp(_ table: ServerTable, _ values: [Metric: Double]) -> Page {
      Page(
        path: Fixtures.path("pages/\(Fixtures.name(table.name)).prom"), server: table.name,
        values: values)
    }

    static func real(_ file: String, _ server: String, _ values: [Metric: Double]) -> Page? {
      Fixtures.real("training/prometheus/\(file).prom").map {
        Page(path: $0, server: server, values: values, isAll: false)
      }
    }
  }

  static let madeUp: [Page] = [
    .madeUp(
      .vLLM,
      [
        .outputTokens: 4375, .promptTokens: 10_752, .cachedPromptTokens: 2560, .requests: 64,
        .requestTime: 127.75, .requestsRunning: 8, .requestsWaiting: 2, .reportedFLOP: 3.5e13,
      ]),
    .madeUp(
      .mlxServe,
      [
        .outputTokens: 640, .promptTokens: 1024, .cachedPromptTokens: 384, .requests: 11,
        .requestsRunning: 1,
      ]),
    .madeUp(
      .sgLang,
      [
        .outputTokens: 51_200, .promptTokens: 28_672, .cachedPromptTokens: 6144, .requests: 180,
        .requestTime: 1250.5, .requestsRunning: 12, .requestsWaiting: 4, .prefillTime: 14.25,
        .decodeTime: 88.5,
      ]),
    .madeUp(
      .tgi,
      [
        .outputTokens: 10_240, .promptTokens: 20_992, .requests: 79, .requestTime: 214.75,
        .requestsRunning: 6, .requestsWaiting: 3, .prefillTime: 7.5, .decodeTime: 93.125,
      ]),
    .madeUp(
      .llamaCpp,
      [
        .outputTokens: 896, .promptTokens: 1536, .requestsRunning: 2, .requestsWaiting: 1,
        .prefillTime: 4.375, .decodeTime: 22.25,
      ]),
    .madeUp(
      .tensorRTLLM,
      [
        .outputTokens: 12_544, .promptTokens: 20_992, .cachedPromptTokens: 4608, .requests: 60,
        .requestTime: 140.5, .requestsRunning: 4, .requestsWaiting: 1,
      ]),
    .madeUp(
      .lmDeploy,
      [
        .outputTokens: 2176, .promptTokens: 5120, .cachedPromptTokens: 1024, .requests: 20,
        .abortedRequests: 2, .requestsRunning: 3, .requestsWaiting: 5,
      ]),
    .madeUp(
      .triton,
      [
        .requests: 184, .abortedRequests: 1, .requestTime: 2.75, .requestsWaiting: 3,
        .reportedEnergy: 34_252.25,
      ]),
    .madeUp(
      .aphrodite,
      [
        .outputTokens: 4480, .promptTokens: 7000, .cachedPromptTokens: 2600, .requests: 40,
        .abortedRequests: 6, .requestsRunning: 3,
      ]),
    .madeUp(
      .tei,
      [
        .promptTokens: 18_944, .requests: 50, .abortedRequests: 3, .requestTime: 6.5,
        .requestsWaiting: 4,
      ]),
    .madeUp(
      .nim,
      [
        .outputTokens: 5120, .promptTokens: 8192, .requests: 48, .abortedRequests: 3,
        .requestTime: 102.25, .requestsRunning: 6, .requestsWaiting: 1,
      ]),
    .madeUp(
      .dynamoFrontend,
      [
        .outputTokens: 51_200, .promptTokens: 614_400, .cachedPromptTokens: 204_800,
        .requests: 640, .abortedRequests: 7, .requestTime: 3200.5, .requestsRunning: 12,
        .requestsWaiting: 3,
      ]),
    .madeUp(
      .dynamoWorker,
      [.requests: 316, .abortedRequests: 4, .requestTime: 410.5, .requestsRunning: 5]),
    .madeUp(
      .sgLangGateway,
      [.requests: 524, .abortedRequests: 6, .requestTime: 1060.5, .requestsRunning: 7]),
    .madeUp(
      .liteLLM,
      [
        .outputTokens: 4200, .promptTokens: 12_000, .cachedPromptTokens: 2000, .requests: 90,
        .abortedRequests: 10, .requestTime: 150.25,
      ]),
  ]

  static let real: [Page] = [
    .real(
      "vllm_opt125m", "vLLM",
      [
        .outputTokens: 7, .promptTokens: 53, .cachedPromptTokens: 64, .requests: 1,
        .requestsRunning: 0,
      ]),
    .real(
      "sglang_llama31_8b", "SGLang",
      [
        .outputTokens: 7_557_572, .promptTokens: 8_128_902, .requestsRunning: 162,
        .requestsWaiting: 2826,
      ]),
    .real("triton_t4", "Triton", [.requests: 3, .reportedEnergy: 4_879_631.328000044]),
  ].compactMap(\.self)

  @Test func everyServerHasAPage() {
    #expect(Set(Self.madeUp.map(\.server)) == Set(ServerTable.all.map(\.name)))
  }

  @Test(arguments: madeUp + real) func aPageSaysWhatItHolds(file: Page) throws {
    let page = PrometheusText.read(Fixtures.readFile(file.path), ServerTable.selection)
    #expect(page.strayLines == 0 && page.kind == .metrics)
    let table = try #require(ServerTable.of(page))
    #expect(table.name == file.server)
    var counters = ServerCounters()
    let result = counters.take(table.samples(of: page), started: nil, table: table)
    let values = Dictionary(
      uniqueKeysWithValues: result.values.map { ($0.column.metric, $0.value) })
    if file.isAll { #expect(values == file.values) }
    for (metric, value) in file.values { #expect(values[metric] == value, "\(metric.name)") }
  }

  @Test func dcgm() throws {
    struct Exporter {
      let path: String?
      let model: String
      let values: [Metric: Double]
    }
    let exporters = [
      Exporter(
        path: Fixtures.path("pages/dcgm-exporter.prom"), model: "NVIDIA L4",
        values: [
          .power: 68.25, .energy: 5_120_750, .utilization: 0.87, .memoryActivity: 0.41,
          .temperature: 61, .smClock: 1470e6, .memoryClock: 6250e6, .tensorActive: 0.3125,
          .memoryUsed: 13_312 * 1_048_576,
        ]),
      Exporter(
        path: Fixtures.real("training/prometheus/dcgm_exporter_t4.prom"), model: "Tesla T4",
        values: [
          .power: 8.969, .energy: 128_996.013, .utilization: 0, .temperature: 25, .smClock: 300e6,
        ]),
    ]
    for exporter in exporters {
      guard let path = exporter.path else { continue }
      let page = PrometheusText.read(Fixtures.readFile(path), DCGMTable.selection)
      // Of several GPUs the first.
      for (metric, right) in exporter.values {
        let value = page.samples.lazy.compactMap { sample in
          DCGMTable.byName[sample.name].flatMap {
            DCGMTable.fields[$0.field].metric == metric ? sample.value * $0.scale : nil
          }
        }.first
        #expect(value.map { abs($0 - right) <= 1e-9 * right } == true, "\(metric.name)")
      }
      #expect(page.samples.allSatisfy { $0.label("modelName") == exporter.model })
    }
  }

  @Test func noMutationOfThemTraps() {
    var random = SeededRandom(3)
    let real = ["vllm_opt125m", "sglang_llama31_8b", "triton_t4", "dcgm_exporter_t4"]
      .compactMap { Fixtures.real("training/prometheus/\($0).prom") }
    let dcgm = Fixtures.path("pages/dcgm-exporter.prom")
    for path in Self.madeUp.map(\.path) + [dcgm] + real {
      let page = Fixtures.readFile(path)
      for _ in 0..<100 {
        var bytes = page
        random.mutate(&bytes)
        let result = PrometheusText.read(bytes, ServerTable.selection)
        guard let table = ServerTable.of(result) else { continue }
        var counters = ServerCounters()
        let values = counters.take(table.samples(of: result), started: nil, table: table).values
        #expect(values.allSatisfy { $0.value.isFinite && $0.value >= 0 })
      }
    }
  }
}
