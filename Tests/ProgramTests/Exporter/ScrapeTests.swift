import Glibc
import TestSupport
import Testing

/// A real Prometheus asks a real agent: what the store knows is what was drawn.
@Suite struct ScrapeTests {
  private func configuration(_ agents: [Agent]) -> String {
    let targets = agents.map { "\"\($0.url.dropFirst("http://".count))\"" }.joined(separator: ", ")
    return """
      global: {scrape_interval: 200ms}
      scrape_configs:
        - job_name: hippowatt
          static_configs: [{targets: [\(targets)]}]

      """
  }

  @Test func `a machine that is made up says so on the screen of the fleet`() throws {
    let folder = try Folder()
    let agent = try Agent(["--source", "simulated"], in: folder)
    let store = try Prometheus(scraping: configuration([agent]), in: folder)
    _ = try store.wait(for: "hippowatt_simulated") { !$0.isEmpty }
    // The screen looks at whole steps of time, the first of which may lie before the first page.
    var frame = ""
    let start = seconds()
    while !frame.contains("SIMULATED"), seconds() - start < 60 {
      frame = try Program.run(["fleet", "--prometheus", store.url, "--once"], in: folder).output
    }
    #expect(frame.contains("SIMULATED"), "\(frame)")
    let json = try Program.run(["fleet", "--prometheus", store.url, "--json"], in: folder)
    #expect(json.output.contains("\"simulated\":true"))
  }

  @Test func `a store knows the joules of the page, over a restart of the agent`() throws {
    let folder = try Folder()
    let address = "127.0.0.1:\(Prometheus.freePort())"
    var agent = try Agent(in: folder, listen: address)
    _ = try agent.wait { $0.contains(Agent.energy) }
    let store = try Prometheus(scraping: configuration([agent]), in: folder)
    let series = "hippowatt_gpu_energy_joules_total{gpu=\"0\"}"
    let first = try #require(
      try store.wait(for: series) { !$0.isEmpty }.values.first)
    _ = try store.wait(for: series) { $0.values.first ?? 0 > first + 300 }
    agent.program.send(SIGKILL)
    _ = try agent.program.finish()
    _ = try store.wait(for: "up") { $0.values.first == 0 }
    agent = try Agent(in: folder, listen: address)
    _ = try store.wait(for: "up") { $0.values.first == 1 }
    let before = try #require(Agent.value(Agent.energy, in: try agent.get().text))
    let last = try #require(
      try store.wait(for: series) { $0.values.first ?? 0 > before }.values.first)
    // Read as a counter, nothing was counted twice at the restart: a reset would add all of it again.
    let resets = try store.samples("resets(\(series)[1h])")
    #expect(resets.values.first == 0)
    #expect(last > first && last < first + 600 * 40)
    let up = try store.samples("hippowatt_source_up", by: "source")
    #expect(up["nvml"] == 1)
  }

  /// The epilog of a batch job: what the store knows of it, in the words of a recording's report.
  @Test func `a batch job is reported from the store`() throws {
    let folder = try Folder()
    let job = try BatchProcess(
      ["/bin/sh", "-c", "exec sleep 600"],
      environment: [
        "SLURM_JOB_ID": "815", "SLURM_JOB_ACCOUNT": "physics", "SLURM_JOB_NAME": "made\u{1B}[31mup",
        "SLURM_JOB_USER": "ada", "SLURM_JOB_GPUS": "0,1",
      ])
    defer { job.end() }
    let agent = try Agent(in: folder, pids: [job.pid])
    let store = try Prometheus(scraping: configuration([agent]), in: folder)
    let series = "hippowatt_job_energy_joules_total{job_id=\"815\"}"
    let first = try #require(try store.wait(for: series) { !$0.isEmpty }.values.first)
    _ = try store.wait(for: series) { $0.values.first ?? 0 > first + 3000 }
    let arguments = ["report", "--prometheus", store.url, "--job", "815", "--price", "1EUR"]
    let before = try #require(try store.samples(series).values.first)
    let json = try Program.run(arguments + ["--format", "json"], in: folder)
    let after = try #require(try store.samples(series).values.first)
    #expect(json.status == 0 && json.errors.isEmpty, "\(json.errors)")
    let told = try #require(
      json.output.firstMatch(of: #/"joules":([0-9.]+),"unc/#).flatMap { Double($0.1) })
    // What was drawn before the first page was read is in the store's counter and in the report alike.
    #expect(
      told <= after && told >= (before - first) * (1 - 1e-12),
      "\(first) \(before) \(told) \(after) \(json.output)")
    #expect(json.output.contains("\"account\":\"physics\"") && json.output.contains("\"gpus\":2"))
    let text = try Program.run(arguments, in: folder)
    #expect(text.output.contains("the store has not heard of its end"), "\(text.output)")
    #expect(text.output.contains(" EUR") && !text.output.contains("\u{1B}"))
    // The same joules by account, and what the other accelerators drew by themselves.
    let table = try Program.run(
      [
        "report", "--prometheus", store.url, "--by", "account,month", "--format", "csv",
        "--history",
        "1h",
      ], in: folder)
    let row = try #require(
      table.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix("physics,20") },
      "\(table.output) \(table.errors)")
    let joules =
      try #require(
        Double(row.split(separator: ",", omittingEmptySubsequences: false)[5])) * 3.6e6
    #expect(joules >= told - first - 1 && joules < 1e5, "\(told) \(row)")
    // Another cluster's number, and words that do not go together.
    let none = try Program.run(["report", "--prometheus", store.url, "--job", "816"], in: folder)
    #expect(none.status == 1 && none.errors.contains("tells of no job “816” within 30"))
    for wrong in [
      ["--by", "planet"], ["--by", "user", "--job", "1"], ["run.hippo", "--job", "1"],
      ["--job", "1", "--format", "gpai"], [],
    ] {
      let result = try Program.run(["report", "--prometheus", store.url] + wrong, in: folder)
      #expect(result.status == 2 && !result.errors.isEmpty, "\(wrong): \(result.errors)")
    }
  }
}
