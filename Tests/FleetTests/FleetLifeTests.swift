import Accounting
import FleetHistory
import Telemetry
import Testing

@testable import Fleet

/// One job from its beginning to its end, as a real Prometheus tells it, beside what was so.
@Suite(.serialized) struct FleetLifeTests {
  private func time(_ second: Int) -> Timestamp {
    Timestamp(seconds: Double(PrometheusServer.beginning + second))
  }

  private struct Told {
    var life: FleetLife
    var uses: [FleetUse]
    var isPresent: Bool
    var joules: Double { uses.reduce(0) { $0 + ($1.use.energy?.joules ?? 0) } }
  }

  /// What is told at a second of a job that is called by a word.
  private func read(_ word: String, at second: Int) throws -> [Told] {
    let server = try PrometheusServer.troubled.get()
    var reader = FleetReader(try PromStore(server.url))
    let now = time(second)
    return try reader.lives(of: word, in: TimeSpan(time(-86_400), now)).map { life in
      let told = try reader.read(life, now: now)
      let assembly = FleetAssembly(told.answers, told.view)
      return Told(
        life: life, uses: assembly.uses(of: life.job, life.span, isPresent: told.isPresent),
        isPresent: told.isPresent)
    }
  }

  private var script: FleetScript { get throws { try PrometheusServer.troubled.get().script } }

  @Test func `A short job is told whole, hours later and minutes later`() throws {
    let truth = try script.truth("101", 0..<4800)
    for second in [3320, 3500, 5400, 60_000] {
      let told = try #require(try read("101", at: second).first)
      #expect(abs(told.life.span.start - time(3000)) <= 16)
      #expect(abs(told.life.span.end - time(3301)) <= 16)
      #expect(abs(told.joules / truth.joules - 1) < 0.005, "\(told.joules) of \(truth.joules)")
      let use = try #require(told.uses.first?.use)
      #expect(told.uses.count == 1 && use.facts.gpus.count == 4)
      #expect(abs((use.gpuSeconds ?? 0) / truth.gpuSeconds - 1) < 0.005)
      #expect(abs(use.lost / truth.wasted - 1) < 0.005 && use.judged == told.joules)
      #expect(use.facts.user == "bo" && use.facts.account == "vision")
      #expect(use.facts.started == time(3000))
      // Each joule at the price that its machine told.
      let cost = try #require(told.uses.first?.cost)
      #expect(abs(cost.amount / (truth.joules / 3.6e6 * 0.21) - 1) < 0.01)
      #expect(cost.currency == "EUR")
      #expect(told.uses.first?.grams != nil)
      // Within a reading or two nobody knows of its end.
      #expect(told.isPresent == (second < 3400) && !told.life.isCutOff(time(second)))
    }
  }

  @Test func `A job on several machines is each machine's, and its tokens count once`() throws {
    let told = try #require(try read("wide", at: 5400).first)
    #expect(told.life.job == "100")
    let truth = try script.truth("100", 0..<4800)
    #expect(told.uses.map(\.use.device.machine) == ["n000", "n001", "n002"])
    #expect(abs(told.joules / truth.joules - 1) < 0.005, "\(told.joules) of \(truth.joules)")
    let tokens = told.uses.compactMap(\.use.tokens)
    #expect(tokens.count == 1 && abs(tokens[0] / (9600 * 4800) - 1) < 0.01)
    #expect(told.uses.allSatisfy { ($0.use.energy?.coverage ?? 0) > 0.99 })
    // A target that tells the same and NVIDIA's exporters are asked too, and each accelerator counts once.
    #expect(told.life.instances.count == 7)
  }

  @Test func `What a screen says of a job its report says`() throws {
    let server = try PrometheusServer.troubled.get()
    var reader = FleetReader(try PromStore(server.url))
    reader.comparesClocks = false
    let view = FleetView(time: time(4800), window: 4900)
    let moment = FleetAssembly(
      try reader.read(view, now: time(5400), mostQueries: 60), view
    ).moment()
    for job in moment.jobs {
      let told = try #require(try read(job.id, at: 4800).first)
      let joules = try #require(job.joules)
      #expect(abs(told.joules / joules - 1) < 0.005, "\(job.id): \(told.joules), \(joules)")
      let lost =
        told.uses.reduce(0) { $0 + $1.use.lost } / told.uses.reduce(0) { $0 + $1.use.judged }
      #expect(job.wastedShare.map { abs($0 - lost) < 0.01 } == true, "\(job.id)")
    }
  }

  @Test func `A job that is there is not told as ended, and one that was lost says so`() throws {
    let present = try #require(try read("104", at: 4700).first)
    #expect(present.isPresent && present.uses.allSatisfy(\.use.isPresent))
    let lost = try #require(try read("103", at: 5400).first)
    #expect(!lost.isPresent && lost.life.isCutOff(time(5400)))
    let hollow = try #require(try read("105", at: 5400).first?.uses.first?.use)
    #expect(hollow.unusedGPUSeconds == hollow.gpuSeconds && hollow.gpuSeconds != nil)
  }

