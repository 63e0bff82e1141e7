import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Serving

/// What servers borrow from each other, hand on and leave out.
extension ServeTableTests {
  // MARK: What others borrow, hand on and leave out

  @Test func `aborted requests are told apart from those that were served`() {
    let reasons = ["stop": 40, "length": 8, "abort": 5, "error": 2, "repetition": 1]
    for (prefix, server) in [
      ("vllm:", "vLLM"), ("aphrodite:", "Aphrodite"), ("trtllm_", "TensorRT-LLM"),
    ] {
      let page = reasons.sorted(by: <).map { reason, count in
        "\(prefix)request_success_total{finished_reason=\"\(reason)\",model_name=\"m\"} \(count)"
      }.joined(separator: "\n")
      let followed = follow(page + "\n")
      #expect(followed.server == server)
      #expect(followed.values[.requests] == 48 && followed.values[.abortedRequests] == 8)
    }
    let sgLang = follow("sglang:num_requests_total 90\nsglang:num_aborted_requests_total 12\n")
    #expect(sgLang.values[.requests] == 78 && sgLang.values[.abortedRequests] == 12)
    let tgi = follow("tgi_request_success 8\ntgi_request_failure{err=\"generation\"} 3\n")
    #expect(tgi.values[.requests] == 8 && tgi.values[.abortedRequests] == 3)
    // Where only those are counted that came, nobody knows how many were served.
    #expect(follow("tgi_request_count 9\n").values[.requests] == nil)
  }

  @Test(arguments: ["", "nim_", "nim:", "nim_llm_"])
  func `NIM publishes vLLM's words with another prefix or none`(prefix: String) {
    let page = """
      \(prefix)num_requests_running{model_name="m"} 2
      \(prefix)generation_tokens_total{model_name="m"} 700
      \(prefix)prompt_tokens_total{model_name="m"} 900
      \(prefix)request_success_total{model_name="m"} 30
      \(prefix)request_failure_total{model_name="m"} 4

      """
    let followed = follow(page)
    #expect(followed.server == "NIM" && followed.values[.outputTokens] == 700)
    #expect(followed.values[.requests] == 30 && followed.values[.abortedRequests] == 4)
  }

  @Test func `trtllm-serve without a prefix is told by what it has alone`() {
    let page = """
      request_success_total{engine_type="trtllm",finished_reason="stop",model_name="m"} 7
      request_success_total{engine_type="trtllm",finished_reason="cancelled",model_name="m"} 2
      e2e_request_latency_seconds_sum{engine_type="trtllm",model_name="m"} 14

      """
    let followed = follow(page)
    #expect(followed.server == "TensorRT-LLM" && followed.values[.outputTokens] == nil)
    #expect(followed.values[.requests] == 7 && followed.values[.abortedRequests] == 2)
    // Half of the words is any program's.
    #expect(follow("request_success_total 7\n").server == "?")
    #expect(follow("prompt_tokens_total 7\ngeneration_tokens_total 9\n").server == "?")
  }

  @Test func `an engine is counted, and not who hands its requests on`() {
    let worker = "sglang:generation_tokens_total{worker_addr=\"a\"} 500\n"
    let gateway = """
      smg_router_tokens_total{token_type="output"} 500
      smg_router_requests_total{model="m"} 9
      sgl_router_requests_total{route="/generate"} 9

      """
    #expect(follow(gateway + worker).server == "SGLang")
    #expect(follow(gateway + worker).values[.outputTokens] == 500)
    let alone = follow(gateway)
    #expect(alone.server == "SGLang gateway" && alone.values[.outputTokens] == nil)
    #expect(alone.values[.requests] == 9, "old and new names are one count")
    let dynamo = "dynamo_component_requests_total{dynamo_endpoint=\"generate\"} 5\n"
    for engine in ["vllm:", "sglang:", "trtllm_"] {
      let page = dynamo + "\(engine)generation_tokens_total{worker_id=\"1\"} 70\n"
      #expect(follow(page).values[.outputTokens] == 70, "\(engine)")
      #expect(follow(page + "dynamo_frontend_output_tokens_total 70\n").values[.outputTokens] == 70)
    }
    #expect(follow(dynamo).server == "Dynamo worker")
    for table in ServerTable.all {
      let fronts = ["Dynamo frontend", "SGLang gateway", "LiteLLM proxy"]
      #expect(table.isFront == fronts.contains(table.name))
    }
  }

  @Test func `vLLM under Triton, KServe and Ray is vLLM`() {
    let triton = """
      nv_inference_request_success{model="other"} 3
      vllm:generation_tokens_total{model="m",version="1"} 44
      vllm:prompt_tokens_total{model="m",version="1"} 10

      """
    #expect(follow(triton).server == "vLLM" && follow(triton).values[.outputTokens] == 44)
    // Ray publishes one counter under two names.
    let ray = """
      ray_vllm:generation_tokens_total{engine="0",model_name="m",ReplicaId="r"} 44
      ray_vllm_generation_tokens_total{engine="0",model_name="m",ReplicaId="r"} 44

      """
    #expect(follow(ray).values[.outputTokens] == 44)
  }

  @Test func `models of a router add up by their labels`() {
    let page = """
      llamacpp:tokens_predicted_total{model="a"} 10
      llamacpp:tokens_predicted_total{model="b"} 20
      llamacpp:prompt_tokens_total{model="a"} 3

      """
    #expect(follow(page).values[.outputTokens] == 30)
  }

  @Test func `LMDeploy's counter alone is not believed`() {
    let page = """
      lmdeploy:generation_tokens_total{model_name="m"} 200
      lmdeploy:prompt_tokens_total{model_name="m"} 31

      """
    #expect(follow(page).values[.outputTokens] == nil)
  }

  @Test func `prompt tokens that may be from a cache are marked`() throws {
    func isMarked(_ text: String) throws -> Bool {
      let page = PrometheusText.read(Array(text.utf8), ServerTable.selection)
      let table = try #require(ServerTable.of(page))
      var counters = ServerCounters()
      let result = counters.take(table.samples(of: page), started: nil, table: table)
      return try #require(result.values.first { $0.column.metric == .promptTokens })
        .column.mayHoldCached
    }
    #expect(try isMarked("vllm:prompt_tokens_total 9\n"))
    #expect(try !isMarked("vllm:prompt_tokens_total 9\nvllm:prompt_tokens_cached_total 0\n"))
    #expect(try isMarked("sglang:prompt_tokens_total 9\n"))
    #expect(
      try !isMarked(
        "sglang:prompt_tokens_total 9\nsglang:uncached_prompt_tokens_histogram_sum 5\n"))
    #expect(try isMarked("tgi_request_input_length_sum 9\n"))
    #expect(try isMarked("trtllm_prompt_tokens_total 9\n"))
    #expect(try !isMarked("llamacpp:prompt_tokens_total 9\n"))
    #expect(try !isMarked("te_request_input_length_sum 9\n"))
    #expect(try isMarked("litellm_input_tokens_metric_total 9\n"))
    #expect(try isMarked("dynamo_frontend_input_sequence_tokens_sum 9\n"))
  }
}
