import Linux
import Loopback
import Quantities
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTP
@testable import Serving

/// The source over real sockets, with a clock that stands where the test puts it.
@Suite struct ServeSourceTests {
  static let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  func context() -> SourceContext { SourceContext(machine: "box") }

  func source(_ server: LoopbackServer, _ path: String = "") throws -> ServeSource {
    var client = HTTPClient()
    client.timeout = 5
    return ServeSource(try HTTPURL(server.url(path)), context(), client: client)
  }

  /// What a source says at each of some seconds.
  func listen(
    _ source: inout ServeSource, seconds: Int
  ) throws(SourceFailure) -> [Observation] {
    var heard: [Observation] = []
    for second in 0..<seconds {
      heard += try source.sample(FixedClock(Self.start + Double(second)))
    }
    return heard
  }

  @Test(arguments: ["", "/metrics"]) func withoutLibcurlItSaysWhatToInstall(path: String) throws {
    var client = HTTPClient()
    client.curl = LibrarySearch(["libnowhere.so.4"], in: ["/nowhere"])
    let url = try HTTPURL("http://127.0.0.1:1" + path)
    var serve = ServeSource(url, context(), client: client)
    var exporter = DCGMSource(url, context(), client: client)
    for probe in [serve.probe(), exporter.probe()] {
      #expect(probe.message == "http needs libcurl.so.4, which is not installed")
      #expect(probe.health == .absent && probe.remedy.contains("libcurl4t64"))
    }
    #expect(throws: SourceFailure.self) { try serve.sample(FixedClock(Self.start)) }
    #expect(throws: SourceFailure.self) { try exporter.sample(FixedClock(Self.start)) }
  }

  /// Triton tells power and energy of whole GPUs by their UUIDs.
  @Test func theGPUsThatTritonTellsOfAreGPUs() throws {
    let pages = (0..<4).map { second in
      """
      nv_inference_request_success{model="m"} \(second)
      nv_energy_consumption{gpu_uuid="GPU-1"} \(1000 + 200 * second)
      nv_gpu_power_usage{gpu_uuid="GPU-1"} 200
      nv_gpu_power_usage{gpu_uuid="GPU-2"} 45000
      nv_gpu_power_limit{gpu_uuid="GPU-2"} 700
      nv_gpu_utilization{gpu_uuid="GPU-1"} 0.5

      """
    }
    let player = PagePlayer(pages)
    let server = try LoopbackServer(player.play)
    var source = try source(server)
    var timeline = Timeline()
    timeline.apply(try listen(&source, seconds: 4))
    let span = try #require(timeline.span)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "triton:GPU-1")
    #expect(timeline.device(gpu)?.attributes["uuid"] == "GPU-1")
    #expect(timeline.device(gpu)?.teller == "triton")
    let energy = try #require(timeline.id(.energy, of: gpu))
    #expect(timeline.total(energy, over: span).amount == 600)
    let power = try #require(timeline.id(.power, of: gpu))
    #expect(timeline.total(power, over: span).amount == 600)
    let other = DeviceID(machine: "box", kind: .gpu, name: "triton:GPU-2")
    #expect(timeline.id(.power, of: other) == nil)
    #expect(timeline.events.contains { $0.cause == .refused && $0.device == other })
  }

  func failure(
    _ play: @escaping @Sendable (String) -> LoopbackServer.Reply, _ path: String = ""
  ) throws -> SourceFailure {
    let server = try LoopbackServer(play)
    var source = try source(server, path)
    do throws(SourceFailure) {
      let heard = try source.sample(FixedClock(Self.start))
      Issue.record("it answered: \(heard)")
      return SourceFailure(.ok, "")
    } catch {
      let place = "127.0.0.1:\(server.port)"
      return SourceFailure(
        error.health, error.message.replacing(place, with: "HERE"),
        remedy: error.remedy.replacing(place, with: "HERE"), isFinal: error.isFinal)
    }
  }

