import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Serving

/// What the pages of each server mean.
@Suite struct ServeTableTests {
  /// Follows pages of one server; the values of the last and whether it restarted there.
  private func follow(_ pages: String...) -> (
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

  // MARK: Through time

  @Test func `counters go on over a restart`() {
    let followed = follow(
      ServePages.vLLM(output: 1000), ServePages.vLLM(output: 1500),
      ServePages.vLLM(output: 20, started: 1.8e9), ServePages.vLLM(output: 50, started: 1.8e9))
    #expect(followed.values[.outputTokens] == 1550)
    #expect(followed.restarts == [false, false, true, false])
  }

  @Test func `a restart shows by the start time even where nothing has fallen`() {
    let followed = follow(
      ServePages.vLLM(output: 100), ServePages.vLLM(output: 400, started: 1.8e9))
    #expect(followed.values[.outputTokens] == 500)
    #expect(followed.restarts == [false, true])
  }

  @Test func `a fall without a start time is a restart too`() {
    let followed = follow(
      ServePages.llamaCpp(output: 90, prompt: 5), ServePages.llamaCpp(output: 10, prompt: 6))
    #expect(followed.values[.outputTokens] == 100)
    #expect(followed.restarts == [false, true])
  }

  @Test func `two counters of the same thing never alternate`() {
    let plain = "sglang:generation_tokens_total{model_name=\"m\"} 500\n"
    // Locked to what came first, though a better one comes later.
    #expect(follow(plain, plain + ServePages.sgLang(decode: 900)).values[.outputTokens] == 500)
    // One that goes away is replaced without a jump.
    let followed = follow(
      ServePages.sgLang(decode: 900), "sglang:generation_tokens_total{model_name=\"m\"} 800\n",
      "sglang:generation_tokens_total{model_name=\"m\"} 850\n")
    #expect(followed.values[.outputTokens] == 950)
  }

  @Test func `a model that is loaded later adds what it has counted`() {
    let second = "vllm:generation_tokens_total{model_name=\"n\",engine=\"0\"} 5\n"
    let followed = follow(ServePages.vLLM(output: 10), ServePages.vLLM(output: 12) + second)
    #expect(followed.values[.outputTokens] == 17)
    #expect(followed.restarts == [false, false])
  }

  @Test func `what is no count is left out`() {
    for value in ["NaN", "+Inf", "-1", "1e300"] {
      let page = "vllm:generation_tokens_total \(value)\nvllm:num_requests_running \(value)\n"
      #expect(follow(page).values.isEmpty, "\(value)")
    }
    let followed = follow(
      ServePages.vLLM(output: 10),
      "vllm:generation_tokens_total{model_name=\"m\",engine=\"0\"} NaN\n",
      ServePages.vLLM(output: 12))
    #expect(followed.values[.outputTokens] == 12)
  }

  @Test func `every column says what it is and has a name of its own`() {
    for table in ServerTable.all {
      #expect(!table.columns.isEmpty && !table.prefixes.isEmpty)
      for column in table.columns {
        #expect(!column.note.isEmpty && !column.terms.isEmpty && column.scale > 0)
        #expect(Metric.known[column.metric.name] != nil)
      }
    }
  }

  // MARK: By the command line

  @Test(arguments: [
    ("/usr/bin/python3 /usr/local/bin/vllm serve meta/x --port 9000", 9000, "vLLM", ""),
    ("python -m vllm.entrypoints.openai.api_server --model x", 8000, "vLLM", ""),
    ("python -m sglang.launch_server --model x", 30000, "SGLang", "--enable-metrics"),
    ("python -m sglang.launch_server --enable-metrics", 30000, "SGLang", ""),
    ("/opt/llama-server -m x.gguf --metrics", 8080, "llama.cpp", ""),
    ("./llama-server -m x.gguf", 8080, "llama.cpp", "--metrics"),
    ("ollama serve", 11434, "Ollama", ""),
    ("tritonserver --model-repository=/m", 8002, "Triton", ""),
    ("trtllm-serve x", 8000, "TensorRT-LLM", ""),
    ("text-generation-router --port 80", 80, "TGI", ""),
    ("text-embeddings-router --port 8080", 8080, "TEI", ""),
    ("python -m dynamo.frontend --http-port 8000", 8000, "Dynamo frontend", ""),
    ("python -m dynamo.vllm --model x", 8081, "Dynamo worker", ""),
    ("python -m sglang_router.launch_router", 30000, "SGLang gateway", ""),
    ("/usr/bin/litellm --config c.yaml --model vllm", 4000, "LiteLLM proxy", ""),
    ("aphrodite run x", 2242, "Aphrodite", ""),
  ])
  func `a command line names the server`(line: String, port: Int, engine: String, flag: String) {
    let found = ServeProbe.candidates(forPort: port, commandLine: line)
    #expect(found.count == 1 && found.first?.engine == engine)
    #expect(found.first?.remedy.contains(flag.isEmpty ? "" : flag) ?? false || flag.isEmpty)
    #expect(flag.isEmpty == found.first?.remedy.isEmpty)
    #expect(found.first?.paths.isEmpty == (engine == "Ollama"))
  }

  @Test func `a port alone is a guess, and another program is none`() {
    let guesses = ServeProbe.candidates(forPort: 8000, commandLine: "").map(\.engine)
    #expect(guesses == ["vLLM", "TensorRT-LLM"])
    #expect(ServeProbe.candidates(forPort: 8000, commandLine: "nginx -g daemon off;").isEmpty)
    #expect(ServeProbe.candidates(forPort: 1, commandLine: "").isEmpty)
    #expect(ServeProbe.candidates(forPort: 8000, commandLine: "python train_vllm_clone.py").isEmpty)
  }
}
