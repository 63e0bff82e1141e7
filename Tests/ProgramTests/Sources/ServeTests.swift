import Accounting
import Glibc
import Loopback
import Quantities
import Synchronization
import Telemetry
import Testing

@testable import HTTP
@testable import Sensors
@testable import Serving

/// Inference servers from their pages to joules per token, over real sockets.
@Suite struct ServeTests {
  private static let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  /// A server whose page at each look is that of the next second.
  private final class Playing: Sendable {
    let second = Mutex(0)
    let page: @Sendable (Int) -> LoopbackServer.Reply
    init(_ page: @escaping @Sendable (Int) -> LoopbackServer.Reply) { self.page = page }

    func play(_ path: String) -> LoopbackServer.Reply {
      guard path == "/metrics" else { return .status(404) }
      return page(
        second.withLock { second in
          defer { second += 1 }
          return second
        })
    }
  }

  /// The timeline of a server that is asked each second, on an accelerator that counts `watts`.
  private func timeline(
    seconds: Int, watts: @escaping (Int) -> Double = { _ in 350 },
    _ page: @escaping @Sendable (Int) -> LoopbackServer.Reply
  ) throws -> (timeline: Timeline, job: DeviceID) {
    let server = try LoopbackServer(Playing(page).play)
    var client = HTTPClient()
    client.timeout = 10
    var source = ServeSource(
      try HTTPURL(server.url()), SourceContext(machine: "box"), client: client)
    var timeline = Timeline()
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-1")
    var joules = 5000.0
    for second in 0...seconds {
      let now = Self.start + Double(second)
      var reading = Reading(device: gpu, time: now)
      reading.set(.energy, joules)
      timeline.apply(.reading(reading))
      joules += watts(second)
      do throws(SourceFailure) {
        timeline.apply(try source.sample(FixedClock(now)))
      } catch {
        timeline.apply(
          .event(Event(time: now, kind: .gap, text: error.message)))
      }
    }
    return (timeline, DeviceID(machine: "box", kind: .job, name: server.url()))
  }

  private func near(_ left: Double?, _ right: Double) -> Bool {
    left.map { abs($0 - right) <= 1e-6 * max(1, abs(right)) } ?? false
  }

  private static func vLLM(output: Int, prompt: Int, cached: Int, started: Int) -> String {
    """
    process_start_time_seconds \(started)
    # TYPE vllm:num_requests_running gauge
    vllm:num_requests_running{engine="0",model_name="m"} \(output == 0 ? 0 : 2).0
    vllm:generation_tokens_total{engine="0",model_name="m"} \(output).0
    vllm:prompt_tokens_total{engine="0",model_name="m"} \(prompt + cached).0
    vllm:prompt_tokens_by_source_total{engine="0",model_name="m",source="local_compute"} \(prompt).0
    vllm:prompt_tokens_by_source_total{engine="0",model_name="m",source="local_cache_hit"} \(cached).0
    vllm:request_success_total{engine="0",finished_reason="stop",model_name="m"} \(output / 50).0

    """
  }

  @Test func `vLLM's tokens cost the same before, over and after a restart`() throws {
    // 50 tokens and 350 J a second; it starts anew at 25 s, and what it then says it has done.
    let (timeline, job) = try timeline(seconds: 50) { second in
      let since = second < 25 ? second : second - 24
      return .page(
        Self.vLLM(
          output: 50 * since, prompt: 20 * since, cached: 180 * since,
          started: second < 25 ? 100 : 200))
    }
    let ledger = Ledger(timeline)
    for second in [20.0, 25, 30, 34, 35, 50] {
      let cost = try #require(ledger.servingCost(of: job, at: Self.start + second))
      #expect(near(cost.joulesPerOutputToken, 7), "\(second)")
      #expect(near(cost.outputTokens, 500), "\(second)")
      #expect(near(cost.promptRate, 20) && near(cost.cachedPromptRate, 180), "\(second)")
      #expect(near(cost.cachedShare, 0.9))
      // Two at a time and one a second: two seconds each.
      #expect(near(cost.requestSeconds, 2) && near(cost.joulesPerRequest, 350))
    }
    #expect(timeline.events.map(\.text) == ["vLLM restarted"])
    #expect(timeline.device(job)?.label == "m")
  }