  @Test func `a server is described once and then read`() throws {
    let player = PagePlayer([
      ServePages.vLLM(output: 100, prompt: 5), ServePages.vLLM(output: 150, prompt: 9),
    ])
    let server = try LoopbackServer(player.play)
    var source = try source(server)
    let heard = try listen(&source, seconds: 3)
    let device = try #require(heard.devices.first)
    #expect(heard.devices.count == 1)
    #expect(device.id == DeviceID(machine: "box", kind: .job, name: server.url()))
    #expect(device.label == "m" && device.model == "vLLM")
    #expect(
      device.attributes == [
        "framework": "vLLM", "kind": "serving", "model": "m", "path": server.url(),
        "token_count": "step",
      ])
    #expect(heard.readings.map { $0[.outputTokens] } == [100, 150, 150])
    #expect(heard.readings.map { $0[.promptTokens] } == [5, 9, 9])
    #expect(heard.events.isEmpty)
    let series = heard.series
    #expect(Set(series.map(\.metric)).count == series.count)
    let output = try #require(series.first { $0.metric == .outputTokens })
    #expect(output.provenance.method == .counter)
    #expect(output.provenance.source == "serve:127.0.0.1:\(server.port)")
    #expect(
      output.provenance.note
        == "vLLM, generation_tokens_total: counted at every step of the engine")
    let requests = try #require(series.first { $0.metric == .requests })
    #expect(requests.provenance.note.hasSuffix("counted when a request ends"))
    #expect(player.paths == ["/metrics", "/metrics", "/metrics"])
  }

  @Test func `a restart is an event and the counters go on`() throws {
    let player = PagePlayer([
      ServePages.vLLM(output: 1000), ServePages.vLLM(output: 1200),
      ServePages.vLLM(output: 30, started: 1.8e9),
    ])
    let server = try LoopbackServer(player.play)
    var source = try source(server)
    let heard = try listen(&source, seconds: 4)
    #expect(heard.events.map(\.text) == ["vLLM restarted"])
    #expect(heard.readings.map { $0[.outputTokens] } == [1000, 1200, 1230, 1230])
  }

  @Test func `TensorRT-LLM is found at its own path, with its joules`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/metrics": .page("[]", type: "application/json")
      case "/prometheus/metrics": .page("trtllm_generation_tokens_total{model_name=\"m\"} 7\n")
      case "/energy_metrics": .page("{\"total_energy_j\": 1234.5, \"query_time\": 1}")
      default: .status(404)
      }
    }
    var source = try source(server)
    let reading = try #require(try listen(&source, seconds: 1).readings.first)
    #expect(reading[.outputTokens] == 7 && reading[.reportedEnergy] == 1234.5)
  }

  @Test(arguments: [
    ("/metrics/", "litellm_output_tokens_metric_total{model=\"m\"} 7\n", "LiteLLM proxy"),
    (
      "/v1/metrics",
      "generation_tokens_total 7\nprompt_tokens_total 1\nnum_requests_running 0\n", "NIM"
    ),
  ])
  func `a server is found at the path that is its own`(
    path: String, page: String, name: String
  ) throws {
    let server = try LoopbackServer { asked in
      asked == path ? .page(page) : .status(307, ["Location: \(path)"])
    }
    var source = try source(server)
    let heard = try listen(&source, seconds: 1)
    #expect(heard.devices.first?.model == name)
    #expect(heard.readings.first?[.outputTokens] == 7)
    #expect(heard.devices.first?.attributes["front"] == (name == "NIM" ? nil : "yes"))
    #expect(source.probe().health == .ok)
  }

  @Test func `each model of a router is a server of its own`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/metrics?model=a": .page(ServePages.llamaCpp(output: 10, prompt: 1))
      case "/metrics?model=b": .page(ServePages.llamaCpp(output: 20, prompt: 1))
      default: .status(400, ["Server: llama.cpp"], "{\"error\": \"model name is missing\"}")
      }
    }
    var one = try source(server, "/metrics?model=a")
    var other = try source(server, "/metrics?model=b")
    #expect(one.name != other.name)
    let heard = try (listen(&one, seconds: 1), listen(&other, seconds: 1))
    #expect(heard.0.devices.first?.id != heard.1.devices.first?.id)
    #expect(heard.0.readings.first?[.outputTokens] == 10)
    #expect(heard.1.readings.first?[.outputTokens] == 20)
    let asked = try failure { _ in .status(400, ["Server: llama.cpp"]) }
    #expect(asked.remedy.hasSuffix("http://HERE/metrics?model=NAME"))
  }

  @Test func `what comes instead of metrics is told in words`() throws {
    let html = try failure({ _ in .page("<html>hello</html>", type: "text/html") }, "/ui")
    #expect(html.message == "http://HERE/ui answered HTML, not metrics")
    #expect(html.remedy == "is this the right path? try http://HERE/metrics")
    let json = try failure({ _ in .page("{\"a\": 1}") }, "/metrics")
    #expect(json.message == "http://HERE/metrics answered JSON, not metrics")
    #expect(json.remedy.contains("/prometheus/metrics"))
    let other = try failure { _ in .page("node_load1 0.5\n") }
    #expect(other.message == "http://HERE/metrics has metrics, but of no server known here")
    #expect(other.remedy.contains("vLLM") && other.remedy.contains("llama.cpp"))
    let dcgm = try failure { _ in .page("DCGM_FI_DEV_POWER_USAGE{gpu=\"0\"} 9\n") }
    #expect(dcgm.remedy.contains("dcgm:http://HERE/metrics"))
    #expect(try failure { _ in .page("") }.message.contains("empty page"))
    let moved = try failure { _ in .status(302, ["Location: /login"]) }
    #expect(moved.message == "http://HERE/metrics redirects to “/login” (302)")
    let denied = try failure { _ in .status(401) }
    #expect(denied.health == .denied)
    #expect(try failure { _ in .status(500) }.message.hasSuffix("has failed (500)"))
    let many = try failure { _ in .flood(50_000_000) }
    #expect(many.message == "http://HERE/metrics answered more than 8 MiB")
    let cut = try failure { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nvllm:") }
    #expect(cut.message == "HERE hung up in the middle of its answer")
  }

  @Test func `a server that does not publish says how to make it`() throws {
    let plain = try failure { _ in .status(404, [], "{\"detail\":\"Not Found\"}") }
    #expect(plain.health == .absent && plain.message == "HERE has no /metrics (404)")
    #expect(plain.remedy.contains("SGLang with --enable-metrics"))
    #expect(plain.remedy.contains("llama-server with --metrics"))
    let llama = try failure { _ in .status(501, ["Server: llama.cpp"]) }
    #expect(llama.remedy == "start llama-server with --metrics")
    let ollama = try failure { $0 == "/" ? .page("Ollama is running") : .status(404) }
    #expect(ollama.health == .absent && !ollama.isFinal)
    #expect(ollama.message == "Ollama at HERE publishes no token counters")
  }

  @Test func `nobody there and no answer are told apart`() throws {
    let port = try LoopbackServer { _ in .silence() }.port
    var nobody = ServeSource(try HTTPURL("127.0.0.1:\(port)"), context())
    #expect(nobody.probe().message == "nothing listens on 127.0.0.1:\(port)")
    #expect(nobody.probe().health == .absent)
    let server = try LoopbackServer { _ in .silence() }
    var client = HTTPClient()
    client.timeout = 0.05
    var silent = ServeSource(try HTTPURL(server.url()), context(), client: client)
    #expect(
      silent.probe().message == "no answer from 127.0.0.1:\(server.port) within 50 ms")
  }

  @Test func `after a failure it finds the server again, with all it had counted`() throws {
    let pages = Mutex(0)
    let server = try LoopbackServer { _ in
      let count = pages.withLock { count in
        defer { count += 1 }
        return count
      }
      // The second look fails.
      return count == 1 ? .status(500) : .page(ServePages.vLLM(output: 10 * (count + 1)))
    }
    var source = try source(server)
    #expect(try source.sample(FixedClock(Self.start)).readings.first?[.outputTokens] == 10)
    #expect(throws: SourceFailure.self) { try source.sample(FixedClock(Self.start + 1)) }
    let heard = try source.sample(FixedClock(Self.start + 2))
    #expect(heard.readings.first?[.outputTokens] == 30 && heard.devices.isEmpty)
  }

  @Test func `a page that has counted nothing yet is no failure`() throws {
    let server = try LoopbackServer { _ in .page("vllm:cache_config_info{x=\"1\"} 1.0\n") }
    var source = try source(server)
    #expect(try source.sample(FixedClock(Self.start)).isEmpty)
  }

  @Test func `names of models are bounded, and several are counted`() throws {
    let long = String(repeating: "x", count: 900)
    let player = PagePlayer([
      "vllm:generation_tokens_total{model_name=\"\(long)\"} 1\n",
      "vllm:generation_tokens_total{model_name=\"a\"} 1\nvllm:generation_tokens_total{model_name=\"b\"} 1\n",
    ])
    let server = try LoopbackServer(player.play)
    var source = try source(server)
    let devices = try listen(&source, seconds: 4).devices
    #expect(devices.map(\.label) == [String(repeating: "x", count: 200), "2 models"])
  }

  @Test func `the catalogue takes a URL and nothing else`() throws {
    let context = context()
    for text in ["serve", "serve:ftp://x", "dcgm", "dcgm:http://a:b@c"] {
      #expect(throws: SourceRequestError.self) {
        try SourceCatalogue.serving.make(SourceRequest(text: text), in: context)
      }
    }
    let made = try SourceCatalogue.serving.make(
      SourceRequest(text: "serve:http://127.0.0.1:8000"), in: context)
    #expect(made.name == "serve:127.0.0.1:8000" && made.interval == 1)
    #expect(
      try SourceCatalogue.serving.make(SourceRequest(text: "dcgm:box:9400"), in: context).name
        == "dcgm:box:9400")
  }
}
