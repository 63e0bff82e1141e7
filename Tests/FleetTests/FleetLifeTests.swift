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
    // A target that tells the same is asked too, and counts once.
    #expect(told.life.instances.count == 4)
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
}
