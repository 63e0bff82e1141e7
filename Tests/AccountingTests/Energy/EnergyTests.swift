import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Joules of one device and of several.
@Suite struct EnergyTests {
  private let gpu = Books.id(.gpu)

  @Test func `The counter counts, whatever the power says`() throws {
    var books = Books()
    books.draw(gpu, watts: 100, at: [0, 1, 2])
    books.add(gpu, .energy, .counter, [(0, 1000), (1, 1250), (2, 1600)])
    let energy = try #require(books.timeline.energy(of: gpu, over: span(0, 2)))
    #expect(near(energy.joules, 600))
    #expect(energy.isCounted)
    #expect(!energy.isModelled)
    #expect(energy.coverage == 1)
    #expect(near(energy.meanPower, 300))
  }

  @Test func `Without a counter the power is integrated by trapezoids`() throws {
    var books = Books()
    books.add(gpu, .power, .instant, [(0, 100), (1, 200), (2, 100), (3.5, 300)])
    let energy = try #require(books.timeline.energy(of: gpu, over: span(0, 3.5)))
    #expect(near(energy.joules, 150 + 150 + 300))
    #expect(!energy.isCounted)
  }

  @Test func `A counter that never tells how much it grew leaves the power to be integrated`()
    throws
  {
    var books = Books()
    books.draw(gpu, watts: 100, at: [0, 1, 2])
    books.add(gpu, .energy, .counter, [(0, 1000)])
    #expect(near(books.timeline.energy(of: gpu, over: span(0, 2))?.joules, 200))
    #expect(near(books.ledger.balance(of: gpu, over: span(0, 2)).integrated?.amount, 200))
    #expect(books.ledger.balance(of: gpu, over: span(0, 2)).counted == nil)
    books.add(gpu, .energy, .counter, [(1, 1150)])
    #expect(near(books.timeline.energy(of: gpu, over: span(0, 2))?.joules, 150))
  }

  @Test func `A span that cuts through a trapezoid takes its share of it`() throws {
    var books = Books()
    books.draw(gpu, watts: 80, at: [0, 1, 2, 3])
    let energy = try #require(books.timeline.energy(of: gpu, over: span(0.5, 2.25)))
    #expect(near(energy.joules, 80 * 1.75))
    #expect(near(energy.covered, 1.75))
  }

  @Test func `A gap of the power is neither drawn nor covered`() throws {
    var books = Books()
    books.add(gpu, .power, .instant, [(0, 100), (1, 100), (11, 100), (12, 100)])
    let energy = try #require(books.timeline.energy(of: gpu, over: span(0, 12)))
    #expect(near(energy.joules, 200))
    #expect(near(energy.coverage, 2.0 / 12))
    #expect(near(energy.meanPower, 100))
  }

  @Test func `A counter knows what a gap took`() throws {
    var books = Books()
    books.count(gpu, watts: 100, at: [0, 1, 61, 62])
    let energy = try #require(books.timeline.energy(of: gpu, over: span(0, 62)))
    #expect(near(energy.joules, 6200))
    #expect(energy.coverage == 1)
  }

  @Test func `A counter that wraps goes on and one that is reset loses a step`() throws {
    var books = Books()
    let package = Books.id(.cpu, "package-0")
    books.add(
      package, .energy, .counter, range: 65_536, [(0, 65_000), (1, 65_500), (2, 464), (3, 1000)])
    books.add(gpu, .energy, .counter, [(0, 9000), (1, 9500), (2, 10), (3, 110)])
    let wrapped = try #require(books.timeline.energy(of: package, over: span(0, 3)))
    #expect(near(wrapped.joules, 500 + 500 + 536))
    #expect(wrapped.coverage == 1)
    let reset = try #require(books.timeline.energy(of: gpu, over: span(0, 3)))
    #expect(near(reset.joules, 600))
    #expect(near(reset.coverage, 2.0 / 3))
  }

