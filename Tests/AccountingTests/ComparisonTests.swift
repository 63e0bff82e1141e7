import Quantities
import Telemetry
import Testing

@testable import Accounting

/// One run beside another.
@Suite struct ComparisonTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// A run whose power sways around `watts`, at a thousand tokens a second.
  private func profile(watts: Double, sway: Double = 20, seconds: Int = 120) throws -> RunProfile {
    var books = Books()
    let device = Device(
      id: job, label: "run", attributes: ["framework": "nanoGPT", "precision": "bf16"])
    books.timeline.apply(.device(device))
    var joules = 0.0
    var random = SplitMix64(seed: 7)
    var energy: [(Double, Double)] = []
    for second in 0...seconds {
      energy.append((Double(second), joules))
      joules += watts + sway * (Double(random.below(2001)) / 1000 - 1)
    }
    books.add(gpu, .energy, .counter, energy)
    let times = (0...seconds).map(Double.init)
    books.add(job, .step, .log, period: 1, times.map { ($0, $0) })
    books.add(job, .tokens, .counter, period: 1, times.map { ($0, $0 * 1000) })
    books.add(job, .loss, .log, period: 1, times.map { ($0, 4 - $0 / 100) })
    let span = span(0, Double(seconds))
    return try #require(books.ledger.profile(of: device, over: span, name: "\(Int(watts)) W"))
  }

  @Test func `A run is measured between its first report and its last`() throws {
    let profile = try profile(watts: 300, sway: 0)
    #expect(near(profile.joulesPerToken, 0.3) && near(profile.joulesPerStep, 300))
    #expect(near(profile.tokensPerSecond, 1000) && near(profile.meanPower, 300))
    #expect(profile.measure == .token && profile.precision == .bf16)
    #expect(profile.blocks.count >= 50)
    #expect(profile.blocks.allSatisfy { near($0.joules / $0.count, 0.3) })
    #expect(near(profile.loss(at: 60_000), 4 - 0.6) || (profile.loss(at: 60_000) ?? 0) < 3.5)
  }

  @Test func `A long run whose single readings are forgotten is measured all the same`() throws {
    let profile = try profile(watts: 300, sway: 0, seconds: 20_000)
    #expect(near(profile.joulesPerToken, 0.3) && near(profile.steps, 20_000))
    #expect(profile.blocks.count > 40 && profile.losses.count > 20)
    #expect(profile.blocks.allSatisfy { near($0.joules / $0.count, 0.3) })
    #expect(
      zip(profile.losses, profile.losses.dropFirst()).allSatisfy { $0.progress < $1.progress })
  }

  @Test func `A saving larger than the noise is called so`() throws {
    let comparison = Comparison(try profile(watts: 240), against: try profile(watts: 300))
    let saving = try #require(comparison.saving)
    #expect(abs(saving - 0.2) < 0.03)
    let interval = try #require(comparison.interval)
    #expect(interval.contains(saving) && interval.lowerBound > 0.1)
    #expect(comparison.isLargerThanNoise == true && comparison.verdict == "larger than the noise")
    #expect(comparison.cautions.isEmpty)
    let losses = try #require(comparison.lossAtEqualProgress)
    #expect(near(losses.run, losses.baseline))
  }

  @Test func `A difference within the noise is called so`() throws {
    let comparison = Comparison(
      try profile(watts: 299.5, sway: 150), against: try profile(watts: 300, sway: 150))
    #expect(comparison.isLargerThanNoise == false)
    #expect(comparison.verdict == "within the noise")
  }

  @Test func `The interval is the same every time`() throws {
    let (run, baseline) = (try profile(watts: 240), try profile(watts: 300))
    let first = Comparison(run, against: baseline).interval
    #expect(first != nil && first == Comparison(run, against: baseline).interval)
  }

  @Test func `A short run has a difference but no verdict`() throws {
    let comparison = Comparison(
      try profile(watts: 240, seconds: 10), against: try profile(watts: 300))
    #expect(comparison.saving != nil && comparison.interval == nil)
    #expect(comparison.verdict == "too short to tell from noise")
  }

  @Test func `What makes a comparison unfair is said`() throws {
    var other = try profile(watts: 300)
    other.accelerator = "A100"
    other.measure = .step
    other.isModelled = true
    let comparison = Comparison(try profile(watts: 240), against: other)
    #expect(comparison.measure == .step && comparison.interval == nil)
    #expect(comparison.cautions.contains("on other hardware"))
    #expect(comparison.cautions.contains("energy is modelled"))
    #expect(comparison.cautions.contains { $0.hasPrefix("per step") })
    let nothing = Comparison(RunProfile(name: "a"), against: RunProfile(name: "b"))
    #expect(nothing.saving == nil && nothing.verdict == "cannot be compared")
  }

  @Test func `A job that serves is measured by what it wrote`() throws {
    var books = Books()
    let device = Device(id: job, label: "vllm", attributes: ["kind": "serving"])
    books.timeline.apply(.device(device))
    let times = (0...60).map(Double.init)
    books.count(gpu, watts: 200, at: times)
    books.add(job, .outputTokens, .counter, times.map { ($0, $0 * 50) })
    let profile = try #require(books.ledger.profile(of: device, over: span(0, 60), name: "vllm"))
    #expect(profile.measure == .outputToken && near(profile.joulesPerToken, 4))
  }

  @Test func `A job that said nothing twice has no profile`() {
    var books = Books()
    books.add(job, .step, .log, [(0, 1)])
    let device = Device(id: job, label: "run")
    #expect(books.ledger.profile(of: device, over: span(0, 60), name: "x") == nil)
  }
}
