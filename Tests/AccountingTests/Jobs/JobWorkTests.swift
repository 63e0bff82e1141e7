import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Tokens, samples, epochs and requests: each with the joules of its own stretch.
@Suite struct JobWorkTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// Watts that ramp from 100 to 300 in a minute and begin again, read ten times a second.
  private func watts(_ second: Double) -> Double {
    100 + 200 * (second / 60 - (second / 60).rounded(.down))
  }

  /// The joules of that between two times, worked out apart from any ledger.
  private func joules(_ from: Double, _ to: Double) -> Double {
    func until(_ second: Double) -> Double {
      let whole = (second / 60).rounded(.down)
      let rest = second - whole * 60
      return whole * 12_000 + 100 * rest + 200 / 60 * rest * rest / 2
    }
    return until(to) - until(from)
  }

  /// An accelerator whose counter follows that power exactly.
  private func books(until end: Double, _ attributes: [String: String] = [:]) -> Books {
    var books = Books()
    books.timeline.apply(.device(Device(id: job, label: "run", attributes: attributes)))
    let seconds = stride(from: 0.0, through: end, by: 0.5)
    books.add(gpu, .energy, .counter, period: 0.5, seconds.map { ($0, joules(0, $0)) })
    return books
  }

  /// Ten steps a second, and the tokens, a thousand to a step, with every two hundredth.
  private func sparse(until end: Int) -> Books {
    var books = books(until: Double(end))
    let steps = (1...end * 10).map { (Double($0) / 10, Double($0)) }
    books.add(job, .step, .log, period: 0.1, steps)
    books.add(
      job, .tokens, .log, period: 20,
      stride(from: 20, through: end, by: 20).map { (Double($0), Double($0) * 10_000) })
    return books
  }

  @Test(arguments: [25, 41, 45, 59, 61, 70, 100])
  func `A steady job with a count every 200 steps is steady`(second: Int) throws {
    let ledger = sparse(until: second).ledger
    let cost = try #require(ledger.cost(of: job, at: origin + Double(second)))
    guard second >= 40 else {
      // One count tells no rate: nothing is better than a wrong one.
      #expect(cost.tokenWork == nil && cost.joulesPerToken == nil)
      return
    }
    #expect(near(cost.tokensPerSecond, 10_000))
    let work = try #require(cost.tokenWork)
    let (from, to) = (work.span.start - origin, work.span.end - origin)
    #expect(near(cost.joulesPerToken, joules(from, to) / ((to - from) * 10_000)))
  }

  @Test
  func `Over the whole run, joules and tokens are those between the first count and the last`()
    throws
  {
    let ledger = sparse(until: 70).ledger
    let cost = ledger.cost(of: job, over: span(0.1, 70), steps: 699)
    #expect(cost.tokenWork?.span == span(20, 60) && near(cost.tokens, 400_000))
    #expect(near(cost.joulesPerToken, joules(20, 60) / 400_000))
    let each = try #require(cost.joulesPerStep)
    #expect(abs(each / (joules(0.1, 70) / 699) - 1) < 1e-4)
  }

  @Test func `A count that every line repeats is told where it changes`() throws {
    var books = books(until: 60)
    let steps = (1...600).map { (Double($0) / 10, Double($0)) }
    books.add(job, .step, .log, period: 0.1, steps)
    // 12 s apart; the bar shows the last count until the next.
    books.add(
      job, .tokens, .log, period: 0.1,
      steps.map { ($0.0, ($0.0 / 12).rounded(.down) * 120_000) })
    for second in stride(from: 37.0, through: 60, by: 3.3) {
      let cost = try #require(books.ledger.cost(of: job, at: origin + second))
      #expect(near(cost.tokensPerSecond, 10_000), "\(second): \(cost.tokensPerSecond ?? 0)")
    }
  }

  @Test func `Sparse counts are scaled by dense steps`() throws {
    var books = books(until: 900)
    books.add(job, .step, .log, period: 1, (0...900).map { (Double($0), Double($0)) })
    books.add(job, .tokens, .log, period: 300, [(0, 0), (300, 150_000), (600, 300_000)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 890))
    #expect(cost.tokenWork?.basis == .scaled && cost.tokenWork?.span == span(860, 890))
    #expect(near(cost.tokensPerSecond, 500))
    #expect(near(cost.joulesPerToken, joules(860, 890) / 15_000))
    // Without steps in between, the older stretch is told for what it is.
    var blind = self.books(until: 900)
    blind.add(job, .tokens, .log, period: 300, [(0, 0), (300, 150_000), (600, 300_000)])
    let old = try #require(blind.ledger.cost(of: job, at: origin + 890))
    #expect(old.tokenWork?.span == span(300, 600) && old.steps == 0)
    #expect(near(old.joulesPerToken, joules(300, 600) / 150_000))
  }

  @Test func `Of a stated rate and a count, the one that tells more of the stretch is shown`()
    throws
  {
    var books = books(until: 100)
    books.add(job, .step, .log, period: 2, (0...50).map { (Double($0) * 2, Double($0)) })
    books.add(job, .tokens, .log, period: 50, [(0, 0), (50, 50_000)])
    books.add(job, .tokenRate, .log, period: 2, (0...50).map { (Double($0) * 2, 2000) })
    let early = try #require(books.ledger.cost(of: job, at: origin + 52))
    #expect(early.tokenWork?.basis == .counted && near(early.tokensPerSecond, 1000))
    let late = try #require(books.ledger.cost(of: job, at: origin + 100))
    #expect(late.tokenWork?.basis == .stated && late.tokenWork?.span == span(70, 100))
    #expect(near(late.joulesPerToken, joules(70, 100) / 60_000))
  }

  @Test func `A stated rate is of the time before it`() throws {
    var books = books(until: 40)
    books.add(job, .step, .log, period: 10, (0...4).map { (Double($0) * 10, Double($0)) })
    books.add(
      job, .tokenRate, .log, period: 10, [(0, 9999), (10, 100), (20, 200), (30, 400), (40, 800)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 40))
    #expect(near(cost.tokens, 14_000) && near(cost.joulesPerToken, joules(10, 40) / 14_000))
  }

  @Test func `Samples are weighed as tokens are`() throws {
    var books = books(until: 60)
    books.add(job, .step, .log, period: 1, (0...60).map { (Double($0), Double($0)) })
    books.add(job, .samples, .log, period: 25, [(5, 100), (30, 200), (55, 300)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 60))
    #expect(cost.sampleWork?.span == span(5, 55) && near(cost.joulesPerSample, joules(5, 55) / 200))
  }

  @Test(arguments: 0..<20)
  func `A pause that the log does not tell is out of tokens as it is out of steps`(seed: Int) throws
  {
    var random = SplitMix64(seed: UInt64(seed))
    let every = 1 + random.below(50)
    var books = Books()
    var (now, joules, step) = (0.0, 0.0, 0)
    var energy = [(0.0, 0.0)]
    var (steps, tokens): ([(Double, Double)], [(Double, Double)]) = ([(0, 0)], [(0, 0)])
    while now < 400 {
      if step % 90 == 60 {
        (now, joules) = (now + 20, joules + 20 * 50)
        energy.append((now, joules))
      }
      (now, joules, step) = (now + 0.5, joules + 0.5 * 400, step + 1)
      energy.append((now, joules))
      steps.append((now, Double(step)))
      if step % every == 0 { tokens.append((now, Double(step) * 1000)) }
    }
    books.add(gpu, .energy, .counter, period: 0.5, energy)
    books.add(job, .step, .log, period: 0.5, steps)
    books.add(job, .tokens, .log, period: 0.5 * Double(every), tokens)
    for _ in 0..<20 {
      let second = 100 + 3 * Double(random.below(100))
      let cost = try #require(books.ledger.cost(of: job, at: origin + second))
      guard let found = cost.joulesPerToken else { continue }
      // A pause that is not over yet, or at an end of the stretch, may be in one and not in the other.
      #expect(abs(found / 0.2 - 1) < 0.03, "seed \(seed), every \(every), \(second): \(found)")
    }
  }

  // MARK: Without steps

  @Test func `A job that tells nothing but tokens has a cost`() throws {
    var books = books(until: 60)
    books.add(job, .tokens, .log, period: 7, (0...8).map { (Double($0) * 7, Double($0) * 700) })
    let cost = try #require(books.ledger.cost(of: job, at: origin + 60))
    #expect(cost.tokenWork?.span == span(21, 56))
    #expect(near(cost.joulesPerToken, joules(21, 56) / 3500))
    let device = try #require(books.timeline.device(job))
    let profile = try #require(books.ledger.profile(of: device, over: span(0, 60), name: "x"))
    #expect(profile.measure == .token && near(profile.joulesPerToken, joules(0, 56) / 5600))
  }

  @Test func `A job that tells nothing but epochs has a cost and a rest`() throws {
    var books = books(until: 700)
    books.add(job, .epoch, .log, period: 200, [(210, 1), (410, 2), (610, 3)])
    books.add(job, .epochTotal, .log, period: 200, [(210, 5), (410, 5), (610, 5)])
    let ledger = books.ledger
    #expect(ledger.cost(of: job, at: origin + 300) == nil)
    let cost = try #require(ledger.cost(of: job, at: origin + 650))
    #expect(near(cost.joulesPerEpoch, joules(410, 610)) && near(cost.secondsPerEpoch, 200))
    let outlook = try #require(ledger.outlook(of: job, at: origin + 650))
    #expect(outlook.step == nil && outlook.epoch == 3 && near(outlook.share, 0.6))
    #expect(near(outlook.seconds, 400) && near(outlook.joules, joules(210, 610)))
    let device = try #require(books.timeline.device(job))
    let profile = try #require(ledger.profile(of: device, over: span(0, 700), name: "x"))
    #expect(profile.measure == .epoch && near(profile.joules(per: .epoch), joules(210, 610) / 2))
  }

  @Test func `One epoch is weighed over the seconds it says it took`() throws {
    var books = books(until: 300)
    books.add(job, .epoch, .log, period: 200, [(210, 1)])
    #expect(books.ledger.cost(of: job, at: origin + 220) == nil)
    books.add(job, .epochTime, .log, period: 200, [(210, 200)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 220))
    #expect(cost.epochWork?.basis == .statedTime && near(cost.joulesPerEpoch, joules(10, 210)))
  }

  @Test func `The number of the epoch at hand, on every line, is no count of epochs done`() throws {
    // Epoch 1 from 30 s on, 2 from 90 s, 3 from 150 s: two passes between 30 and 150 s at most.
    var books = books(until: 200)
    let rows = (0...40).map { place -> (Double, Double) in
      let second = Double(place) * 5
      return (second, second < 30 ? 0 : second < 90 ? 1 : second < 150 ? 2 : 3)
    }
    books.add(job, .epoch, .log, period: 5, rows)
    let cost = books.ledger.cost(of: job, over: span(10, 195), steps: 0)
    #expect(cost.epochWork?.span == span(30, 150) && near(cost.joulesPerEpoch, joules(30, 150) / 2))
  }

  @Test func `A job that tells nothing but requests has a cost`() throws {
    var books = books(until: 300)
    books.add(job, .requests, .log, period: 5, (0...60).map { (Double($0) * 5, Double($0)) })
    let cost = try #require(books.ledger.cost(of: job, at: origin + 300))
    let work = try #require(cost.requestWork)
    #expect(work.count >= 20)
    let from = work.span.start - origin
    #expect(near(cost.joulesPerRequest, joules(from, 300) / work.count))
    let device = try #require(books.timeline.device(job))
    let profile = try #require(books.ledger.profile(of: device, over: span(0, 300), name: "x"))
    #expect(profile.measure == .request && near(profile.joules(per: .request), joules(0, 300) / 60))
  }

  @Test func `Jobs that count the same at last are compared by it`() throws {
    var first = RunProfile(name: "a")
    first.works = [.token: .init(count: 10, joules: 10, seconds: 1)]
    first.works[.epoch] = .init(count: 2, joules: 10, seconds: 1)
    first.measure = .token
    var second = RunProfile(name: "b")
    second.works = [.epoch: .init(count: 1, joules: 10, seconds: 1)]
    second.measure = .epoch
    let comparison = Comparison(first, against: second)
    #expect(comparison.measure == .epoch && near(comparison.saving, 0.5))
  }

  // MARK: Whatever the spacing

  @Test(arguments: 0..<40)
  func `Whatever the spacing of counts, joules and tokens are of one stretch`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func draw(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * Double(random.below(1001)) / 1000
    }
    let end = 400.0
    var books = books(until: end)
    // Steps of one length, tokens in step with them, and counts at whichever rows.
    let (period, each) = (draw(0.05, 4), draw(10, 5000).rounded())
    let rows = (0...Int(end / period)).map { (Double($0) * period, Double($0)) }
    books.add(job, .step, .log, period: period, rows)
    let gap = draw(period, 120)
    var counts: [(Double, Double)] = []
    var next = draw(0, gap)
    for row in rows where row.0 >= next {
      counts.append((row.0, row.1 * each))
      next = row.0 + draw(0.2, 1.8) * gap
    }
    books.add(job, .tokens, .log, period: gap, counts)
    let ledger = books.ledger
    for _ in 0..<20 {
      let second = draw(0, end)
      guard let cost = ledger.cost(of: job, at: origin + second), let work = cost.tokenWork else {
        continue
      }
      let (from, to) = (work.span.start - origin, work.span.end - origin)
      #expect(to <= second + 1e-6 && from < to, "seed \(seed), \(second)")
      let truth = each / period
      let rate = try #require(cost.tokensPerSecond)
      #expect(abs(rate / truth - 1) < 0.025, "seed \(seed), \(second): \(rate) for \(truth)")
      guard let found = cost.joulesPerToken else { continue }
      let expected = joules(from, to) / (to - from) / truth
      #expect(abs(found / expected - 1) < 0.03, "seed \(seed), \(second): \(found), \(expected)")
    }
  }
}
