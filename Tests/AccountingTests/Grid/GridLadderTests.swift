import Quantities
import Telemetry
import Testing

@testable import Accounting

/// From what the share of each joule is known, from the best to nothing.
@Suite struct GridLadderTests {
  private let gpu = Books.id(.gpu)
  private let live = DeviceID(machine: "", kind: .grid, name: "energy-charts:DE")
  private let annual = DeviceID(machine: "", kind: .grid, name: "DE")
  private static let day = 86_400.0

  /// A machine that draws 1 kW for so many hours.
  private func machine(hours: Int, from start: Double = 0) -> Books {
    var books = Books()
    books.draw(gpu, watts: 1000, at: (0...hours * 60).map { start + Double($0) * 60 })
    return books
  }

  private func announce(_ books: inout Books) {
    let facts = GridFacts(
      provider: "Energy-Charts", zone: "DE", basis: .production, licence: "CC BY 4.0", cadence: 900)
    books.timeline.apply(.device(Device(id: live, label: "Germany", attributes: facts.attributes)))
  }

  private func say(
    _ books: inout Books, _ from: Double, _ to: Double, _ share: Double,
    _ quality: GridStatement.Quality = .measured, said: Double? = nil,
    band: ClosedRange<Double>? = nil
  ) {
    var statement = GridStatement(
      device: live, span: span(from, to), said: origin + (said ?? to), quality: quality)
    statement.set(.renewableShare, share)
    statement.set(.lowCarbonShare, share)
    statement.set(.carbonIntensity, 500 * (1 - share))
    statement.set(.renewableShareLow, band?.lowerBound)
    statement.set(.renewableShareHigh, band?.upperBound)
    books.timeline.apply(.grid(statement))
  }

  @Test func `A synthetic day is exact`() throws {
    var books = machine(hours: 24)
    announce(&books)
    let shares = (0..<96).map { 0.2 + 0.6 * Double($0 % 48) / 48 }
    for (index, share) in shares.enumerated() {
      say(&books, Double(index) * 900, Double(index + 1) * 900, share)
    }
    let account = try #require(books.ledger.grid(over: span(0, 86_400)))
    let mean = shares.map { ($0 * 1e6).rounded() / 1e6 }.reduce(0, +) / 96
    #expect(near(account.renewableShare, mean))
    #expect(near(account.coverage, 1))
    #expect(account.rungs.keys.sorted() == [.measured])
    #expect(near(account.grams, 24 * 500 * (1 - mean)))
  }

  @Test func `After its last interval a measurement stands for two hours and then the year does`()
    throws
  {
    var books = machine(hours: 6)
    announce(&books)
    books.add(annual, .renewableShare, .annual, period: 300, [(0, 0.5)])
    say(&books, 0, 3600, 0.9)
    say(&books, 3600, 7200, 0.7, .estimated)
    let account = try #require(books.ledger.grid(over: span(0, 6 * 3600)))
    let hour = 3.6e6
    #expect(near(account.rungs[.measured], hour))
    #expect(near(account.rungs[.estimated], hour))
    // The last measurement ended at one o'clock: it stands until three.
    #expect(near(account.rungs[.stale], hour))
    #expect(near(account.rungs[.annual], 3 * hour))
    #expect(near(account.renewable, hour * (0.9 + 0.7 + 0.9 + 3 * 0.5)))
  }

  /// Denmark's service tells grams and no share, and so do many others.
  @Test
  func `Grams that are told without a share count, and shares are what they are without them`()
    throws
  {
    func told(
      _ metric: Metric, hasYear: Bool, wind: Double = 0.3, coal: Double? = nil
    ) throws -> GridAccount {
      var books = machine(hours: 6)
      announce(&books)
      if hasYear {
        books.add(annual, .renewableShare, .annual, period: 300, [(0, 0.5)])
        books.add(annual, .carbonIntensity, .annual, period: 300, [(0, 200)])
      }
      for hour in 0..<2 {
        var statement = GridStatement(
          device: live, span: span(Double(hour) * 3600, Double(hour + 1) * 3600),
          said: origin + Double(hour + 1) * 3600, quality: .measured)
        statement.set(metric, 100)
        statement.set(.windShare, wind)
        statement.set(.coalShare, coal)
        books.timeline.apply(.grid(statement))
      }
      let account = try #require(books.ledger.grid(over: span(0, 6 * 3600)))
      // In two halves it is the same.
      let halves = try [(0.0, 9000.0), (9000, 21_600)].map {
        try #require(books.ledger.grid(over: span($0.0, $0.1)))
      }
      #expect(near(halves.reduce(0) { $0 + $1.grams }, account.grams))
      #expect(near(halves.reduce(0) { $0 + $1.directSum }, account.directSum))
      return account
    }
    let hour = 3.6e6
    let direct = try told(.directIntensity, hasYear: false)
    #expect(direct.renewableShare == nil && direct.gramsMatched == 0 && direct.isKnown)
    // Two hours measured, and two of which the last measurement stands for.
    #expect(near(direct.directMatched, 4 * hour) && near(direct.directSum, 400))
    #expect(direct.rungs == [.unknown: 6 * hour])
    // Wind alone is told of four of six hours: the share is at least that, and nobody knows how much more.
    #expect(near(direct.bounds?.lowerBound, 0.2) && near(direct.bounds?.upperBound, 1))
    #expect(direct.gramsRungWords == "grams: direct 33 % measured, 33 % stale")
    let lifecycle = try told(.carbonIntensity, hasYear: true)
    #expect(near(lifecycle.renewableShare, 0.5) && lifecycle.rungs == [.annual: 6 * hour])
    #expect(near(lifecycle.grams, 4 * 100 + 2 * 200))
    #expect(lifecycle.intensityRungs.keys.sorted() == [.measured, .stale, .annual])
    // Wind alone is more than the year's mean: then that is not the share of these hours.
    let windy = try told(.directIntensity, hasYear: true, wind: 0.9)
    #expect(near(windy.rungs[.unknown], 4 * hour) && near(windy.rungs[.annual], 2 * hour))
    #expect(near(windy.bounds?.lowerBound, (4 * 0.9 + 2 * 0.5) / 6))
    #expect(windy.intensityRungs == [.annual: 6 * hour] && near(windy.grams, 6 * 200))
    let coal = try told(.directIntensity, hasYear: true, coal: 0.7)
    #expect(coal.rungs[.unknown] == windy.rungs[.unknown])
    let both = try told(.directIntensity, hasYear: true)
    #expect(near(both.grams, 6 * 200) && near(both.directSum, 400))
    #expect(both.intensityRungs == [.annual: 6 * hour])
  }

