import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Serving

/// Counters through time, and servers by their command lines.
extension ServeTableTests {
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
