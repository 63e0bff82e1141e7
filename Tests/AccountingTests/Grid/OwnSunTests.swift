import Quantities
import Seeded
import Telemetry
import Testing

@testable import Accounting

/// A machine in a site with sun of its own: share = f + (1 − f) · grid, joule by joule.
@Suite struct OwnSunTests {
  private let gpu = Books.id(.gpu)
  private let site = Books.id(.site, "site")
  private let live = Books.id(.grid, "DE")

  /// A machine that draws 1 kW for an hour, told each minute.
  private func machine(hours: Int = 1) -> Books {
    var books = Books()
    books.draw(gpu, watts: 1000, at: (0...hours * 60).map { Double($0) * 60 })
    return books
  }

  private func tell(
    _ books: inout Books, _ metric: Metric = .ownSunShare, from: Int = 0, to: Int = 60,
    _ share: (Double) -> Double
  ) {
    let values = (from...to).map { (Double($0) * 60, share(Double($0) * 60)) }
    books.add(site, metric, .instant, period: 60, values)
  }

  private func say(
    _ books: inout Books, share: Double?, grams: Double?, direct: Double? = nil, from: Double = 0,
    to: Double = 3600, quality: GridStatement.Quality = .measured
  ) {
    let facts = GridFacts(
      provider: "Test", zone: "DE", basis: .production, licence: "none", cadence: 900)
    books.timeline.apply(
      .device(Device(id: live, label: "Germany", attributes: facts.attributes)))
    var statement = GridStatement(
      device: live, span: span(from, to), said: origin + to, quality: quality)
    statement.set(.renewableShare, share)
    statement.set(.lowCarbonShare, share)
    statement.set(.carbonIntensity, grams)
    statement.set(.directIntensity, direct)
    books.timeline.apply(.grid(statement))
  }

  @Test func `the sun comes first and the grid meets the rest`() throws {
    var books = machine()
    tell(&books) { _ in 0.4 }
    say(&books, share: 0.5, grams: 300, direct: 200)
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(near(account.renewableShare, 0.4 + 0.6 * 0.5))
    #expect(near(account.lowCarbonShare, 0.7))
    #expect(near(account.ownSun, 0.4 * 3.6e6))
    // A kilowatt-hour: the sun on the roof by its lifecycle, and nothing of it from combustion.
    #expect(near(account.grams, 0.4 * 41 + 0.6 * 300))
    #expect(near(account.directGrams, 0.6 * 200))
    #expect(near(account.coverage, 1) && near(account.siteMatched, 3.6e6))
    #expect(account.bounds.map { near($0.lowerBound, 0.7) && near($0.upperBound, 0.7) } == true)
    let now = books.ledger.gridCourse.state(at: origin + 1800)
    #expect(near(now.renewable, 0.7) && near(now.own, 0.4))
  }

  @Test func `each joule gets the sun of its own time`() throws {
    var books = Books()
    // Twice the power while there is sun, and half of the time no sun at all.
    books.add(
      gpu, .power, .instant, period: 60, (0...120).map { (Double($0) * 60, $0 < 60 ? 2000 : 1000) })
    tell(&books, from: 0, to: 120) { $0 < 3600 ? 0.9 : 0 }
    say(&books, share: 0.2, grams: 100, to: 7200)
    let account = try #require(books.ledger.grid(over: span(0, 7200)))
    let share = (2.0 * (0.9 + 0.1 * 0.2) + 1.0 * 0.2) / 3
    // One minute of the change is told as a slope.
    #expect(abs((account.renewableShare ?? 0) - share) < 0.01, "\(account)")
    #expect(account.bounds.map { $0.upperBound - $0.lowerBound < 0.05 } == true)
    let half = try #require(books.ledger.grid(over: span(0, 3540)))
    #expect(near(half.renewableShare, 0.92))
  }

