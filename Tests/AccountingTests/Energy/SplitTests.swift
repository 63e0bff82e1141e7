import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Where the energy went, and that none of it is counted twice.
@Suite struct SplitTests {
  private let gpu = Books.id(.gpu)
  private let package = Books.id(.cpu, "package-0")
  private let memory = Books.id(.cpu, "dram-0")
  private let wall = Books.id(.meter, "wall")
  private let seconds = (0...10).map(Double.init)

  /// A machine at 1000 W: 600 of them for the accelerator, 200 for processor and memory.
  private func machine(utilization: Double?) -> Books {
    var books = Books()
    books.count(gpu, watts: 600, at: seconds)
    books.count(package, watts: 150, at: seconds)
    books.count(memory, watts: 50, at: seconds)
    books.count(wall, watts: 1000, at: seconds)
    if let utilization {
      books.add(gpu, .utilization, .instant, seconds.map { ($0, utilization) })
    }
    return books
  }

  @Test func `What the meter saw and no part did is other`() throws {
    let split = try #require(machine(utilization: 0.75).ledger.split(over: span(0, 10)))
    #expect(near(split.total.joules, 10_000))
    #expect(near(split.amount(.compute), 4500))
    #expect(near(split.amount(.gaps), 1500))
    #expect(near(split.amount(.host), 2000))
    #expect(near(split.amount(.other), 2000))
    #expect(split.amount(.idle) == nil)
    #expect(split.amount(.gpu) == nil)
    #expect(near(split.share(.compute), 0.45))
    #expect(near(split.joules.reduce(0) { $0 + $1.joules }, 10_000))
  }

  @Test func `Without work everything an accelerator draws is idle`() throws {
    let split = try #require(machine(utilization: 0.019).ledger.split(over: span(0, 10)))
    #expect(near(split.amount(.idle), 6000))
    #expect(split.amount(.compute) == nil)
    #expect(split.amount(.waiting) == nil)
  }

  @Test func `One that works makes a gap out of the other's idleness`() throws {
    var books = machine(utilization: 1)
    let second = Books.id(.gpu, "1")
    books.count(second, watts: 100, at: seconds)
    books.add(second, .utilization, .instant, seconds.map { ($0, 0) })
    let split = try #require(books.ledger.split(over: span(0, 10)))
    #expect(near(split.amount(.compute), 6000))
    #expect(near(split.amount(.gaps), 1000))
    #expect(split.amount(.idle) == nil)
  }

  @Test func `An accelerator that does not say what it does is just that`() throws {
    let split = try #require(machine(utilization: nil).ledger.split(over: span(0, 10)))
    #expect(near(split.amount(.gpu), 6000))
    #expect(split.amount(.compute) == nil)
  }

  @Test func `Without a meter the parts are the whole`() throws {
    var books = Books()
    books.count(gpu, watts: 600, at: seconds)
    books.count(package, watts: 150, at: seconds)
    let split = try #require(books.ledger.split(over: span(0, 10)))
    #expect(near(split.total.joules, 7500))
    #expect(split.amount(.other) == nil)
    #expect(near(split.amount(.gpu), 6000))
    #expect(near(books.ledger.power(at: origin + 10), 750))
  }

  @Test func `The platform stands for the whole and is not added to its parts`() throws {
    var books = Books()
    books.count(package, watts: 200, at: seconds)
    books.count(Books.id(.cpu, "psys"), watts: 300, at: seconds)
    let ledger = books.ledger
    #expect(near(ledger.energy(over: span(0, 10))?.joules, 3000))
    let split = try #require(ledger.split(over: span(0, 10)))
    #expect(near(split.amount(.host), 2000))
    #expect(near(split.amount(.other), 1000))
    #expect(near(ledger.power(at: origin + 10), 300))
    #expect(ledger.inventory.parts.map(\.id) == [package])
  }

  @Test func `A meter at the plug outranks the platform, in whichever order they come`() {
    for wallFirst in [true, false] {
      var books = Books()
      if wallFirst { books.count(wall, watts: 500, at: seconds) }
      books.count(Books.id(.cpu, "psys"), watts: 300, at: seconds)
      if !wallFirst { books.count(wall, watts: 500, at: seconds) }
      #expect(books.ledger.powerDevices(at: origin + 5).map(\.id) == [wall])
      #expect(near(books.ledger.energy(over: span(0, 10))?.joules, 5000))
    }
  }

  @Test func `Cores, other sensors and silent domains are not added`() {
    var books = Books()
    books.count(package, watts: 200, at: seconds)
    books.count(Books.id(.cpu, "core-0"), watts: 150, at: seconds)
    books.count(Books.id(.meter, "vddcr"), watts: 90, at: seconds)
    books.add(Books.id(.cpu, "package-1"), .temperature, .instant, [(0, 50)])
    #expect(near(books.ledger.energy(over: span(0, 10))?.joules, 2000))
    #expect(books.ledger.inventory.packages.count == 1)
    #expect(books.ledger.wholeRole(at: origin + 5) == nil)
    #expect(books.ledger.inventory.knowsPower)
  }

  @Test func `Parts that say more than the meter are believed`() throws {
    var books = Books()
    books.count(gpu, watts: 600, at: seconds)
    books.count(wall, watts: 590, at: seconds)
    let split = try #require(books.ledger.split(over: span(0, 10)))
    #expect(split.amount(.other) == nil)
    #expect(near(split.total.joules, 6000))
    #expect(near(split.share(.gpu), 1))
  }

  @Test func `While the meter is silent the parts stand in`() {
    var books = Books()
    books.count(gpu, watts: 600, at: seconds)
    books.count(wall, watts: 1000, at: [20, 21, 22])
    #expect(near(books.ledger.energy(over: span(0, 10))?.joules, 6000))
    #expect(near(books.ledger.power(at: origin + 10), 600))
  }

  @Test func `Utilization is a mean over the span and stays a share`() {
    var broken = Books()
    broken.add(gpu, .utilization, .instant, [(0, 0), (10, 1)])
    #expect(broken.ledger.utilization(of: gpu, over: span(0, 10)) == nil)
    var other = Books()
    other.add(gpu, .utilization, .instant, period: 10, [(0, 0), (10, 1), (20, 1)])
    #expect(near(other.ledger.utilization(of: gpu, over: span(0, 20)), 0.75))
    // Between two readings their mean is all that is known.
    #expect(near(other.ledger.utilization(of: gpu, over: span(5, 10)), 0.5))
    var wild = Books()
    wild.add(gpu, .utilization, .instant, [(0, 1.4), (1, 1.4)])
    #expect(wild.ledger.utilization(of: gpu, over: span(0, 1)) == 1)
  }
}
