import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Joules for tokens and requests of an inference server.
@Suite struct ServingTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "http://127.0.0.1:8000")
  private func seconds(_ end: Double) -> [Double] { Array(stride(from: 0, through: end, by: 1)) }

  /// A server that writes tokens at a rate, on an accelerator at a power.
  private func serving(
    _ rate: Double, watts: Double = 350, until end: Double = 100, attributes: [String: String] = [:]
  ) -> Books {
    var books = Books()
    books.count(gpu, watts: watts, at: seconds(end))
    books.timeline.apply(.device(Device(id: job, label: "m", attributes: attributes)))
    books.add(job, .outputTokens, .counter, seconds(end).map { ($0, 1000 + $0 * rate) })
    return books
  }

  @Test func `a token costs the joules of the stretch over its tokens`() throws {
    let cost = try #require(serving(50).ledger.servingCost(of: job, at: origin + 100))
    #expect(cost.span == span(90, 100))
    #expect(cost.outputTokens == 500)
    #expect(near(cost.joulesPerOutputToken, 7))
    #expect(near(cost.outputRate, 50))
    #expect(cost.shortfall == nil)
    #expect(cost.promptTokens == nil && cost.promptRate == nil && cost.cachedShare == nil)
    #expect(cost.joulesPerRequest == nil && cost.busyJoulesPerOutputToken == nil)
  }

  @Test(arguments: [(50.0, 10.0), (20, 10), (15, 15), (10, 20), (7, 30), (5, 45), (4, 60)])
  func `the stretch grows until it holds 200 tokens`(rate: Double, length: Double) throws {
    let cost = try #require(serving(rate).ledger.servingCost(of: job, at: origin + 100))
    #expect(cost.span.seconds == length)
    #expect(near(cost.joulesPerOutputToken, 350 / rate))
  }

  @Test func `too few tokens in a minute are not enough, with the reason`() throws {
    let cost = try #require(serving(3).ledger.servingCost(of: job, at: origin + 100))
    #expect(cost.span.seconds == 60)
    #expect(cost.joulesPerOutputToken == nil)
    #expect(cost.shortfall?.words == "not enough yet: 180 of 200 output tokens in 60 s")
    var silent = serving(0)
    let idle = try #require(silent.ledger.servingCost(of: job, at: origin + 100))
    #expect(idle.shortfall == .tokens(0, seconds: 60))
    silent.add(job, .requestsRunning, .instant, seconds(100).map { ($0, 0) })
    let quiet = try #require(silent.ledger.servingCost(of: job, at: origin + 100))
    #expect(quiet.shortfall?.words == "no request in the last 60 s")
    let early = try #require(serving(50).ledger.servingCost(of: job, at: origin + 3))
    #expect(early.shortfall == .tokens(150, seconds: 3))
    #expect(serving(50).ledger.servingCost(of: job, at: origin) == nil)
    #expect(serving(50).ledger.servingCost(of: gpu, at: origin + 50) == nil)
  }

  @Test func `a server that has gone silent has no cost`() throws {
    let books = serving(50, until: 40)
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 60))
    #expect(cost.shortfall == .silent(20) && cost.joulesPerOutputToken == nil)
    #expect(cost.shortfall?.words == "the server has said nothing for 20 s")
  }

  @Test func `without energy there are rates but no joules`() throws {
    var books = Books()
    books.add(job, .outputTokens, .counter, seconds(30).map { ($0, $0 * 50) })
    let none = try #require(books.ledger.servingCost(of: job, at: origin + 30))
    #expect(none.shortfall?.words == "nothing tells energy" && near(none.outputRate, 50))
    books.draw(gpu, watts: 300, at: Array(stride(from: 25, through: 30, by: 1)))
    let half = try #require(books.ledger.servingCost(of: job, at: origin + 30))
    #expect(half.shortfall?.words == "energy is known for 50 % of the time only")
  }

  @Test func `prompt tokens from the cache are a rate of their own`() throws {
    var books = serving(50)
    books.add(job, .promptTokens, .counter, seconds(100).map { ($0, $0 * 25) })
    books.add(job, .cachedPromptTokens, .counter, seconds(100).map { ($0, $0 * 75) })
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 100))
    #expect(near(cost.promptRate, 25) && near(cost.cachedPromptRate, 75))
    #expect(near(cost.cachedShare, 0.75) && near(cost.promptPerOutput, 0.5))
  }

  // MARK: Idle floor

  @Test func `busy joules leave out what is drawn while nobody asks`() throws {
    var books = Books()
    let idle = seconds(40)
    let busy = Array(stride(from: 41.0, through: 100, by: 1))
    books.add(
      gpu, .energy, .counter,
      idle.map { ($0, $0 * 100) } + busy.map { ($0, 4000 + ($0 - 40) * 350) })
    books.add(job, .requestsRunning, .instant, idle.map { ($0, 0) } + busy.map { ($0, 4) })
    books.add(
      job, .outputTokens, .counter, idle.map { ($0, 0) } + busy.map { ($0, ($0 - 40) * 50) })
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 100))
    #expect(near(cost.idleWatts, 100))
    #expect(near(cost.joulesPerOutputToken, 7))
    #expect(near(cost.busyJoulesPerOutputToken, 5))
  }

  @Test func `Idling is taken off for the seconds whose energy is known`() {
    var cost = ServingCost(
      span: span(0, 100), outputTokens: 500,
      energy: EnergyAmount(
        joules: 9000, covered: 95, asked: 100, isModelled: false, isCounted: true),
      isLate: false)
    cost.idleWatts = 40
    #expect(near(cost.busyJoulesPerOutputToken, (9000 - 95 * 40) / 500))
    cost.idleWatts = 200
    #expect(cost.busyJoulesPerOutputToken == 0)
  }

  @Test func `less than half a minute without a request tells no floor`() {
    var books = serving(50)
    books.add(
      job, .requestsRunning, .instant,
      seconds(100).map { ($0, $0 >= 40 && $0 < 65 ? 0 : 4) })
    #expect(books.ledger.servingFloor(of: job, at: origin + 100) == nil)
    // A hole in the readings is not quiet.
    var holed = serving(50)
    holed.add(job, .requestsRunning, .instant, [(0, 0), (1, 0), (50, 0), (51, 0), (52, 3)])
    #expect(holed.ledger.servingFloor(of: job, at: origin + 100) == nil)
  }

  @Test func `the last quiet stretch counts, up to the time looked at`() {
    var books = Books()
    // 100 W until 60, 200 W until 120, then busy.
    books.add(
      gpu, .energy, .counter,
      seconds(160).map { ($0, $0 <= 60 ? $0 * 100 : 6000 + ($0 - 60) * 200) })
    books.add(
      job, .requestsRunning, .instant,
      seconds(160).map { ($0, $0 > 40 && $0 < 70 || $0 > 120 ? 2 : 0) })
    #expect(near(books.ledger.servingFloor(of: job, at: origin + 160), 200))
    #expect(near(books.ledger.servingFloor(of: job, at: origin + 65), 100))
    #expect(books.ledger.servingFloor(of: job, at: origin + 20) == nil)
  }

  // MARK: Requests

  /// A server with so many requests at a time, each so many seconds long.
  private func requests(running: Double, each: Double, late: Bool = false) -> Books {
    var books = serving(100, until: 400, attributes: late ? ["token_count": "request"] : [:])
    books.add(job, .requestsRunning, .instant, seconds(400).map { ($0, running) })
    books.add(job, .requests, .counter, seconds(400).map { ($0, $0 * running / each) })
    return books
  }

  @Test func `a request costs its share where the stretch holds several of its length`() throws {
    let cost = try #require(
      requests(running: 4, each: 2).ledger.servingCost(of: job, at: origin + 400))
    #expect(near(cost.requestSeconds, 2))
    #expect(near(cost.requests, 20))
    #expect(near(cost.joulesPerRequest, 175))
    let long = try #require(
      requests(running: 6, each: 3).ledger.servingCost(of: job, at: origin + 400))
    #expect(near(long.requestSeconds, 3) && long.span.seconds == 10)
    #expect(long.joulesPerRequest == nil && long.joulesPerOutputToken != nil)
  }

  @Test func `tokens counted at the ends of requests need a stretch of several requests`() throws {
    let cost = try #require(
      requests(running: 4, each: 20, late: true).ledger.servingCost(of: job, at: origin + 400))
    #expect(cost.isLate && cost.span.seconds == 120)
    #expect(near(cost.joulesPerOutputToken, 3.5))
    let longer = try #require(
      requests(running: 4, each: 90, late: true).ledger.servingCost(of: job, at: origin + 400))
    #expect(longer.joulesPerOutputToken == nil)
    #expect(longer.shortfall?.words.contains("counted when a request ends") == true)
    let known = try #require(
      serving(100, attributes: ["token_count": "request"]).ledger
        .servingCost(of: job, at: origin + 100))
    #expect(known.isLate && near(known.joulesPerOutputToken, 3.5))
    #expect(known.span.seconds == 60, "nobody tells how long a request takes")
  }

  @Test func `a server that counts the time of its requests is believed`() throws {
    var books = requests(running: 4, each: 2)
    books.add(job, .requestTime, .counter, seconds(400).map { ($0, $0 * 2 * 1.5) })
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 400))
    #expect(near(cost.requestSeconds, 1.5) && near(cost.joulesPerRequest, 175))
  }

  @Test func `a server without tokens still has joules for a request`() throws {
    var books = Books()
    books.count(gpu, watts: 350, at: seconds(100))
    books.add(job, .requests, .counter, seconds(100).map { ($0, $0 * 35) })
    books.add(job, .requestTime, .counter, seconds(100).map { ($0, $0 * 2) })
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 100))
    #expect(near(cost.joulesPerRequest, 10) && cost.joulesPerOutputToken == nil)
    #expect(cost.shortfall?.words == "the server does not tell tokens")
  }

  // MARK: Phases and owners

  @Test func `phases share the joules by the time they took`() throws {
    var books = serving(50)
    books.add(job, .promptTokens, .counter, seconds(100).map { ($0, $0 * 350) })
    #expect(books.ledger.servingCost(of: job, at: origin + 100)?.joulesByPhase == nil)
    books.add(job, .prefillTime, .counter, seconds(100).map { ($0, $0 * 0.2) })
    books.add(job, .decodeTime, .counter, seconds(100).map { ($0, $0 * 0.6) })
    let cost = try #require(books.ledger.servingCost(of: job, at: origin + 100))
    #expect(near(cost.joulesByPhase?.prefill, 350 * 0.25 / 350))
    #expect(near(cost.joulesByPhase?.decode, 350 * 0.75 / 50))
  }

  @Test func `only the accelerators a server names are charged to it`() throws {
    func joules(_ gpus: String?) -> Double? {
      var books = serving(50, attributes: gpus.map { ["gpus": $0] } ?? [:])
      books.count(Books.id(.gpu, "1"), watts: 150, at: seconds(100))
      return books.ledger.servingCost(of: job, at: origin + 100)?.joulesPerOutputToken
    }
    #expect(near(joules(nil), 10))
    #expect(near(joules("0"), 7))
    #expect(near(joules("1"), 3))
    #expect(near(joules("0, 1"), 10))
    #expect(near(joules("gone"), 10))
    var far = serving(50)
    far.timeline = {
      var timeline = Timeline()
      let gpu = DeviceID(machine: "other", kind: .gpu, name: "0")
      for second in seconds(100) {
        var reading = Reading(device: gpu, time: origin + second)
        reading.set(.energy, second * 350)
        timeline.apply(.reading(reading))
      }
      return timeline
    }()
    far.add(job, .outputTokens, .counter, seconds(100).map { ($0, $0 * 50) })
    let stranger = try #require(far.ledger.servingCost(of: job, at: origin + 100))
    #expect(stranger.shortfall == .energy(coverage: 0), "another machine's joules are not its own")
    far.add(job, .reportedEnergy, .counter, seconds(100).map { ($0, $0 * 100) })
    let own = try #require(far.ledger.servingCost(of: job, at: origin + 100))
    #expect(near(own.joulesPerOutputToken, 2) && near(own.reportedJoules, 1000))
    var host = Books()
    host.count(Books.id(.cpu, "package-0"), watts: 100, at: seconds(50))
    host.add(job, .outputTokens, .counter, seconds(50).map { ($0, $0 * 50) })
    #expect(near(host.ledger.servingCost(of: job, at: origin + 50)?.joulesPerOutputToken, 2))
  }
}
