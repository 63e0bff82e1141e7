import Telemetry
import Testing

@testable import Accounting

@Suite("Counter and integral")
struct BalanceTests {
  private func balance(counter: Double, power: Double) -> EnergyBalance {
    var books = Books()
    let seconds = (0...60).map(Double.init)
    books.count(Books.id(.gpu), watts: counter, at: seconds)
    books.draw(Books.id(.gpu), watts: power, at: seconds)
    return books.ledger.balance(of: Books.id(.gpu), over: span(0, 60))
  }

  @Test(
    "their ratio is judged at 3 and 10 per cent",
    arguments: [
      (400.0, 400.0, EnergyBalance.Verdict.agrees), (410, 400, .agrees), (420, 400, .differs),
      (187, 327, .contradicts), (500, 400, .contradicts),
    ])
  func verdict(counter: Double, power: Double, verdict: EnergyBalance.Verdict) {
    let balance = balance(counter: counter, power: power)
    #expect(near(balance.ratio, counter / power))
    #expect(balance.verdict == verdict)
  }

  @Test("the uncertainty is the instrument's and the edges'")
  func uncertainty() {
    // 5 % of 24 kJ, and at both ends a tenth of a second at 400 W.
    #expect(near(balance(counter: 400, power: 400).uncertainty, 1200 + 80))
    // 5 W is more than 5 % of 60 W.
    #expect(near(balance(counter: 60, power: 60).uncertainty, 300 + 12))
  }

  @Test("a hole in one of them leaves nothing to compare")
  func hole() {
    var books = Books()
    let seconds = (0...60).map(Double.init)
    books.count(Books.id(.gpu), watts: 400, at: seconds)
    books.draw(Books.id(.gpu), watts: 400, at: seconds.filter { $0 < 20 || $0 > 40 })
    let balance = books.ledger.balance(of: Books.id(.gpu), over: span(0, 60))
    #expect(balance.ratio == nil)
    #expect(near(balance.counted?.amount, 24_000))
  }

  @Test("several devices add up, doubts too")
  func several() {
    var books = Books()
    let seconds = (0...60).map(Double.init)
    for name in ["0", "1"] { books.count(Books.id(.gpu, name), watts: 400, at: seconds) }
    let ledger = books.ledger
    let balance = ledger.balance(of: ledger.inventory.gpus, over: span(0, 60))
    #expect(near(balance.counted?.amount, 48_000))
    #expect(near(balance.uncertainty, 2 * 1280))
    #expect(balance.integrated == nil)
  }
}

@Suite("Idle floor and use")
struct IdleFloorTests {
  /// A minute empty, a minute loaded but idle, two minutes of work, one of them held back by heat.
  private var books: Books {
    var books = Books()
    let gpu = Books.id(.gpu)
    let seconds = (0...240).map(Double.init)
    func stage(_ second: Double) -> Int { Int(second / 60) }
    books.add(gpu, .power, .instant, seconds.map { ($0, [71, 118, 600, 500, 500][stage($0)]) })
    books.add(gpu, .utilization, .average, seconds.map { ($0, $0 < 120 ? 0 : 1) })
    books.add(gpu, .memoryUsed, .instant, seconds.map { ($0, $0 < 60 ? 0 : 4e9) })
    books.add(
      gpu, .throttledByThermal, .counter, seconds.map { ($0, max(0, ($0 - 180) / 2)) })
    books.add(gpu, .throttledByPower, .counter, seconds.map { ($0, max(0, $0 - 120)) })
    return books
  }

  @Test("an empty card is told from a loaded one")
  func floors() throws {
    let floor = try #require(books.ledger.idleFloor(of: Books.id(.gpu), at: origin + 200))
    #expect(near(floor.empty, 71))
    #expect(near(floor.loaded, 118))
    #expect(floor.watts == floor.loaded)
  }

  @Test("what was not seen idle has no floor")
  func none() {
    var books = Books()
    books.draw(Books.id(.gpu), watts: 600, at: (0..<60).map(Double.init))
    books.add(Books.id(.gpu), .utilization, .average, (0..<60).map { (Double($0), 1) })
    #expect(books.ledger.idleFloor(of: Books.id(.gpu), at: origin + 59) == nil)
  }

  @Test("energy is split into active, throttled and idle")
  func use() throws {
    let use = try #require(
      books.ledger.use(of: Books.id(.gpu), over: span(0, 239), parts: 239))
    // Half of the last minute was held back.
    #expect(abs(use.throttled - 0.5 * 500 * 59) < 300)
    #expect(abs(use.idle - (71 * 60 + 118 * 60)) < 300)
    #expect(abs(use.active - (600 * 60 + 0.5 * 500 * 59)) < 700)
    #expect(use.unknown == 0)
    #expect(near(use.cappedTime, 119))
    #expect(near(use.throttledTime, 29.5))
  }
}

@Suite("Outliers")
struct OutlierTests {
  private func outliers(_ watts: [Double], busy: [Double]) -> [Outlier] {
    var books = Books()
    for (index, value) in watts.enumerated() {
      let gpu = Books.id(.gpu, "\(index)")
      books.draw(gpu, watts: value, at: [0, 1])
      books.add(gpu, .utilization, .average, [(0, busy[index]), (1, busy[index])])
    }
    return books.ledger.outliers(at: origin + 1)
  }

  @Test("a card that waits is named; equals are not")
  func waits() {
    let watts: [Double] = [610, 605, 615, 608, 612, 604, 131, 611]
    let found = outliers(watts, busy: [1, 1, 1, 1, 1, 1, 0.04, 1])
    #expect(found.map(\.device.label) == ["6"])
    #expect(found.first?.kind == .waits)
    #expect(found.first?.median == 610)
    #expect(outliers([610, 605, 615, 608], busy: [1, 1, 1, 1]).isEmpty)
    #expect(outliers([610, 131, 610], busy: [1, 0, 1]).isEmpty)
  }

  @Test("a busy card that draws less is something else")
  func drawsLess() {
    let found = outliers([610, 605, 615, 608, 300], busy: [1, 1, 1, 1, 1])
    #expect(found.first?.kind == .drawsLess)
  }
}