  @Test func `where the sun comes and goes within a minute the bounds say so`() throws {
    var books = Books()
    // All the joules are drawn while it is dark.
    books.add(gpu, .power, .instant, (0...44).map { (Double($0), $0 < 22 ? 2000 : 0) })
    books.add(
      site, .ownSunShare, .instant, period: 5,
      stride(from: 0.0, through: 45, by: 5).map { ($0, $0 < 23 ? 0 : 1) })
    say(&books, share: 0.4, grams: 300)
    let account = try #require(books.ledger.grid(over: span(0, 44)))
    let bounds = try #require(account.bounds)
    #expect(bounds.lowerBound <= 0.4 + 1e-9 && bounds.upperBound >= account.renewableShare ?? 1)
  }

  @Test func `a site that never answered makes the share unknown`() throws {
    var books = machine()
    say(&books, share: 0.5, grams: 300)
    books.timeline.apply(
      .state(
        SourceState(
          source: "site:roof", kind: "site", time: origin, health: .failed, message: "no answer")))
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(account.renewableShare == nil && account.siteMatched == 0 && account.siteJoules > 0)
    #expect(account.bounds.map { near($0.lowerBound, 0.5) && $0.upperBound == 1 } == true)
    #expect(books.ledger.gridCourse.isInSite && books.ledger.gridCourse.site == nil)
    #expect(Ledger(books.timeline.withoutGrids()).gridCourse.isInSite == false)
  }

  @Test func `an outage costs what it lasts and no more`() throws {
    var books = Books()
    books.draw(gpu, watts: 1000, at: (0...110).map(Double.init))
    let told = stride(from: 0.0, through: 110, by: 5).filter { !(31...70).contains($0) }
    books.add(site, .ownSunShare, .instant, period: 5, told.map { ($0, 0.4) })
    say(&books, share: 0.5, grams: 300)
    let account = try #require(books.ledger.grid(over: span(0, 110)))
    #expect(near(account.siteMatched, 65_000) && near(account.renewableShare, 0.7), "\(account)")
  }

  @Test func `a course that rises is matched within its minutes`() throws {
    var books = machine()
    tell(&books) { $0 / 3600 }
    say(&books, share: 0, grams: 0)
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(abs((account.renewableShare ?? 0) - 0.5) < 1e-3, "\(account)")
  }

  @Test func `while the site's meters are silent nothing is known and at least the grid's share`()
    throws
  {
    var books = machine()
    tell(&books, from: 0, to: 30) { _ in 0.4 }
    say(&books, share: 0.5, grams: 300)
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(abs(account.coverage - 0.5) < 0.01, "\(account)")
    #expect(near(account.renewableShare, 0.7))
    let bounds = try #require(account.bounds)
    #expect(abs(bounds.lowerBound - 0.6) < 0.02 && abs(bounds.upperBound - 0.85) < 0.02)
    #expect(account.rungs[.unknown] ?? 0 > 0)
    #expect(books.ledger.gridCourse.state(at: origin + 3000).renewable == nil)
  }

  @Test func `the only reading holds until the next is due`() throws {
    var books = Books()
    books.draw(gpu, watts: 1000, at: (0...9).map(Double.init))
    books.add(site, .ownSunShare, .instant, period: 5, [(0, 0.4)])
    say(&books, share: 0.5, grams: 300)
    #expect(near(books.ledger.grid(over: span(0, 3))?.renewableShare, 0.7))
    #expect(books.ledger.gridCourse.state(at: origin + 120).renewable == 0.5)
  }

  @Test func `with a grid of which nothing is known there is only a least share`() throws {
    var books = machine()
    tell(&books) { _ in 0.4 }
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(account.renewableShare == nil && account.gramsMatched == 0)
    #expect(near(account.ownSun, 0.4 * 3.6e6))
    #expect(account.bounds.map { near($0.lowerBound, 0.4) && $0.upperBound == 1 } == true)
  }