  @Test func `what idling draws is known once nobody has asked for a while`() throws {
    let (timeline, job) = try timeline(seconds: 60, watts: { $0 < 40 ? 100 : 350 }) { second in
      .page(
        Self.vLLM(output: max(0, second - 40) * 50, prompt: 0, cached: 0, started: 100))
    }
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 60))
    #expect(near(cost.idleWatts, 100))
    #expect(near(cost.joulesPerOutputToken, 7) && near(cost.busyJoulesPerOutputToken, 5))
  }

  @Test func `a page that hangs up midway costs a second and no token`() throws {
    let (timeline, job) = try timeline(seconds: 30) { second in
      let page = Self.vLLM(output: 50 * second, prompt: 0, cached: 0, started: 100)
      return second == 25
        ? .raw("HTTP/1.1 200 OK\r\nContent-Length: \(page.utf8.count)\r\n\r\n" + page.prefix(60))
        : second == 26 ? .page("<html>starting</html>") : .page(page)
    }
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 30))
    #expect(near(cost.joulesPerOutputToken, 7) && cost.outputTokens == 500)
    #expect(timeline.events.count == 2)
    #expect(timeline.events[0].text.hasSuffix("hung up in the middle of its answer"))
    #expect(timeline.events[1].text.hasSuffix("answered HTML, not metrics"))
  }

  @Test func `SGLang's phases share the joules, ranks counted once`() throws {
    let (timeline, job) = try timeline(seconds: 20) { second in
      var text = "# HELP sglang:realtime_tokens_total\n"
      for rank in 0..<4 {
        let labels = "model_name=\"m\",tp_rank=\"\(rank)\""
        text += """
          sglang:realtime_tokens_total{\(labels),mode="decode"} \(50 * second).0
          sglang:realtime_tokens_total{\(labels),mode="prefill_compute"} \(175 * second).0
          sglang:realtime_tokens_total{\(labels),mode="prefill_cache"} \(25 * second).0
          sglang:forward_execution_seconds_total{\(labels),category="extend"} \(Double(second) / 4)
          sglang:forward_execution_seconds_total{\(labels),category="decode"} \(Double(second) * 0.75)

          """
      }
      return .page(text)
    }
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 20))
    #expect(near(cost.outputTokens, 500) && near(cost.joulesPerOutputToken, 7))
    #expect(near(cost.joulesByPhase?.prefill, 350 * 0.25 / 175))
    #expect(near(cost.joulesByPhase?.decode, 350 * 0.75 / 50))
  }

  @Test func `llama cpp counts at the end of a request and says so`() throws {
    let (timeline, job) = try timeline(seconds: 70) { second in
      .page(
        """
        llamacpp:prompt_tokens_total \(20 * second)
        llamacpp:prompt_tokens_cached_total \(5 * second)
        llamacpp:tokens_predicted_total \(35 * second)
        llamacpp:tokens_predicted_seconds_total \(second)
        llamacpp:prompt_seconds_total 0
        llamacpp:requests_processing 1

        """)
    }
    let early = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 30))
    #expect(early.shortfall == .late(60))
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 70))
    #expect(cost.isLate && near(cost.joulesPerOutputToken, 10))
    #expect(near(cost.cachedShare, 0.2))
    let id = try #require(timeline.id(.outputTokens, of: job))
    #expect(
      timeline.descriptor(id).provenance.note
        == "llama.cpp, tokens_predicted_total: counted when a request ends")
  }

  @Test func `two servers behind one address cost nothing, and the reason is told`() throws {
    // Each writes 50 tokens a second; they answer in turn.
    let (timeline, job) = try timeline(seconds: 40) { second in
      let page = Self.vLLM(
        output: 50 * second + (second % 2) * 70_000, prompt: 20 * second, cached: 0,
        started: 100 + second % 2)
      return .page(
        page.split(separator: "\n").joined(separator: "\n") + "\n")
    }
    let costs = (1...40).compactMap {
      Ledger(timeline).servingCost(of: job, at: Self.start + Double($0))
    }
    #expect(costs.allSatisfy { $0.joulesPerOutputToken == nil && $0.outputTokens == 0 })
    #expect(costs.allSatisfy { $0.joulesPerRequest == nil })
    #expect(!timeline.events.contains { $0.cause == .restarted })
    #expect(timeline.events.last?.text.hasPrefix("several servers answer at") == true)
  }

  @Test func `embeddings cost by the token that is read`() throws {
    let (timeline, job) = try timeline(seconds: 40) { second in
      .page(
        """
        te_request_count{method="single"} \(10 * second)
        te_request_success{method="single"} \(10 * second)
        te_request_duration_sum \(second)
        te_request_input_length_sum \(700 * second)

        """)
    }
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 40))
    #expect(near(cost.joulesPerInputToken, 0.5) && near(cost.joulesPerRequest, 35))
    #expect(cost.joulesPerOutputToken == nil && cost.joulesPerTotalToken == nil)
  }

  @Test func `joules and tokens may come from two sources`() throws {
    var (timeline, job) = try timeline(seconds: 0, { _ in .status(500) })
    let server = try LoopbackServer(
      Playing { second in
        .page(Self.vLLM(output: 100 * second, prompt: 0, cached: 0, started: 1))
      }.play)
    job = DeviceID(machine: job.machine, kind: job.kind, name: server.url())
    var source = ServeSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    var inbox = LineInbox(machine: "box", source: "exec")
    for second in 0...20 {
      let now = Self.start + 100 + Double(second)
      timeline.apply(try source.sample(FixedClock(now)))
      let line = """
        {"reading":{"kind":"gpu","device":"GPU-1","energy_j":\(6000 + 250 * second)}}

        """
      var heard: [Observation] = []
      Array(line.utf8).withUnsafeBufferPointer { inbox.feed($0, now, into: &heard) }
      #expect(heard.contains { if case .reading = $0 { true } else { false } }, "\(heard)")
      timeline.apply(heard)
    }
    let cost = try #require(Ledger(timeline).servingCost(of: job, at: Self.start + 120))
    #expect(near(cost.joulesPerOutputToken, 2.5))
  }

  // MARK: The program

  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `the program asks the server it is told of and nobody else`() throws {
    let asked = Mutex<[String]>([])
    let server = try LoopbackServer { path in
      asked.withLock { $0.append(path) }
      return .page(Self.vLLM(output: 700, prompt: 1, cached: 2, started: 1))
    }
    let program = try Program(
      ["record", "-o", "-", "--quiet", "--source", "serve:\(server.url())"], in: folder)
    #expect(program.wait { program.text.contains("output_tokens") }, "\(program.text)")
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.output.contains("\"framework\":\"vLLM\""), "\(result.output)")
    #expect(result.output.contains("700"))
    #expect(Set(asked.withLock { $0 }) == ["/metrics"])
  }

  @Test func `an option adds a server to the other sources`() throws {
    let server = try LoopbackServer { _ in
      .page(Self.vLLM(output: 700, prompt: 1, cached: 2, started: 1))
    }
    let listed = try Program.run(["sources", "--serve-url", server.url()], in: folder)
    #expect(listed.status == 0)
    #expect(listed.output.contains("vLLM at 127.0.0.1:\(server.port)"), "\(listed.output)")
    #expect(!listed.output.contains("not among the sources"))
    let off = try Program.run(["sources"], in: folder)
    #expect(off.output.contains("used when asked for: --source serve:URL"))
    let dead = try LoopbackServer { _ in .silence() }.port
    let nobody = try Program.run(["sources", "--serve-url", "127.0.0.1:\(dead)"], in: folder)
    #expect(nobody.output.contains("absent   nothing listens on 127.0.0.1:\(dead)"))
    let wrong = try Program.run(["record", "--serve-url", "ftp://x"], in: folder)
    #expect(wrong.status == 1 && wrong.errorLines.count == 1)
    #expect(wrong.errors.contains("is ftp, not http or https"), "\(wrong.errors)")
    #expect(folder.names.isEmpty)
  }
}