  @Test func `The same hour of the last days stands where three of them are known`() throws {
    var books = machine(hours: 1, from: 3 * Self.day + 5 * 3600)
    announce(&books)
    for day in 0..<3 {
      let hour = Double(day) * Self.day + 5 * 3600
      say(&books, hour, hour + 3600, 0.2 + 0.1 * Double(day))
    }
    let span = span(3 * Self.day + 5 * 3600, 3 * Self.day + 6 * 3600)
    let account = try #require(books.ledger.grid(over: span))
    #expect(near(account.rungs[.profile], 3.6e6))
    #expect(near(account.renewableShare, 0.3))
    let bounds = try #require(account.bounds)
    #expect(near(bounds.lowerBound, 0.2) && near(bounds.upperBound, 0.4))
  }

  @Test func `Without anything the share is unknown and never nought`() throws {
    var books = machine(hours: 4)
    announce(&books)
    say(&books, 0, 3600, 0.4)
    let account = try #require(books.ledger.grid(over: span(0, 4 * 3600)))
    #expect(near(account.coverage, 0.75))
    #expect(near(account.renewableShare, 0.4))
    let bounds = try #require(account.bounds)
    #expect(near(bounds.lowerBound, 0.3) && near(bounds.upperBound, 0.55))
    #expect(account.rungWords == "25 % measured, 50 % stale, 25 % unknown")
  }

  @Test func `A revision restates what was drawn, and both are kept`() throws {
    var books = machine(hours: 1)
    announce(&books)
    say(&books, 0, 3600, 0.4, said: 3700)
    say(&books, 0, 3600, 0.6, said: 9000)
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(near(account.renewableShare, 0.6))
    #expect(account.restated == 1)
    #expect(books.timeline.gridBook.editions(of: live, at: origin).count == 2)
    let then = GridCourse(books.timeline, asOf: origin + 4000).state(at: origin + 10)
    #expect(near(then.renewable, 0.4))
  }

  @Test func `A forecast that comes late does not replace a measurement`() throws {
    var books = machine(hours: 1)
    announce(&books)
    say(&books, 0, 3600, 0.4, said: 3700)
    say(&books, 0, 3600, 0.9, .forecast, said: 3800)
    #expect(near(try #require(books.ledger.grid(over: span(0, 3600))).renewableShare, 0.4))
  }

  @Test(arguments: 0..<20) func `However it is cut, the sum is the same`(seed: Int) throws {
    var books = machine(hours: 3)
    announce(&books)
    var state = UInt64(seed &+ 1)
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    // In any order, with gaps.
    let slots = (0..<12).filter { _ in next() > 0.2 }.sorted { _, _ in next() > 0.5 }
    for slot in slots { say(&books, Double(slot) * 900, Double(slot + 1) * 900, next()) }
    let ledger = books.ledger
    let whole = try #require(ledger.grid(over: span(0, 10_800)))
    let cut = (next() * 10_800).rounded()
    let parts = [span(0, cut), span(cut, 10_800)].compactMap { ledger.grid(over: $0) }
    func sum(_ value: (GridAccount) -> Double) -> Double { parts.map(value).reduce(0, +) }
    #expect(near(sum(\.joules), whole.joules), "seed \(seed)")
    #expect(near(sum(\.renewable), whole.renewable), "seed \(seed)")
    #expect(near(sum(\.matched), whole.matched), "seed \(seed)")
    #expect(near(sum(\.grams), whole.grams), "seed \(seed)")
    if let bounds = whole.bounds, let share = whole.renewableShare {
      #expect(bounds.contains(share), "seed \(seed)")
    }
  }
}