  @Test func `what comes out of a battery from nobody knows where counts as the grid's, in doubt`()
    throws
  {
    var books = machine()
    tell(&books) { _ in 0.3 }
    tell(&books, .otherStoredShare) { _ in 0.2 }
    say(&books, share: 0.5, grams: 300)
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(near(account.renewableShare, 0.3 + 0.7 * 0.5))
    let bounds = try #require(account.bounds)
    #expect(near(bounds.lowerBound, 0.3 + 0.5 * 0.5) && near(bounds.upperBound, 0.3 + 0.2 + 0.25))
    #expect(near(account.stored, 0.2 * 3.6e6))
    #expect(near(account.rungs[.estimated], 0.2 * 3.6e6))
  }

  @Test func `a yearly mean is mixed as well, and says so of its own part alone`() throws {
    var books = machine()
    tell(&books) { _ in 0.25 }
    books.add(live, .renewableShare, .annual, period: 300, [(0, 0.4), (3600, 0.4)])
    let account = try #require(books.ledger.grid(over: span(0, 3600)))
    #expect(near(account.renewableShare, 0.25 + 0.75 * 0.4))
    #expect(near(account.rungs[.measured], 0.25 * 3.6e6))
    #expect(near(account.rungs[.annual], 0.75 * 3.6e6))
  }

  @Test func `hours outside of the session are the grid's alone, and so is another grid`() throws {
    var books = machine()
    tell(&books) { _ in 0.4 }
    say(&books, share: 0.5, grams: 300, from: -3600, to: 0)
    say(&books, share: 0.5, grams: 300)
    say(&books, share: 0.6, grams: 200, from: 3600, to: 7200, quality: .forecast)
    let course = books.ledger.gridCourse
    let outside = [course.stretches(in: span(-3600, 0)), course.stretches(in: span(3700, 7200))]
    #expect(outside.joined().allSatisfy { $0.own == 0 && !$0.hasSite })
    #expect(outside.map { $0.first?.renewable } == [0.5, 0.6])
    let elsewhere = Ledger(books.timeline.withoutGrids())
    #expect(elsewhere.gridCourse.site == nil)
  }

  @Test(arguments: [7, 42, 1001] as [UInt64])
  func `cutting the session anywhere changes nothing`(seed: UInt64) throws {
    var dice = SeededRandom(seed)
    var books = Books()
    books.add(
      gpu, .power, .instant, period: 60,
      (0...240).map { (Double($0) * 60, 200 + 800 * Double.random(in: 0...1, using: &dice)) })
    tell(&books, from: 0, to: 240) { _ in Double.random(in: 0...1, using: &dice) }
    tell(&books, .otherStoredShare, from: 0, to: 240) { _ in 0 }
    for quarter in 0..<16 {
      say(
        &books, share: Double.random(in: 0...1, using: &dice),
        grams: 500 * Double.random(in: 0...1, using: &dice), from: Double(quarter) * 900,
        to: Double(quarter + 1) * 900)
    }
    let whole = try #require(books.ledger.grid(over: span(0, 14_400)))
    // At the edges of the pieces cutting is exact.
    let cut = Double(Int(Double.random(in: 0...1, using: &dice) * 47) + 1) * 300
    let parts = try [span(0, cut), span(cut, 14_400)].map {
      try #require(books.ledger.grid(over: $0))
    }
    let sum = parts.map(\.renewable).reduce(0, +)
    #expect(abs(sum - whole.renewable) < 1e-6 * whole.joules, "seed \(seed), cut \(cut)")
    let own = parts.map(\.ownSun).reduce(0, +)
    #expect(abs(own - whole.ownSun) < 1e-6 * whole.joules, "seed \(seed), cut \(cut)")
    // Anywhere else within what changes in a minute.
    let odd = cut + 137
    let rough = try [span(0, odd), span(odd, 14_400)].map {
      try #require(books.ledger.grid(over: $0)).renewable
    }.reduce(0, +)
    #expect(abs(rough - whole.renewable) < 60.0 / 14_400 * whole.joules, "seed \(seed)")
  }
}
