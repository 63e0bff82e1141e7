import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Joules for a step and for a token.
@Suite struct JobTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")
  private let seconds = (0...60).map(Double.init)

  /// An accelerator at 350 W and a job that reports every ten seconds.
  private func training(tokensPerStep: Double? = 1000) -> Books {
    var books = Books()
    books.count(gpu, watts: 350, at: seconds)
    let steps = [(0.0, 0.0), (10, 10), (20, 20), (30, 30), (40, 45), (50, 60)]
    books.add(job, .step, .log, period: 10, steps)
    if let tokensPerStep {
      books.add(
        job, .tokens, .counter, period: 10, steps.map { ($0.0, $0.1 * tokensPerStep) })
    }
    return books
  }

  @Test(arguments: [DeviceKind.grid, .alert])
  func `An imported job is charged the meters beside it, whatever else belongs to no machine`(
    kind: DeviceKind
  ) {
    var books = training()
    let imported = DeviceID(machine: "", kind: .job, name: "log")
    books.add(imported, .step, .log, period: 10, [(0, 0), (50, 60)])
    books.timeline.apply(
      .device(Device(id: DeviceID(machine: "", kind: kind, name: "x"), label: "x")))
    #expect(near(books.ledger.jobEnergy(of: imported, over: span(0, 50))?.joules, 350 * 50))
  }

  @Test func `A step costs the joules between two reports over the steps between them`() throws {
    let cost = try #require(training().ledger.cost(of: job, at: origin + 40))
    #expect(cost.span == span(10, 40))
    #expect(cost.steps == 35)
    #expect(cost.tokens == 35_000)
    #expect(near(cost.energy?.joules, 10_500))
    #expect(near(cost.joulesPerStep, 300))
    #expect(near(cost.joulesPerToken, 0.3))
    #expect(near(cost.tokensPerSecond, 35_000.0 / 30))
    #expect(near(cost.secondsPerStep, 30.0 / 35))
  }

  @Test func `Between two reports the last one is what is known`() throws {
    let books = training()
    let cost = try #require(books.ledger.cost(of: job, at: origin + 47))
    #expect(cost == books.ledger.cost(of: job, at: origin + 40))
    #expect(cost != books.ledger.cost(of: job, at: origin + 50))
  }

  @Test func `A job that has reported once has no cost yet`() {
    let ledger = training().ledger
    #expect(ledger.cost(of: job, at: origin - 1) == nil)
    #expect(ledger.cost(of: job, at: origin + 9) == nil)
    #expect(ledger.cost(of: job, at: origin + 10)?.steps == 10)
    #expect(ledger.cost(of: Books.id(.job, "8"), at: origin + 40) == nil)
  }

  @Test func `A token rate does where there is no count`() throws {
    var books = training(tokensPerStep: nil)
    #expect(books.ledger.cost(of: job, at: origin + 40)?.joulesPerToken == nil)
    books.add(job, .tokenRate, .log, period: 10, (0...5).map { (Double($0) * 10, 700) })
    let cost = try #require(books.ledger.cost(of: job, at: origin + 40))
    #expect(near(cost.tokens ?? 0, 21_000))
    #expect(near(cost.joulesPerToken, 0.5))
  }

  @Test func `Without energy there is progress but no cost`() throws {
    var books = Books()
    books.add(job, .step, .log, period: 10, [(0, 0), (10, 5), (20, 10), (30, 15)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 30))
    #expect(cost.energy == nil)
    #expect(cost.joulesPerStep == nil)
    #expect(near(cost.secondsPerStep, 2))
  }

  @Test func `Energy known for less than nine tenths is no ground for a number`() throws {
    var books = Books()
    books.draw(gpu, watts: 350, at: (14...40).map(Double.init))
    books.add(job, .step, .log, period: 10, [(0, 0), (10, 10), (20, 20), (30, 30), (40, 40)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 40))
    #expect(near(cost.energy?.coverage, 26.0 / 30))
    #expect(cost.joulesPerStep == nil)
    let later = try #require(books.ledger.cost(of: job, at: origin + 40, over: 20))
    #expect(near(later.joulesPerStep, 350))
  }

  @Test func `Less than a second is no ground for a number`() throws {
    var books = Books()
    books.count(gpu, watts: 350, at: seconds)
    books.add(job, .step, .log, period: 0.5, [(0, 0), (0.5, 1)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 0.5))
    #expect(cost.joulesPerStep == nil)
    #expect(!cost.isEnough)
  }

  @Test func `Steps that go back cost nothing that could be told`() throws {
    var books = training()
    books.add(job, .step, .log, period: 10, [(60, 0)])
    let cost = try #require(books.ledger.cost(of: job, at: origin + 60))
    #expect(cost.steps == 0)
    #expect(cost.joulesPerStep == nil)
    #expect(cost.secondsPerStep == nil)
  }

  @Test func `A job is charged the accelerators, or everything where there are none`() throws {
    var books = training()
    books.count(Books.id(.cpu, "package-0"), watts: 100, at: seconds)
    #expect(near(books.ledger.jobEnergy(of: job, over: span(0, 10))?.joules, 3500))
    var host = Books()
    host.count(Books.id(.cpu, "package-0"), watts: 100, at: seconds)
    #expect(near(host.ledger.jobEnergy(of: job, over: span(0, 10))?.joules, 1000))
  }

  @Test func `Jobs on one accelerator at once say so, and one after the other do not`() throws {
    let other = Books.id(.job, "8")
    func caveats(of job: DeviceID, otherFrom start: Double, on gpu: DeviceID? = nil) -> [JobCaveat]
    {
      var books = training()
      books.add(
        other, .step, .log, period: 10, (0...3).map { (start + Double($0) * 10, Double($0)) })
      if let gpu {
        books.count(gpu, watts: 350, at: seconds)
        for (job, gpu) in [(self.job, self.gpu), (other, gpu)] {
          let named = [JobFacts.Key.gpus.rawValue: gpu.name]
          books.timeline.apply(.device(Device(id: job, label: "run", attributes: named)))
        }
      }
      return books.ledger.caveats(of: job, over: span(0, 50))
    }
    #expect(caveats(of: job, otherFrom: 20) == [.sharedAccelerators(jobs: 2)])
    #expect(caveats(of: other, otherFrom: 20) == [.sharedAccelerators(jobs: 2)])
    #expect(caveats(of: job, otherFrom: 50).isEmpty)
    #expect(caveats(of: job, otherFrom: 20, on: Books.id(.gpu, "1")).isEmpty)
  }

  @Test func `Known things take known amounts`() {
    let hour = 3.6e6
    #expect(near(hour / Equivalent.modelThreeKilometre.joules, 6.30517))
    #expect(near(Equivalent.phoneCharge.joules, 43_200))
    // Its life in kilometres, at its consumption, is about the miles it is rated for.
    let kilometres = Equivalent.modelThreeLife.joules / Equivalent.modelThreeKilometre.joules
    #expect(abs(kilometres / 1.609344 - 200_000) < 2000)
    for thing in [Equivalent.modelThreeKilometre, .modelThreeLife, .phoneCharge] {
      #expect(!thing.source.isEmpty)
    }
  }
}
