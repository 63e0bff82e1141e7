import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Steps, pauses between them, and what is left to do.
@Suite struct StepTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// Steps of two seconds at 300 W, with an evaluation of 20 s at 100 W after the tenth.
  private func training(_ attributes: [String: String] = [:]) -> Books {
    var books = Books()
    books.timeline.apply(.device(Device(id: job, label: "run", attributes: attributes)))
    var energy: [(Double, Double)] = []
    var joules = 1000.0
    for second in 0...60 {
      energy.append((Double(second), joules))
      joules += (20..<40).contains(second) ? 100 : 300
    }
    books.add(gpu, .energy, .counter, energy)
    var steps = (0...10).map { (Double($0) * 2, Double($0)) }
    steps += (0..<10).map { (42 + Double($0) * 2, 11 + Double($0)) }
    books.add(job, .step, .log, period: 2, steps)
    books.add(job, .stepTotal, .log, period: 2, steps.map { ($0.0, 100) })
    return books
  }

  @Test func `The median step is that of ordinary steps`() throws {
    let statistics = try #require(training().ledger.stepStatistics(of: job, at: origin + 60))
    #expect(near(statistics.median, 2))
    #expect(statistics.pauses.count == 1 && statistics.ordinary.count == 19)
    #expect(statistics.pauses[0].span == span(20, 42))
    #expect(near(statistics.excess, 20) && statistics.steps == 20)
    #expect(near(statistics.meanWithPauses, 3))
  }

  @Test func `An evaluation is taken out of the cost and counted apart`() throws {
    let ledger = training().ledger
    let cost = try #require(ledger.cost(of: job, at: origin + 60, over: 50))
    #expect(cost.pauses == 1 && near(cost.pausedSeconds, 22))
    #expect(near(cost.joulesPerStep, 600) && near(cost.secondsPerStep, 2))
    let pauses = try #require(ledger.pauses(of: job, at: origin + 60))
    #expect(pauses.count == 1 && near(pauses.seconds, 20))
    // 2600 J in 22 s, of which 20 s are the evaluation's.
    #expect(near(pauses.joules, 2600 * 20 / 22))
    // The whole stretch holds all of it.
    let whole = ledger.cost(of: job, over: span(0, 60), steps: 20)
    #expect(near(whole.joulesPerStep, (40 * 300 + 20 * 100) / 20))
  }

  @Test func `What is left includes evaluations to come`() throws {
    var books = training(["parameters": "1000"])
    books.add(job, .tokens, .counter, period: 2, [(0, 0), (60, 20_000)])
    books.add(Books.id(.grid, "X"), .carbonIntensity, .annual, [(0, 360)])
    let outlook = try #require(books.ledger.outlook(of: job, at: origin + 60))
    #expect(outlook.step == 20 && outlook.left == 80 && near(outlook.share, 0.2))
    #expect(near(outlook.seconds, 240))
    #expect(near(outlook.joules, 80 * 700))
    #expect(near(outlook.grams, 80 * 700 / 3.6e6 * 360))
    #expect(near(outlook.price(perKilowattHour: 0.36), 0.0056))
    #expect(near(outlook.chinchilla, 1))
  }

  @Test(arguments: [(Event.Cause.crashed, false), (.finished, false), (.stalled, true)])
  func `What has ended has nothing to go`(cause: Event.Cause, goesOn: Bool) throws {
    var books = training()
    books.timeline.apply([
      .event(Event(time: origin + 60.5, kind: .note, text: "end", device: job, cause: cause))
    ])
    let outlook = try #require(books.ledger.outlook(of: job, at: origin + 61))
    #expect((outlook.seconds != nil) == goesOn && (outlook.joules != nil) == goesOn)
    #expect(outlook.left == 80)
  }

  @Test func `Short steps are taken fifty at a time`() throws {
    var books = Books()
    books.count(gpu, watts: 200, at: (0...20).map(Double.init))
    let steps = (0...100).map { (Double($0) * 0.05, Double($0)) }
    books.add(job, .step, .log, period: 0.05, steps)
    let enough = try #require(books.ledger.cost(of: job, at: origin + 5, over: 1))
    #expect(enough.steps >= 50 && near(enough.joulesPerStep, 10))
    let early = try #require(books.ledger.cost(of: job, at: origin + 2, over: 1))
    #expect(early.joulesPerStep == nil)
    #expect(early.shortfall?.contains("50 are needed") == true)
    #expect((enough.uncertainty ?? 0) > 1 / enough.steps + 0.05)
  }

  @Test func `A rate of one device counts for all of them`() throws {
    var books = training(["rate_scope": "device", "world_size": "8"])
    books.add(job, .tokenRate, .log, period: 2, (0...30).map { (Double($0) * 2, 1000) })
    let cost = try #require(books.ledger.cost(of: job, at: origin + 20))
    #expect(near(cost.tokensPerSecond, 8000))
    #expect(near(cost.tokensPerKilowattHour, 3.6e6 * 8000 / 2400))
  }

  @Test func `A rate of nobody knows what tells nothing but on one device`() throws {
    for (devices, rate) in [("8", nil), (nil, nil), ("1", 1000.0)] {
      var facts = ["rate_scope": "unknown"]
      facts["world_size"] = devices
      var books = training(facts)
      books.add(job, .tokenRate, .log, period: 2, (0...30).map { (Double($0) * 2, 1000) })
      let cost = try #require(books.ledger.cost(of: job, at: origin + 20))
      #expect(cost.tokensPerSecond == nil ? rate == nil : near(cost.tokensPerSecond, rate ?? 0))
      #expect((cost.tokensPerKilowattHour == nil) == (rate == nil))
    }
  }

  @Test func `Samples a second are those of all devices, whatever the tokens are`() throws {
    var books = training(["rate_scope": "device", "world_size": "8"])
    books.add(job, .sampleRate, .log, period: 2, (0...30).map { (Double($0) * 2, 10) })
    let cost = try #require(books.ledger.cost(of: job, at: origin + 20))
    #expect(near(cost.samplesPerSecond, 10))
  }

  @Test func `Devices on other machines do their part of the work for energy of their own`() throws
  {
    let cost = try #require(
      training(["world_size": "4", "global_batch": "10"]).ledger.cost(of: job, at: origin + 20))
    #expect(cost.seenShare == 0.25)
    // One of four devices took 600 J a step: the step takes four times as much.
    #expect(near(cost.joulesPerStep, 2400) && near(cost.joulesPerSample, 240))
  }

  @Test func `Batches are counted where tokens are not`() throws {
    let cost = try #require(
      training(["global_batch": "64", "sequence_length": "128"]).ledger
        .cost(of: job, at: origin + 20))
    #expect(near(cost.samplesPerSecond, 32) && near(cost.tokensPerSecond, 4096))
    #expect(near(cost.joulesPerSample, 600.0 / 64))
  }

  @Test func `Hostile steps give no number and no trap`() {
    var books = Books()
    books.count(gpu, watts: 200, at: (0...20).map(Double.init))
    books.add(
      job, .step, .log, period: 1,
      [(0, 9e15), (1, -9e15), (2, 0), (3, 0), (4, 9e15), (5, 1), (6, 1)])
    for second in 0...7 {
      _ = books.ledger.cost(of: job, at: origin + Double(second))
      _ = books.ledger.outlook(of: job, at: origin + Double(second))
      _ = books.ledger.pauses(of: job, at: origin + Double(second))
    }
    #expect(StepStatistics([]) == nil)
    #expect(StepStatistics([(origin, 4), (origin + 1, 4)]) == nil)
  }

  @Test func `A step that goes back begins anew and is no interval`() throws {
    let before = (0..<10).map { (time: origin + Double($0), value: Double(100 + $0)) }
    let after = (0..<10).map { (time: origin + 30 + Double($0), value: Double(50 + $0)) }
    let statistics = try #require(StepStatistics(before + after))
    #expect(statistics.steps == 18)
    #expect((statistics.ordinary + statistics.pauses).allSatisfy { $0.steps > 0 })
    #expect(near(statistics.median, 1) && statistics.pauses.isEmpty)
  }
}