  @Test func `Several devices add up and keep what is said of them`() throws {
    var books = Books()
    let other = Books.id(.gpu, "1")
    books.count(gpu, watts: 300, at: [0, 5, 10])
    books.draw(other, watts: 200, at: [0, 1, 2, 3, 4])
    let gpus = books.ledger.inventory.gpus
    let sum = try #require(books.timeline.energy(of: gpus, over: span(0, 10)))
    #expect(near(sum.joules, 3000 + 800))
    #expect(!sum.isCounted)
    // Of a sum, over the time of both: a device that is gone leaves a hole.
    #expect(near(sum.coverage, 0.7))
    #expect(near(sum.meanPower, 380))
    books.add(other, .power, .modelled, [])
    let modelled = try #require(books.timeline.energy(of: gpus, over: span(0, 10)))
    #expect(modelled.isModelled)
  }

  @Test func `What tells nothing has no energy instead of none`() {
    var books = Books()
    books.add(gpu, .temperature, .instant, [(0, 40), (1, 41)])
    #expect(books.timeline.energy(of: gpu, over: span(0, 1)) == nil)
    #expect(books.timeline.energy(of: books.ledger.inventory.gpus, over: span(0, 1)) == nil)
    #expect(books.ledger.energy(over: span(0, 1)) == nil)
    #expect(books.ledger.split(over: span(0, 1)) == nil)
    #expect(books.ledger.grid(over: span(0, 1)) == nil)
    #expect(books.ledger.power(at: origin) == nil)
    #expect(Books().ledger.energy(over: span(0, 1)) == nil)
  }

  @Test func `Before the first reading nothing is covered`() throws {
    var books = Books()
    books.draw(gpu, watts: 100, at: [10, 11, 12])
    let before = try #require(books.timeline.energy(of: gpu, over: span(0, 5)))
    #expect(before.joules == 0)
    #expect(before.coverage == 0)
    #expect(before.meanPower == nil)
    let partly = try #require(books.timeline.energy(of: gpu, over: span(8, 12)))
    #expect(near(partly.joules, 200))
    #expect(near(partly.coverage, 0.5))
  }

  @Test func `Power is what the device says, else the rate of its counter`() {
    var books = Books()
    books.count(gpu, watts: 250, at: [0, 1, 2])
    #expect(near(books.timeline.moment(at: origin + 2).power(of: gpu), 250))
    books.draw(gpu, watts: 260, at: [0, 1, 2])
    #expect(near(books.timeline.moment(at: origin + 2).power(of: gpu), 260))
    // Five seconds later nobody knows.
    #expect(books.timeline.moment(at: origin + 7.1).power(of: gpu) == nil)
    #expect(books.timeline.moment(at: origin - 1).power(of: gpu) == nil)
  }

  @Test func `The power of all is a sum over those that are known at the time`() throws {
    var books = Books()
    books.draw(gpu, watts: 300, at: [0, 1, 2, 3])
    books.count(Books.id(.cpu, "package-0"), watts: 50, at: [0, 1, 2, 3])
    #expect(near(books.ledger.power(at: origin + 3), 350))
    let curve = books.ledger.powerCurve(
      over: span(-1, 3), columns: 4)
    #expect(curve.count == 4)
    #expect(curve[0] == nil)
    for column in curve.dropFirst() { #expect(near(column, 350)) }
    #expect(books.ledger.powerCurve(of: [], over: span(0, 3), columns: 3) == [nil, nil, nil])
  }

  /// One accelerator of two falls silent: the sum is unknown, not half.
  @Test func `A silent device is a gap of the sum, not a dip`() throws {
    var books = Books()
    let other = Books.id(.gpu, "1")
    books.draw(gpu, watts: 300, at: (0...60).map(Double.init))
    books.draw(other, watts: 200, at: (0...20).map(Double.init) + (40...60).map(Double.init))
    let curve = books.ledger.powerCurve(
      over: span(0, 60), columns: 12)
    #expect(curve.count == 12)
    for (column, watts) in curve.enumerated() {
      switch column {
      case 0...3, 9...11:
        #expect(near(watts, 500), "column \(column): \(String(describing: watts))")
      case 5...7: #expect(watts == nil, "column \(column): \(String(describing: watts))")
      default: #expect(watts == nil || near(watts, 500), "column \(column)")
      }
    }
    // One that never tells power is no part of the sum and makes no gap in it.
    books.timeline.apply(.device(Device(id: Books.id(.gpu, "2"), label: "2")))
    let same = books.ledger.powerCurve(
      over: span(0, 60), columns: 12)
    #expect(same == curve)
  }
}
