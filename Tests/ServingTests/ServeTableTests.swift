import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Serving

/// What the pages of each server mean.
@Suite struct ServeTableTests {
  /// Follows pages of one server; the values of the last and whether it restarted there.
  func follow(_ pages: String...) -> (
    server: String, values: [Metric: Double], late: Set<Metric>, restarts: [Bool]
  ) {
    var counters = ServerCounters()
    var restarts: [Bool] = []
    var last = ServerCounters.Result()
    var name = "?"
    for text in pages {
      let page = PrometheusText.read(Array(text.utf8), ServerTable.selection)
      guard let table = ServerTable.of(page) else { continue }
      name = table.name
      let started = page.samples.first { $0.name == ServerTable.startTime }?.value
      last = counters.take(table.samples(of: page), started: started, table: table)
      restarts.append(last.hasRestarted)
    }
    return (
      name, Dictionary(uniqueKeysWithValues: last.values.map { ($0.column.metric, $0.value) }),
      Set(last.values.filter(\.column.isLate).map(\.column.metric)), restarts
    )
  }

  @Test(arguments: ["vllm:", "ray_vllm:", "ray_vllm_"])
  func `vLLM's computed and cached prompt tokens are two numbers`(prefix: String) {
    let page = ServePages.vLLM(
      output: 700, prompt: 53, cached: 640, running: 2, prefix: prefix, requests: 4)
    let (server, values, late, _) = follow(page)
    #expect(server == "vLLM")
    #expect(values[.outputTokens] == 700)
    #expect(values[.promptTokens] == 53)
    #expect(values[.cachedPromptTokens] == 640)
    #expect(values[.requests] == 5)
    #expect(values[.requestsRunning] == 2)
    #expect(values[.requestsWaiting] == 0)
    #expect(late == [.requests])
  }

  @Test func `vLLM without sources takes the cached ones off the total`() {
    let page = """
      vllm:generation_tokens_total{model_name="m"} 7
      vllm:prompt_tokens_total{model_name="m"} 100
      vllm:prompt_tokens_cached_total{model_name="m"} 93

      """
    #expect(follow(page).values[.promptTokens] == 7)
    let old = "vllm:prompt_tokens_total 100\nvllm:prefix_cache_hits_total 60\n"
    #expect(follow(old).values[.promptTokens] == 40)
    #expect(follow(old).values[.cachedPromptTokens] == 60)
  }

  @Test func `data-parallel engines add up`() {
    let page =
      ServePages.vLLM(output: 700, running: 2) + ServePages.vLLM(output: 40, engine: "1")
    #expect(follow(page).values[.outputTokens] == 740)
    #expect(follow(page).values[.requestsRunning] == 2)
  }

  @Test func `SGLang's tensor ranks repeat each other and data ranks add up`() {
    let page = ServePages.sgLang(
      decode: 1000, prefill: 50, cached: 20, extendSeconds: 1.5, decodeSeconds: 6, dataRanks: 3)
    let (server, values, late, _) = follow(page)
    #expect(server == "SGLang")
    #expect(values[.outputTokens] == 3000)
    #expect(values[.promptTokens] == 150)
    #expect(values[.cachedPromptTokens] == 60)
    #expect(values[.prefillTime] == 4.5)
    #expect(values[.decodeTime] == 18)
    #expect(values[.requestsRunning] == 9)
    #expect(values[.reportedFLOP] == 2e15, "that of one GPU")
    #expect(late.isEmpty)
  }

  @Test func `SGLang's plain counters move when a request ends`() {
    let page = """
      sglang:prompt_tokens_total{model_name="m"} 8.128902e+06
      sglang:cached_tokens_total{model_name="m"} 128902
      sglang:generation_tokens_total{model_name="m"} 7.557572e+06

      """
    let (_, values, late, _) = follow(page)
    #expect(values[.outputTokens] == 7_557_572)
    #expect(values[.promptTokens] == 8_000_000)
    #expect(values[.cachedPromptTokens] == 128_902)
    #expect(late == [.outputTokens, .promptTokens, .cachedPromptTokens])
  }

