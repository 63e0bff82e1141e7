import Quantities
import Telemetry
import Testing

@testable import Accounting

/// What is of a job's present life, and what of earlier ones.
@Suite struct JobLifeTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  private func restart(_ books: inout Books, at second: Double, _ cause: Event.Cause = .restarted) {
    books.timeline.apply(
      .event(Event(time: origin + second, kind: .note, text: "again", device: job, cause: cause)))
  }

  /// 100 steps of 1 s at 200 W; a pause; then from 200 s steps of 2 s at 300 W.
  private func twice(_ cause: Event.Cause, from step: Double, until end: Double) -> Books {
    var books = Books()
    let seconds = stride(from: 0.0, through: end, by: 1)
    books.add(
      gpu, .energy, .counter,
      seconds.map { ($0, $0 < 150 ? 200 * $0 : 30_000 + 300 * ($0 - 150)) })
    books.add(job, .step, .log, period: 1, (0...100).map { (Double($0), Double($0)) })
    books.add(job, .tokens, .log, period: 1, (0...100).map { (Double($0), Double($0) * 10) })
    books.add(job, .stepTotal, .log, period: 1, [(0, 500)])
    restart(&books, at: 180, cause)
    let rows = stride(from: 200.0, through: end, by: 2).map { ($0, step + ($0 - 200) / 2) }
    books.add(job, .step, .log, period: 2, rows)
    books.add(job, .tokens, .log, period: 2, rows.map { ($0.0, $0.1 * 50) })
    return books
  }

  @Test func `The present life is weighed alone`() throws {
    let ledger = twice(.restarted, from: 0, until: 300).ledger
    for second in stride(from: 204.0, through: 300, by: 7) {
      let cost = try #require(ledger.cost(of: job, at: origin + second))
      #expect(cost.span.start >= origin + 200)
      if let joules = cost.joulesPerStep { #expect(near(joules, 600), "\(second)") }
      if let joules = cost.joulesPerToken { #expect(near(joules, 12), "\(second)") }
      #expect(near(ledger.stepStatistics(of: job, at: origin + second)?.median, 2))
    }
    // Before, the life of then.
    #expect(near(ledger.cost(of: job, at: origin + 120)?.joulesPerStep, 200))
    // One that began anew has not said how many steps it will make.
    let outlook = try #require(ledger.outlook(of: job, at: origin + 300))
    #expect(outlook.step == 50 && outlook.stepTotal == nil)
    let resumed = twice(.resumed, from: 60, until: 300).ledger
    let rest = try #require(resumed.outlook(of: job, at: origin + 300))
    #expect(rest.step == 110 && rest.left == 390)
    #expect(near(rest.seconds, 780) && near(rest.joules, 390 * 600))
  }

  @Test func `A total that is passed was that of something else`() throws {
    var books = Books()
    books.add(job, .step, .log, period: 1, (0...100).map { (Double($0), Double($0) * 4) })
    books.add(job, .stepTotal, .log, period: 1, [(0, 200)])
    let ledger = books.ledger
    #expect(ledger.outlook(of: job, at: origin + 40)?.stepTotal == 200)
    let outlook = try #require(ledger.outlook(of: job, at: origin + 100))
    #expect(outlook.step == 400 && outlook.stepTotal == nil && outlook.left == nil)
  }

  @Test func `After a restart nothing of before is of the present`() throws {
    let ledger = twice(.restarted, from: 0, until: 300).ledger
    let time = origin + 190
    #expect(ledger.cost(of: job, at: time) == nil && ledger.outlook(of: job, at: time) == nil)
    #expect(ledger.known(.step, of: job, at: time) == nil)
    #expect(ledger.stepStatistics(of: job, at: time) == nil)
    let earlier = try #require(ledger.earlierRun(of: job, at: time))
    #expect(earlier.progress == "last step 100 of 500" && earlier.time == origin + 100)
    #expect(ledger.earlierRun(of: job, at: origin + 179) == nil)
    #expect(ledger.earlierRun(of: job, at: origin + 200) == nil)
  }

  @Test func `What was written before anyone looked is history`() throws {
    var books = twice(.resumed, from: 60, until: 300)
    books.timeline.apply(
      .device(Device(id: job, label: "run", attributes: [JobFacts.Key.history.rawValue: "yes"])))
    let ledger = books.ledger
    #expect(ledger.earlierRun(of: job, at: origin + 300)?.step == 110)
    #expect(ledger.cost(of: job, at: origin + 300) == nil)
    #expect(ledger.outlook(of: job, at: origin + 300) == nil)
  }

  @Test func `Rows that were read at once with the word of a restart are of the new life`() throws {
    var books = Books()
    books.count(gpu, watts: 200, at: (0...120).map(Double.init))
    books.add(job, .step, .log, period: 1, (0...60).map { (Double($0), Double($0)) })
    books.add(job, .step, .log, period: 1, (0...10).map { (80 + Double($0), 30 + Double($0)) })
    restart(&books, at: 86, .resumed)
    let ledger = books.ledger
    #expect(ledger.lifeStart(of: job, at: origin + 90) == origin + 80)
    let totals = try #require(ledger.totals(of: job, over: span(0, 100)))
    #expect(totals.parts.map(\.life.steps) == [60, 10] && totals.redone == 10)
    #expect(
      totals.parts.map(\.joules).allSatisfy { $0.map { $0 == 12_000 || $0 == 2000 } ?? false })
  }

  @Test func `Lives are told apart, and a step done twice counts once`() throws {
    let resumed = twice(.resumed, from: 60, until: 300).ledger
    let totals = try #require(resumed.totals(of: job, over: span(0, 300)))
    #expect(totals.parts.map(\.life.steps) == [100, 50])
    #expect(totals.parts.map(\.life.redone) == [0, 40] && totals.usefulSteps == 110)
    #expect(near(totals.parts[0].joules, 20_000) && near(totals.parts[1].joules, 30_000))
    #expect(near(totals.joules, 50_000) && near(totals.joulesPerUsefulStep, 50_000.0 / 110))
    // Begun anew, it is other work.
    let anew = twice(.restarted, from: 0, until: 300).ledger
    let apart = try #require(anew.totals(of: job, over: span(0, 300)))
    #expect(apart.redone == 0 && apart.usefulSteps == 150 && apart.joulesPerUsefulStep == nil)
    // As the job counts them, where it does.
    var books = twice(.resumed, from: 60, until: 300)
    books.add(
      job, .redoneSteps, .log, period: 2,
      (0...50).map { (200 + Double($0) * 2, min(41, Double($0) + 1)) })
    #expect(books.ledger.totals(of: job, over: span(0, 300))?.redone == 40)
    let device = Device(id: job, label: "run")
    let profile = try #require(books.ledger.profile(of: device, over: span(0, 300), name: "x"))
    #expect(near(profile.joulesPerStep, 600) && near(profile.joulesPerUsefulStep, 3000))
    #expect(profile.caveats.contains("the last of 2 runs: it was resumed"))
  }

  @Test func `A loss that is reached after resuming took what all lives took`() throws {
    func profile(_ cause: Event.Cause) throws -> RunProfile {
      var books = twice(cause, from: 60, until: 300)
      books.add(job, .loss, .log, period: 1, (0...100).map { (Double($0), 4 - Double($0) / 100) })
      let rows = (0...50).map { (200 + Double($0) * 2, 3.4 - Double($0) / 50) }
      books.add(job, .loss, .log, period: 2, rows)
      let device = Device(id: job, label: "run")
      return try #require(books.ledger.profile(of: device, over: span(0, 300), name: "x"))
    }
    let resumed = try #require(RunProfile.joules(to: 2.5, in: try profile(.resumed).losses))
    #expect(resumed.upperBound > 20_000 + 25_000 && resumed.lowerBound < 20_000 + 30_000)
    let anew = try #require(RunProfile.joules(to: 2.5, in: try profile(.restarted).losses))
    #expect(anew.upperBound <= 30_000 && anew.upperBound > 25_000)
  }

  @Test(arguments: 0..<30)
  func `Whatever the restarts, each life has its own steps and joules`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func draw(_ low: Double, _ high: Double) -> Double {
      (low + (high - low) * Double(random.below(1001)) / 1000).rounded()
    }
    var books = Books()
    var now = 0.0
    var energy = [(0.0, 0.0)]
    func spend(_ seconds: Double, _ watts: Double) {
      for _ in 0..<Int(seconds) {
        now += 1
        energy.append((now, (energy.last?.1 ?? 0) + watts))
      }
    }
    var truth: [(steps: Double, joules: Double, each: Double)] = []
    var done = Set<Int>()
    var last = 0.0
    for life in 0..<Int(draw(1, 6)) {
      spend(draw(1, 30), draw(20, 100))
      if life > 0 { restart(&books, at: now, .resumed) }
      spend(draw(1, 30), draw(20, 100))
      let first = life == 0 ? 0 : draw(max(0, last - 30), last)
      let (watts, steps) = (draw(100, 700), draw(1, 60))
      var rows = [(now, first)]
      for step in 1...Int(steps) {
        spend(2, watts)
        rows.append((now, first + Double(step)))
        done.insert(Int(first) + step)
      }
      books.add(job, .step, .log, period: 2, rows)
      truth.append((steps, steps * 2 * watts, 2 * watts))
      last = first + steps
    }
    books.add(gpu, .energy, .counter, energy)
    let ledger = books.ledger
    let totals = try #require(ledger.totals(of: job, over: span(0, now)))
    #expect(totals.parts.map(\.life.steps) == truth.map(\.steps), "seed \(seed)")
    for (part, known) in zip(totals.parts, truth) {
      #expect(near(part.joules, known.joules), "seed \(seed)")
      if let each = part.cost.joulesPerStep { #expect(near(each, known.each), "seed \(seed)") }
    }
    #expect(totals.usefulSteps == Double(done.count), "seed \(seed)")
    #expect(near(totals.joules, truth.reduce(0) { $0 + $1.joules }), "seed \(seed)")
    if let each = ledger.cost(of: job, at: origin + now)?.joulesPerStep {
      #expect(near(each, truth[truth.count - 1].each), "seed \(seed)")
    }
  }
}
