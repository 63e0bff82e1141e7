import Quantities
import Telemetry
import Testing

@testable import Accounting

/// What a server's joules are stated for, and where none are.
@Suite struct ServingMeasureTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "http://127.0.0.1:8000")

  /// A server on an accelerator of 350 W; each counter grows by so many a second.
  private func serving(
    _ rates: [Metric: Double], attributes: [String: String] = [:], until end: Double = 100,
    counted: (Double) -> Bool = { _ in true }
  ) -> Books {
    let seconds = Array(stride(from: 0, through: end, by: 1))
    var books = Books()
    books.count(gpu, watts: 350, at: seconds)
    books.timeline.apply(
      .device(
        Device(
          id: job, label: "m", attributes: ["kind": "serving"].merging(attributes) { $1 })))
    for (metric, rate) in rates {
      books.add(job, metric, .counter, seconds.filter(counted).map { ($0, 1000 + $0 * rate) })
    }
    return books
  }

  private func cost(_ books: Books, at second: Double = 100) throws -> ServingCost {
    try #require(books.ledger.servingCost(of: job, at: origin + second))
  }

  @Test func `a total token is a computed prompt token or an output token`() throws {
    let cost = try cost(serving([.outputTokens: 50, .promptTokens: 20, .cachedPromptTokens: 900]))
    #expect(near(cost.joulesPerOutputToken, 7) && near(cost.joulesPerTotalToken, 5))
    #expect(near(cost.totalTokens, 700))
    #expect(cost.measure == .outputToken && cost.joulesPerInputToken == nil)
  }

  @Test func `where cached prompt tokens may be among them nothing is stated for the total`() throws
  {
    let books = serving(
      [.outputTokens: 50, .promptTokens: 20, .prefillTime: 0.2, .decodeTime: 0.6],
      attributes: ["prompt_count": "all"])
    let cost = try cost(books)
    #expect(near(cost.joulesPerOutputToken, 7) && cost.joulesPerTotalToken == nil)
    #expect(cost.totalTokens == nil && cost.promptPerOutput == nil && cost.joulesByPhase == nil)
    let fit = books.ledger.tokenEnergyFit(of: job, at: origin + 100)
    #expect(fit == .failure(.noPromptTokens))
    #expect(try self.cost(serving([.outputTokens: 50])).joulesPerTotalToken == nil)
  }

  @Test func `a server that writes nothing is measured by what it reads`() throws {
    for rates: [Metric: Double] in [[.promptTokens: 700], [.promptTokens: 700, .requests: 9]] {
      let cost = try cost(serving(rates))
      #expect(cost.measure == .inputToken && near(cost.joulesPerInputToken, 0.5))
      #expect(cost.joulesPerOutputToken == nil && cost.joulesPerTotalToken == nil)
      #expect(cost.busyJoulesPerOutputToken == nil)
    }
    var books = serving([.promptTokens: 700])
    books.add(job, .outputTokens, .counter, (0...100).map { (Double($0), 0) })
    #expect(near(try cost(books).joulesPerInputToken, 0.5), "vLLM with a model of embeddings")
    let few = try cost(serving([.promptTokens: 2]))
    #expect(few.shortfall?.words == "not enough yet: 120 of 200 input tokens in 60 s")
    // One that has written before is not measured by a stretch of reading alone.
    var pausing = serving([.promptTokens: 700])
    pausing.add(job, .outputTokens, .counter, (0...100).map { (Double($0), 5000) })
    #expect(try cost(pausing).measure == .outputToken)
    #expect(try cost(pausing).joulesPerInputToken == nil)
  }

  @Test func `aborted requests are not served, but took their time`() throws {
    let cost = try cost(
      serving([.outputTokens: 50, .requests: 2, .abortedRequests: 1, .requestTime: 3]))
    #expect(near(cost.requests, 20) && near(cost.abortedRequests, 10))
    #expect(near(cost.requestSeconds, 1) && near(cost.joulesPerRequest, 175))
  }

  @Test func `what hands requests on is charged nothing, unless its GPUs are named`() throws {
    let rates: [Metric: Double] = [
      .outputTokens: 50, .promptTokens: 20, .requests: 1, .requestTime: 1,
    ]
    let front = serving(rates, attributes: ["front": "yes"])
    let cost = try cost(front)
    #expect(cost.joulesPerOutputToken == nil && cost.joulesPerRequest == nil)
    #expect(cost.shortfall == .uncharged(ServingCost.elsewhere))
    #expect(near(cost.outputRate, 50), "its rates are told all the same")
    #expect(front.ledger.charge(of: job, over: span(0, 100)) == .unknown(ServingCost.elsewhere))
    #expect(front.ledger.tokenEnergyFit(of: job, at: origin + 100) == .failure(.elsewhere))
    let named = serving(rates, attributes: ["front": "yes", "gpus": "0"])
    #expect(near(try self.cost(named).joulesPerOutputToken, 7))
  }

  @Test func `servers that share accelerators are charged nothing until each names its own`() throws
  {
    let other = Books.id(.job, "http://127.0.0.1:8001")
    func both(_ own: String?, _ others: String?, rate: Double = 10) throws -> ServingCost {
      var books = serving([.outputTokens: 50], attributes: own.map { ["gpus": $0] } ?? [:])
      books.count(Books.id(.gpu, "1"), watts: 150, at: (0...100).map(Double.init))
      var attributes = ["kind": "serving"]
      attributes["gpus"] = others
      books.timeline.apply(.device(Device(id: other, label: "n", attributes: attributes)))
      books.add(other, .outputTokens, .counter, (0...100).map { (Double($0), Double($0) * rate) })
      return try cost(books)
    }
    let shared = try both(nil, nil)
    #expect(shared.shortfall?.words.hasPrefix("no joules: 2 servers share these GPUs") == true)
    #expect(shared.joulesPerOutputToken == nil && near(shared.outputRate, 50))
    #expect(try both("0", "0, 1").joulesPerOutputToken == nil)
    #expect(near(try both("0", "1").joulesPerOutputToken, 7))
    #expect(near(try both(nil, nil, rate: 0).joulesPerOutputToken, 10), "the other one rests")
  }

  @Test func `a stretch whose counts are not all known has no joules for a token`() throws {
    // A counter that begins anew, of which it is not known how far it came.
    var books = serving([.outputTokens: 50, .requests: 1, .requestTime: 1]) { $0 <= 80 }
    for metric in [Metric.outputTokens, .requests, .requestTime] {
      books.add(job, metric, .counter, (95...100).map { (Double($0), Double($0 - 95) * 50) })
    }
    let cost = try cost(books)
    #expect(cost.span == span(90, 100) && cost.countCoverage < 0.6)
    #expect(cost.shortfall?.words.hasPrefix("what the server counts is known for") == true)
    #expect(cost.joulesPerOutputToken == nil && cost.joulesPerRequest == nil)
  }

  @Test func `the seconds whose energy is not known took as much as the others`() throws {
    var cost = ServingCost(
      span: span(0, 100), outputTokens: 500, promptTokens: 500, requests: 50, requestTime: 50,
      energy: EnergyAmount(
        joules: 3325, covered: 95, asked: 100, isModelled: false, isCounted: true),
      isLate: false)
    #expect(near(cost.joulesPerOutputToken, 7) && near(cost.joulesPerTotalToken, 3.5))
    #expect(near(cost.joulesPerRequest, 70))
    cost.measure = .inputToken
    #expect(near(cost.joulesPerInputToken, 7))
  }

  @Test func `what was read within a recording is weighed from its first count to its last`() throws
  {
    let books = serving([.outputTokens: 50], until: 100) { $0 >= 40 && $0 <= 80 }
    let cost = try #require(
      books.ledger.servingCost(of: job, within: TimeSpan(origin, origin + 100)))
    #expect(cost.span == span(40, 80) && near(cost.joulesPerOutputToken, 7))
  }

  @Test func `who counts requests alone is a server where it says so, and nobody who trains is`() {
    let requests = (0...100).map { (Double($0), Double($0)) }
    let server = serving([.requests: 1, .requestTime: 1])
    #expect(server.ledger.isServer(job))
    #expect(server.ledger.cost(of: job, at: origin + 100) == nil)
    var plugin = Books()
    plugin.add(job, .requests, .counter, requests)
    #expect(!plugin.ledger.isServer(job))
    #expect(plugin.ledger.cost(of: job, at: origin + 100)?.requestWork != nil)
    var reader = Books()
    reader.add(job, .promptTokens, .counter, requests)
    #expect(reader.ledger.isServer(job))
    var training = serving([.outputTokens: 50])
    training.add(job, .step, .log, requests)
    #expect(!training.ledger.isServer(job))
  }
}
