import Glibc
import Quantities
import Telemetry
import Testing

@testable import Formats
@testable import Serving

/// Real pages of public servers, where they lie beside the package.
@Suite struct ServeFixtureTests {
  private func values(_ file: String) throws -> (server: String, values: [Metric: Double]) {
    let bytes = Fixtures.read("training/prometheus/" + file)
    let page = PrometheusText.read(bytes, ServerTable.selection)
    #expect(page.strayLines == 0 && page.kind == .metrics)
    let table = try #require(ServerTable.of(page))
    var counters = ServerCounters()
    let result = counters.take(table.samples(of: page), started: nil, table: table)
    return (
      table.name,
      Dictionary(uniqueKeysWithValues: result.values.map { ($0.column.metric, $0.value) })
    )
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/prometheus/vllm_opt125m.prom"),
      "no ../shared/fixtures beside the package"))
  func vLLM() throws {
    let (server, values) = try values("vllm_opt125m.prom")
    #expect(server == "vLLM")
    #expect(values[.outputTokens] == 7)
    #expect(values[.promptTokens] == 53 && values[.cachedPromptTokens] == 64)
    #expect(values[.requests] == 1 && values[.requestsRunning] == 0)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/prometheus/sglang_llama31_8b.prom"),
      "no ../shared/fixtures beside the package"))
  func sgLang() throws {
    let (server, values) = try values("sglang_llama31_8b.prom")
    #expect(server == "SGLang")
    #expect(values[.outputTokens] == 7_557_572)
    #expect(values[.promptTokens] == 8_128_902)
    #expect(values[.requestsRunning] == 162 && values[.requestsWaiting] == 2826)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/prometheus/triton_t4.prom"),
      "no ../shared/fixtures beside the package"))
  func triton() throws {
    let (server, values) = try values("triton_t4.prom")
    #expect(server == "Triton")
    #expect(values[.requests] == 3)
    #expect(values[.reportedEnergy] == 4_879_631.328000044)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/prometheus/dcgm_exporter_t4.prom"),
      "no ../shared/fixtures beside the package"))
  func dcgm() throws {
    let bytes = Fixtures.read("training/prometheus/dcgm_exporter_t4.prom")
    let page = PrometheusText.read(bytes, DCGMTable.selection)
    func value(_ metric: Metric) -> Double? {
      page.samples.lazy.compactMap { sample in
        DCGMTable.byName[sample.name].flatMap {
          DCGMTable.fields[$0.field].metric == metric ? sample.value * $0.scale : nil
        }
      }.first
    }
    #expect(value(.power) == 8.969)
    #expect(value(.energy).map { abs($0 - 128_996.013) < 1e-6 } == true)
    #expect(value(.utilization) == 0 && value(.temperature) == 25)
    #expect(value(.smClock) == 300e6)
    #expect(page.samples.allSatisfy { $0.label("modelName") == "Tesla T4" })
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/prometheus/vllm_opt125m.prom"),
      "no ../shared/fixtures beside the package"))
  func noMutationOfThemTraps() {
    var random = MutationRandom(seed: 3)
    for file in ["vllm_opt125m", "sglang_llama31_8b", "triton_t4", "dcgm_exporter_t4"] {
      let page = Fixtures.read("training/prometheus/\(file).prom")
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