  @Test func `NVIDIA's exporter alone tells a job's joules too`() throws {
    let life = FleetCatalogue.all.flatMap { $0.life(of: "ns/pod-\"1\"") }
    #expect(
      life.map(\.matchers).contains("exported_namespace=\"ns\",exported_pod=\"pod-\\\"1\\\"\""))
    #expect(try read("nobody's", at: 5400).isEmpty)
  }

  // MARK: A store that reads seldom

  /// Three machines of two, read every two minutes for ten hours, and what goes wrong in bills.
  private static let sparse = Result {
    try PrometheusServer(
      FleetScript(
        hosts: 4, gpus: 2, seconds: 36_000, scrape: 120,
        jobs: [
          FleetScript.Job(
            "200", "brief", user: "ada", account: "llm", hosts: 3..<4, gpus: 2, from: 10_010,
            to: 10_610, watts: 1000),
          FleetScript.Job(
            "201", "anew", user: "bo", account: "llm", hosts: 1..<2, gpus: 2, from: 4210,
            to: 15_010,
            watts: 500),
          FleetScript.Job(
            "202", "unread", user: "cy", account: "llm", hosts: 2..<3, gpus: 2, from: 3000,
            to: 32_000, watts: 400),
          FleetScript.Job(
            "203", "half", user: "di", account: "llm", hosts: 2..<4, gpus: 2, from: 33_000,
            to: 36_000, watts: 400),
        ],
        faults: [1: [.restarts(6610)], 2: [.gap(14_000..<22_700)], 3: [.vanishes(34_000)]]),
      start: PrometheusServer.beginning)
  }

  private func sparsely(_ word: String) throws -> (Told, FleetScript) {
    let server = try Self.sparse.get()
    var reader = FleetReader(try PromStore(server.url))
    reader.comparesClocks = false
    let now = time(40_000)
    let life = try #require(try reader.lives(of: word, in: TimeSpan(time(-86_400), now)).first)
    let told = try reader.read(life, now: now)
    let uses = FleetAssembly(told.answers, told.view)
      .uses(of: life.job, life.span, isPresent: told.isPresent)
    return (Told(life: life, uses: uses, isPresent: told.isPresent), server.script)
  }

  @Test func `A short job is whole though its machine is read every two minutes`() throws {
    let (told, script) = try sparsely("200")
    let truth = script.truth("200", 0..<36_000)
    #expect(abs(told.joules / truth.joules - 1) < 0.005, "\(told.joules) of \(truth.joules)")
    #expect(told.uses.first?.use.gpuSeconds == truth.gpuSeconds)
  }

  @Test func `A counter that began anew and passed what it had been is found`() throws {
    let (told, script) = try sparsely("201")
    let truth = script.truth("201", 0..<36_000)
    #expect(abs(told.joules / truth.joules - 1) < 0.02, "\(told.joules) of \(truth.joules)")
  }

  @Test func `A job that was not read for longer than an hour is one run, and all of it`() throws {
    let (told, script) = try sparsely("202")
    let truth = script.truth("202", 0..<36_000)
    #expect(told.life.earlier == 0 && abs(told.life.span.start - time(3000)) <= 121)
    #expect(abs(told.joules / truth.joules - 1) < 0.005, "\(told.joules) of \(truth.joules)")
  }

  @Test func `Hours that are read one after another add up to what a job took`() throws {
    let server = try Self.sparse.get()
    var reader = FleetReader(try PromStore(server.url))
    (reader.comparesClocks, reader.goesOn) = (false, true)
    var joules: [String: Double] = [:]
    var coverage: [Double] = []
    for hour in stride(from: 0, to: 36_000, by: 18_000) {
      let view = FleetView(time: time(hour + 18_000), window: 18_000, columns: 5)
      #expect(view.step == 3600)
      let answers = try reader.readWhole(view, now: time(90_000), mostQueries: 200)
      for use in FleetAssembly(answers, view).uses() {
        joules[use.use.device.name, default: 0] += use.use.energy?.joules ?? 0
        if use.use.device.name == "200" { coverage.append(use.use.energy?.coverage ?? 0) }
      }
    }
    // The first hour has no column before it, in which anything was read.
    for (id, share) in [("200", 0.005), ("201", 0.02), ("202", 0.005)] {
      let truth = server.script.truth(id, 0..<36_000).joules
      #expect(abs((joules[id] ?? 0) / truth - 1) < share, "\(id): \(joules[id] ?? 0) of \(truth)")
    }
    #expect(coverage.allSatisfy { $0 > 0.95 }, "\(coverage)")
  }

  @Test func `A machine that is not heard any more leaves its part unknown`() throws {
    let (told, _) = try sparsely("203")
    let coverage = told.uses.map { $0.use.energy?.coverage ?? 0 }
    #expect(told.uses.count == 2 && coverage[0] > 0.95 && coverage[1] < 0.6, "\(coverage)")
    #expect(told.uses[1].use.absence?.contains("not heard of") == true)
  }
}
