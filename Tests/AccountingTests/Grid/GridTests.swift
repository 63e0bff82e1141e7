import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Every joule with the mix of its own time.
@Suite struct GridTests {
  private let gpu = Books.id(.gpu)
  private let grid = Books.id(.grid, "DE")

  /// A machine that draws 3600 W for 2000 s: a watt-hour each second.
  private func machine() -> Books {
    var books = Books()
    books.draw(gpu, watts: 3600, at: (0...20).map { Double($0) * 100 })
    return books
  }

  @Test func `A mix that changes in mid-span is applied from there on`() throws {
    var books = machine()
    books.add(grid, .renewableShare, .average, period: 900, [(-10, 0.2), (900, 0.8)])
    books.add(grid, .lowCarbonShare, .average, period: 900, [(-10, 0.3), (900, 0.9)])
    books.add(grid, .carbonIntensity, .average, period: 900, [(-10, 100), (900, 50)])
    let account = try #require(books.ledger.grid(over: span(0, 2000)))
    #expect(near(account.joules, 7.2e6))
    #expect(near(account.matched, 7.2e6))
    // 0.9 kWh and then 1.1 kWh.
    #expect(near(account.renewable, 3.6e6 * (0.9 * 0.2 + 1.1 * 0.8)))
    #expect(near(account.lowCarbon, 3.6e6 * (0.9 * 0.3 + 1.1 * 0.9)))
    #expect(near(account.grams, 0.9 * 100 + 1.1 * 50))
    #expect(near(account.renewableShare, 0.53))
    #expect(near(account.lowCarbonShare, 0.63))
    #expect(near(account.coverage, 1))
  }

  @Test func `The joules weigh, not the hours`() throws {
    var books = Books()
    books.add(
      gpu, .power, .average, period: 10, (0...20).map { (Double($0) * 10, $0 <= 10 ? 100 : 300) })
    books.add(grid, .renewableShare, .average, period: 900, [(0, 0.2), (100, 0.8)])
    let account = try #require(books.ledger.grid(over: span(0, 200)))
    #expect(near(account.renewableShare, (10_000 * 0.2 + 30_000 * 0.8) / 40_000))
  }

  @Test func `What was drawn before the grid was known is not matched`() throws {
    var books = machine()
    books.add(grid, .renewableShare, .average, period: 900, [(1500, 0.6)])
    books.add(grid, .carbonIntensity, .average, period: 900, [(1500, 200)])
    let account = try #require(books.ledger.grid(over: span(0, 2000)))
    #expect(near(account.matched, 1.8e6))
    #expect(near(account.coverage, 0.25))
    #expect(near(account.renewableShare, 0.6))
    #expect(near(account.grams, 0.5 * 200))
    // Without a word on nuclear power, the low-carbon share is not known.
    #expect(account.lowCarbonShare == nil)
  }

  @Test func `Without a grid the joules are known and their mix is not`() throws {
    let account = try #require(machine().ledger.grid(over: span(0, 2000)))
    #expect(near(account.joules, 7.2e6))
    #expect(account.renewableShare == nil)
    #expect(account.lowCarbonShare == nil)
    #expect(account.coverage == 0)
  }

  @Test func `An annual mean is held over the whole session`() throws {
    var books = machine()
    books.add(grid, .renewableShare, .annual, period: 0, [(0, 0.5)])
    books.add(grid, .carbonIntensity, .annual, period: 0, [(0, 350)])
    let account = try #require(books.ledger.grid(over: span(0, 2000)))
    #expect(near(account.renewableShare, 0.5))
    #expect(near(account.grams, 700))
  }

  @Test func `The intensity may change while the share stays`() throws {
    // Coal for gas: as little renewable as before, but twice the carbon.
    var books = machine()
    books.add(grid, .renewableShare, .average, period: 900, [(0, 0.4), (1000, 0.4)])
    books.add(grid, .carbonIntensity, .average, period: 900, [(0, 200), (1000, 400)])
    let account = try #require(books.ledger.grid(over: span(0, 2000)))
    #expect(near(account.grams, 1 * 200 + 1 * 400))
  }

  @Test func `Parts of a span add up to the whole`() throws {
    var books = machine()
    books.add(
      grid, .renewableShare, .average, period: 60,
      (0...20).map { (Double($0) * 100, Double($0 % 7) / 10) })
    let whole = try #require(books.ledger.grid(over: span(0, 2000)))
    var sum = 0.0
    for part in [span(0, 333), span(333, 1100), span(1100, 1999), span(1999, 2000)] {
      sum += try #require(books.ledger.grid(over: part)).renewable
    }
    #expect(near(sum, whole.renewable))
    #expect(whole.renewable > 0)
  }

  @Test func `A long session remembers every mix`() throws {
    // More readings than a series keeps one by one, so most of them live in buckets.
    var books = Books()
    let seconds = (0...6000).map { Double($0) * 10 }
    books.add(gpu, .power, .average, period: 10, seconds.map { ($0, 3600) })
    books.add(
      grid, .renewableShare, .average, period: 10, seconds.map { ($0, $0 < 30_000 ? 0 : 0.5) })
    books.add(
      grid, .carbonIntensity, .average, period: 10, seconds.map { ($0, $0 < 9000 ? 100 : 300) })
    let account = try #require(books.ledger.grid(over: span(0, 60_000)))
    #expect(near(account.renewableShare, 0.25))
    // Of old changes the minute is known, not the second.
    #expect(abs(account.grams - (9 * 100 + 51 * 300)) < 60.0 / 1000 * 200)
  }
}