  @Test func `TGI's sums of histograms are its counters`() {
    let page = """
      tgi_request_generated_tokens_sum 412
      tgi_request_generated_tokens_bucket{le="1"} 3
      tgi_request_input_length_sum 95
      tgi_request_count 9
      tgi_request_success{method="generate"} 8
      tgi_queue_size 2
      tgi_batch_current_size 4
      tgi_batch_forward_duration_sum{method="prefill"} 1.25
      tgi_batch_forward_duration_sum{method="decode"} 3.5

      """
    let (server, values, late, _) = follow(page)
    #expect(server == "TGI")
    #expect(values[.outputTokens] == 412 && late.contains(.outputTokens))
    #expect(values[.promptTokens] == 95)
    #expect(values[.requests] == 8)
    #expect(values[.requestsRunning] == 4 && values[.requestsWaiting] == 2)
    #expect(values[.prefillTime] == 1.25 && values[.decodeTime] == 3.5)
  }

  @Test func `llama cpp leaves the cached tokens out by itself`() {
    let (server, values, _, _) = follow(ServePages.llamaCpp(output: 34, prompt: 12, cached: 88))
    #expect(server == "llama.cpp")
    #expect(values[.outputTokens] == 34)
    #expect(values[.promptTokens] == 12)
    #expect(values[.cachedPromptTokens] == 88)
    #expect(values[.decodeTime] == 10.25)
    #expect(values[.requests] == nil)
    let older = follow(ServePages.llamaCpp(output: 34, prompt: 12)).values
    #expect(older[.cachedPromptTokens] == nil)
  }

  @Test func `TensorRT-LLM's joules come from a page of their own`() {
    #expect(
      ServerEnergy.read(Array(#"{"total_energy_j": 12.5, "query_time": 1}"#.utf8))?.value == 12.5)
    #expect(ServerEnergy.read(Array(#"{"error": "no"}"#.utf8)) == nil)
    #expect(ServerEnergy.read(Array("[]".utf8)) == nil)
    #expect(ServerEnergy.read(Array(#"{"total_energy_j": 1e999}"#.utf8)) == nil)
    let page = """
      trtllm_generation_tokens_total{model_name="m",engine_type="trtllm"} 70
      trtllm_prompt_tokens_total{model_name="m",engine_type="trtllm"} 100
      trtllm_prompt_cached_tokens_total{model_name="m",engine_type="trtllm"} 25
      trtllm_request_success_total{finished_reason="stop"} 3

      """
    let (server, values, _, _) = follow(page)
    #expect(server == "TensorRT-LLM")
    #expect(values[.promptTokens] == 75 && values[.cachedPromptTokens] == 25)
    #expect(values[.requests] == 3)
  }

  @Test func `LMDeploy's doubled counter gives way to the sum at the end`() {
    let (server, values, late, _) = follow(
      """
      lmdeploy:generation_tokens_total{model_name="m"} 200
      lmdeploy:request_generation_tokens_sum{model_name="m"} 100
      lmdeploy:prompt_tokens_total{model_name="m"} 31
      lmdeploy:num_requests_running{model_name="m"} 1

      """)
    #expect(server == "LMDeploy")
    #expect(values[.outputTokens] == 100 && late.contains(.outputTokens))
  }

  @Test func `a server that borrows vLLM's names is told by its own`() {
    let (server, values, late, _) = follow(
      "mlx_serve:uptime_seconds 5\nvllm:generation_tokens_total{model_name=\"m\"} 9\n")
    #expect(server == "mlx-serve")
    #expect(values[.outputTokens] == 9 && late == [.outputTokens])
  }

  @Test func `Triton knows requests and joules but no tokens`() {
    let (server, values, _, _) = follow(
      """
      nv_inference_request_success{model="a",version="1"} 3
      nv_inference_request_success{model="b",version="1"} 4
      nv_inference_request_duration_us{model="a",version="1"} 1500000
      nv_energy_consumption{gpu_uuid="GPU-1"} 10.5
      nv_energy_consumption{gpu_uuid="GPU-2"} 20.25
      nv_inference_pending_request_count{model="a",version="1"} 2

      """)
    #expect(server == "Triton")
    #expect(values[.requests] == 7 && values[.reportedEnergy] == 30.75)
    #expect(values[.requestsWaiting] == 2 && values[.outputTokens] == nil)
    #expect(values[.requestTime] == 1.5)
  }
}
