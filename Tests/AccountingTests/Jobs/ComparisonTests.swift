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

  @Test func `Joules to the same loss outrank joules per token`() throws {
    func run(_ joules: Double, to losses: [Double], evaluations: [Double] = []) -> RunProfile {
      func points(_ losses: [Double]) -> [RunProfile.LossPoint] {
        losses.enumerated().map { index, loss in
          RunProfile.LossPoint(
            progress: Double(index), loss: loss, joules: joules * Double(index))
        }
      }
      var profile = RunProfile(name: "run")
      profile.losses = points(losses)
      profile.evaluations = points(evaluations)
      return profile
    }
    let quick = run(100, to: [4, 3, 2, 1.5])
    let slow = run(90, to: [4, 3.8, 3.5, 3.2, 3, 2.8, 2.5, 2.2, 2, 1.8, 1.6, 1.5, 1.4])
    let equal = try #require(Comparison(slow, against: quick).equalLoss)
    #expect(equal.loss == 1.5 && equal.basis == .training)
    #expect(equal.joules == 900...990 && equal.baseline == 200...300)
    #expect(equal.words.amount == "needs 3.8 × the joules")
    #expect(equal.words.of == "to the same training loss, 1.50" && equal.saves == false)
    let other = try #require(Comparison(quick, against: slow).equalLoss)
    #expect(other.saves == true && other.words.amount == "saves 74 % of the joules")
    // Losses of data kept apart count where both tell them.
    let judged = Comparison(
      run(100, to: [4, 1], evaluations: [5, 3, 2]),
      against: run(100, to: [4, 1], evaluations: [5, 2])
    ).equalLoss
    #expect(judged?.basis == .validation && judged?.loss == 2)
    // Between reports too far apart nothing is claimed.
    #expect(judged?.bounds == nil && judged?.saves == nil)
    #expect(judged?.words.amount == "takes about as many joules")
    // Begun below it, or without energy: no verdict.
    #expect(Comparison(quick, against: run(1, to: [1, 0.9])).equalLoss == nil)
    var blind = quick
    blind.losses = quick.losses.map { .init(progress: $0.progress, loss: $0.loss) }
    #expect(Comparison(quick, against: blind).equalLoss == nil)
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
    other.works[.token] = nil
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
    #expect(profile.measure == .outputToken && profile.joulesPerToken == nil)
    #expect(near(profile.joules(per: .outputToken), 4))
  }

  @Test func `A server's token is not set against one of training`() throws {
    var server = RunProfile(name: "a")
    server.works = [.outputToken: .init(count: 10, joules: 10, seconds: 1)]
    server.measure = .outputToken
    let comparison = Comparison(server, against: try profile(watts: 240))
    #expect(comparison.saving == nil && comparison.verdict == "cannot be compared")
  }

  @Test func `A job that trains and writes tokens is measured as training`() throws {
    var books = Books()
    let device = Device(id: job, label: "rl")
    books.timeline.apply(.device(device))
    let times = (0...60).map(Double.init)
    books.count(gpu, watts: 200, at: times)
    books.add(job, .step, .log, times.map { ($0, $0) })
    books.add(job, .outputTokens, .counter, times.map { ($0, $0 * 50) })
    let profile = try #require(books.ledger.profile(of: device, over: span(0, 60), name: "rl"))
    #expect(profile.measure == .step && near(profile.joulesPerStep, 200))
    #expect(profile.joules(per: .outputToken) == nil)
  }

  @Test func `A job that said nothing twice has no profile`() {
    var books = Books()
    books.add(job, .step, .log, [(0, 1)])
    let device = Device(id: job, label: "run")
    #expect(books.ledger.profile(of: device, over: span(0, 60), name: "x") == nil)
  }
}
