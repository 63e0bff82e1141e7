import Exporting
import Glibc
import HTTP
import Linux
import Loopback
import Synchronization
import TestSupport
import Testing

/// The exporter from a driver to whoever asks, over real sockets.
@Suite struct ExporterTests {
  @Test func `a page is clean for Prometheus' own checker, in few series`() throws {
    let folder = try Folder()
    let agent = try Agent(in: folder, gpus: 8)
    let page = try agent.wait { $0.contains("hippowatt_gpu_judged_joules_total") }
    #expect(try Prometheus.check("check metrics", page, in: folder) == "")
    let series = page.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(series.count { $0.contains("gpu=\"0\"") } <= 100)
    let (status, type, _) = try agent.get(accept: "text/plain;version=0.0.4")
    #expect(status == 200 && type == "text/plain; version=0.0.4; charset=utf-8")
    let open = try agent.get(
      accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
    #expect(
      open.contentType.hasPrefix("application/openmetrics-text") && open.text.hasSuffix("# EOF\n"))
    #expect(try agent.get("/-/ready").status == 200)
    #expect(try agent.get("/elsewhere").status == 404)
  }

  @Test func `counters go on after a kill and never fall`() throws {
    let folder = try Folder()
    var agent = try Agent(in: folder)
    var last = try #require(
      Agent.value(Agent.energy, in: try agent.wait { Agent.value(Agent.energy, in: $0) ?? 0 > 100 })
    )
    for signal in [SIGKILL, SIGTERM, SIGKILL] {
      agent.program.send(signal)
      _ = try agent.program.finish()
      agent = try Agent(in: folder)
      let page = try agent.wait { $0.contains(Agent.energy) }
      let first = try #require(Agent.value(Agent.energy, in: page))
      #expect(first >= last)
      // What was drawn while nobody looked is in no counter.
      #expect(first < last + 1000)
      last = try #require(
        Agent.value(
          Agent.energy, in: try agent.wait { Agent.value(Agent.energy, in: $0) ?? 0 > first }))
    }
  }

  @Test func `counters of another boot are passed over, and a file that is none is refused`() throws
  {
    let folder = try Folder()
    folder.write(
      "{\"boot\":\"another\",\"since_ns\":1,\"counters\":[[\"hippowatt_host_observed_seconds_total\",[],"
        + "\"4197d78400000000\"]]}\n", to: "state.json")
    let agent = try Agent(in: folder)
    #expect(try agent.value("hippowatt_host_observed_seconds_total") ?? 1e9 < 60)
    folder.write("no counters", to: "other.json")
    let error = #expect(throws: Agent.NotListening.self) {
      try Agent(in: folder, state: "other.json")
    }
    #expect(error?.words.contains("other.json holds no counters: remove it") == true)
  }

  @Test func `two agents do not share counters`() throws {
    let folder = try Folder()
    let first = try Agent(in: folder)
    let error = #expect(throws: Agent.NotListening.self) { try Agent(in: folder) }
    #expect(error?.words.contains("another exporter keeps its counters in") == true)
    #expect(try first.get("/-/healthy").status == 200)
  }

  @Test func `a port that is taken is said in one line`() throws {
    let folder = try Folder()
    let first = try Agent(in: folder)
    let address = String(first.url.dropFirst("http://".count))
    let error = #expect(throws: Agent.NotListening.self) {
      try Agent(in: folder, listen: address, state: "second.json")
    }
    #expect(
      error?.words == "hippowatt: cannot listen: \(address): Address already in use\n")
  }

  @Test func `only who has the token is answered`() throws {
    let folder = try Folder()
    let token = folder.write("s3cret-token\n", to: "token")
    chmod(token, 0o600)
    let agent = try Agent(["--token-file", token], in: folder)
    #expect(try agent.get().status == 401)
    for wrong in ["s3cret-toke", "s3cret-token2", "S3cret-token", ""] {
      #expect(try agent.get(token: wrong).status == 401, "\(wrong)")
    }
    #expect(try agent.get(token: "s3cret-token").status == 200)
    #expect(!Self.arguments(of: agent).contains("s3cret"))
    chmod(token, 0o644)
    #expect(throws: Agent.NotListening.self) {
      try Agent(["--token-file", token], in: folder, state: "other.json")
    }
  }

  /// The command lines of the agent and of what it started, as everybody on the machine can read them.
  private static func arguments(of agent: Agent) -> String {
    let children =
      Folder.read(
        "/proc/\(agent.program.process)/task/\(agent.program.process)/children") ?? ""
    return (["\(agent.program.process)"] + children.split(separator: " ").map(String.init))
      .map { Folder.read("/proc/\($0)/cmdline") ?? "" }.joined(separator: " ")
  }

  @Test func `HTTPS with a certificate that is believed`() throws {
    let folder = try Folder()
    let pem = Fixtures.path("tls/good.pem")
    let agent = try Agent(["--certificate", pem, "--key", pem], in: folder)
    #expect(agent.url.hasPrefix("https://"))
    let (status, _, page) = try agent.get(trust: .file(Fixtures.path("tls/authority.pem")))
    #expect(status == 200 && page.contains("hippowatt_build_info"))
    #expect(throws: HTTPFailure.self) { try agent.get() }
    let error = #expect(throws: Agent.NotListening.self) {
      try Agent(
        ["--certificate", folder.write("none", to: "x.pem"), "--key", pem], in: folder,
        state: "o.json")
    }
    #expect(error?.words.contains("write a certificate chain and its key, both in PEM") == true)
  }

  @Test func `neither outlives the other`() throws {
    let folder = try Folder()
    let agent = try Agent(in: folder)
    let children =
      Folder.read(
        "/proc/\(agent.program.process)/task/\(agent.program.process)/children") ?? ""
    let listener = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
    kill(listener, SIGKILL)
    let end = try agent.program.finish()
    #expect(end.status == 1 && end.errorLines.last == "hippowatt: the listener ended")
    let second = try Agent(in: folder)
    second.program.send(SIGKILL)
    _ = try second.program.finish()
    let start = seconds()
    while (try? second.get("/-/healthy")) != nil, seconds() - start < 60 { poll(nil, 0, 20) }
    #expect(throws: HTTPFailure.self) { try second.get("/-/healthy") }
  }

  @Test func `a file for a textfile collector is whole and for all to read`() throws {
    let folder = try Folder()
    let program = try Program(
      [
        "exporter", "--textfile", "hippowatt.prom", "--period", "1s", "--every", "100ms",
        "--config",
        Agent.settings(in: folder), "--state", folder.file("state.json"),
      ], in: folder, environment: ["FAKE_NVML_GPUS": "2"])
    #expect(program.wait { folder.text("hippowatt.prom")?.contains(Agent.energy) == true })
    let page = try #require(folder.text("hippowatt.prom"))
    #expect(try Prometheus.check("check metrics", page, in: folder) == "")
    var status = stat()
    stat(folder.file("hippowatt.prom"), &status)
    #expect(status.st_mode & 0o777 == 0o644)
    program.send(SIGTERM)
    #expect(try program.finish().status == 0)
    #expect(!folder.names.contains { $0.hasSuffix(".new") })
  }

  @Test func `a collector gets OTLP, and one that refuses is named once`() throws {
    let requests = Mutex<[String]>([])
    let server = try LoopbackServer.hearing { request in
      let count = requests.withLock { list in
        list.append(request)
        return list.count
      }
      return count == 2 ? .status(503) : .page("{}")
    }
    let folder = try Folder()
    let program = try Program(
      [
        "exporter", "--otlp", server.url(), "--period", "1s", "--every", "100ms", "--config",
        Agent.settings(in: folder), "--state", "none",
      ], in: folder, environment: ["FAKE_NVML_GPUS": "2"])
    #expect(program.wait { requests.withLock { $0.count >= 4 } })
    program.send(SIGTERM)
    let end = try program.finish()
    #expect(end.status == 0)
    #expect(
      end.errorLines.count == 1
        && end.errors.contains("metrics are not sent: the collector at 127.0.0.1"), "\(end.errors)")
    let first = try #require(requests.withLock { $0.first })
    #expect(first.hasPrefix("POST /v1/metrics "))
    #expect(first.contains("Content-Type: application/json"))
    #expect(first.contains("\"hw.energy\""))
  }

  @Test func `one page and an end`() throws {
    let folder = try Folder()
    let result = try Program.run(
      ["exporter", "--once", "--every", "100ms", "--config", Agent.settings(in: folder)],
      in: folder,
      environment: ["FAKE_NVML_GPUS": "2"])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(Agent.value(Agent.energy, in: result.output) ?? 0 > 0)
  }
}
