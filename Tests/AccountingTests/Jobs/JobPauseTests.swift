import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Evaluations and checkpoints that a job tells the seconds of.
@Suite struct JobPauseTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// A made-up run: watts while it trains and while it pauses, with the joules as they truly are.
  private struct Run {
    var energy: [(Double, Double)] = [(0, 0)]
    var steps: [(Double, Double)] = [(0, 0)]
    var evaluations: [(Double, Double)] = []
    var checkpoints: [(Double, Double)] = []
    var now = 0.0
    var step = 0.0
    var trained = 0.0
    var paused = 0.0

    mutating func train(_ count: Double, each seconds: Double, watts: Double) {
      step += count
      spend(count * seconds, watts)
      trained += count * seconds * watts
      steps.append((now, step))
    }

    /// A pause of which the log tells some seconds, perhaps others than it took.
    mutating func pause(
      _ seconds: Double, watts: Double, told: Double? = nil, isCheckpoint: Bool = false
    ) {
      spend(seconds, watts)
      paused += seconds * watts
      if isCheckpoint {
        checkpoints.append((now, told ?? seconds))
      } else {
        evaluations.append((now, told ?? seconds))
      }
    }

    private mutating func spend(_ seconds: Double, _ watts: Double) {
      now += seconds
      energy.append((now, (energy.last?.1 ?? 0) + seconds * watts))
    }

    func books(_ gpu: DeviceID, _ job: DeviceID) -> Books {
      var books = Books()
      books.add(gpu, .energy, .counter, period: 1, energy)
      books.add(job, .step, .log, period: 10, steps)
      if !evaluations.isEmpty { books.add(job, .evaluationTime, .log, period: 60, evaluations) }
      if !checkpoints.isEmpty { books.add(job, .checkpointTime, .log, period: 60, checkpoints) }
      return books
    }
  }

  @Test func `Long pauses in every stretch between reports are out of a step's joules`() throws {
    // A report every 100 steps of 10 ms at 240 W, and after each an evaluation of 1 s at 240 W.
    var run = Run()
    for _ in 0..<40 {
      run.train(100, each: 0.01, watts: 240)
      run.pause(1, watts: 240)
    }
    let ledger = run.books(gpu, job).ledger
    let cost = try #require(ledger.cost(of: job, at: origin + run.now))
    #expect(near(cost.joulesPerStep, 2.4), "\(cost.joulesPerStep ?? 0)")
    let totals = try #require(ledger.totals(of: job, over: span(0, run.now)))
    #expect(near(totals.parts[0].cost.joulesPerStep, 2.4))
    #expect(near(totals.joules, 80 * 240))
    let pauses = try #require(ledger.pauses(of: job, at: origin + run.now))
    #expect(pauses.items.map(\.kind) == [.evaluation] && pauses.count == 40)
    #expect(near(pauses.seconds, 40) && near(pauses.joules, 40 * 240))
    let device = try #require(ledger.timeline.device(job))
    let profile = try #require(ledger.profile(of: device, over: span(0, run.now), name: "x"))
    #expect(near(profile.joulesPerStep, 2.4) && profile.pauses?.count == 39)
    #expect(profile.blocks.allSatisfy { near($0.joules / $0.count, 2.4) })
    #expect(near(ledger.outlook(of: job, at: origin + run.now)?.step, 4000))
  }

  @Test func `An evaluation and a checkpoint after it are told apart`() throws {
    var run = Run()
    for round in 0..<10 {
      run.train(10, each: 0.5, watts: 300)
      if round % 4 == 3 {
        run.pause(6, watts: 100)
        run.pause(3, watts: 60, isCheckpoint: true)
      }
    }
    let ledger = run.books(gpu, job).ledger
    let pauses = try #require(ledger.pauses(of: job, at: origin + run.now))
    #expect(pauses.items.map(\.kind) == [.evaluation, .checkpoint])
    #expect(pauses.items.map(\.count) == [2, 2] && pauses.items.map(\.words)[1] == "2 checkpoints")
    #expect(near(pauses.items[0].joules, 1200) && near(pauses.items[1].joules, 360))
    let totals = try #require(ledger.totals(of: job, over: span(0, run.now)))
    #expect(near(totals.parts[0].cost.joulesPerStep, 150) && near(totals.joules, 15_000 + 1560))
  }

  @Test func `What cannot have been is not believed`() throws {
    func believed(_ told: [(Double, Double)], row: Double) -> [TimeSpan] {
      JobPause.believed(
        told.map { (JobPause.Kind.evaluation, origin + $0.0, $0.1) },
        lastRow: { _ in origin + row }
      ).map(\.span)
    }
    #expect(believed([(30, 20)], row: 10) == [span(10, 30)])
    // Longer than since the last row, but for what is rounded.
    #expect(believed([(30, 20.4)], row: 10) == [span(10, 30)])
    #expect(believed([(30, 25)], row: 10) == [])
    #expect(believed([(30, 1.5)], row: 29.7) == [])
    // A row is told when the log was read, up to a second after it was written.
    #expect(believed([(30, 1)], row: 29.5) == [span(29, 30)])
    // Told twice, and one within another.
    #expect(believed([(30, 15), (30.2, 15)], row: 10) == [span(15, 30)])
    #expect(believed([(25, 5), (30, 18)], row: 10) == [span(20, 25)])
    #expect(believed([(30, 0), (30, -3), (30, .infinity), (30, .nan)], row: 10) == [])
  }

  @Test func `A checkpoint written while steps go on is no pause`() throws {
    var run = Run()
    for round in 0..<60 {
      run.train(1, each: 1, watts: 300)
      if round % 10 == 9 { run.checkpoints.append((run.now + 0.2, 5)) }
    }
    let ledger = run.books(gpu, job).ledger
    #expect(ledger.pauses(of: job, at: origin + run.now) == nil)
    #expect(near(ledger.cost(of: job, at: origin + run.now)?.joulesPerStep, 300))
  }

  @Test(arguments: 0..<40)
  func `Whatever the pauses, a step costs what it truly took`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func draw(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * Double(random.below(1001)) / 1000
    }
    var run = Run()
    let (each, every) = (draw(0.2, 2), Double(1 + random.below(20)))
    let watts = draw(100, 700)
    for _ in 0..<60 {
      run.train(every, each: each, watts: watts)
      if random.below(3) == 0 { run.pause(draw(0.5, 60), watts: draw(30, 700)) }
      if random.below(4) == 0 {
        run.pause(draw(0.5, 20), watts: draw(30, 700), isCheckpoint: true)
      }
    }
    // Some that are told wrongly change nothing.
    let rows = run.steps.map(\.0)
    run.checkpoints.append((rows[30] + 0.01, each * every + 3))
    let ledger = run.books(gpu, job).ledger
    let totals = try #require(ledger.totals(of: job, over: span(0, run.now)))
    let truth = each * watts
    let found = try #require(totals.parts[0].cost.joulesPerStep)
    #expect(abs(found / truth - 1) < 1e-3, "seed \(seed): \(found) for \(truth)")
    #expect(near(totals.joules, run.trained + run.paused), "seed \(seed)")
    let recent = try #require(ledger.cost(of: job, at: origin + run.now))
    if let step = recent.joulesPerStep {
      #expect(abs(step / truth - 1) < 1e-3, "seed \(seed): \(step) for \(truth)")
    }
    let pauses = try #require(ledger.pauses(of: job, at: origin + run.now))
    let named = pauses.items.filter { $0.kind != .unnamed }
    #expect(near(named.reduce(0) { $0 + ($1.joules ?? 0) }, run.paused), "seed \(seed)")
  }
}
