import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Base load and losses, from a meter at the wall and the parts behind it.
@Suite struct WallFitTests {
  /// Numbers from -1 to 1 that look random and are the same each time.
  private struct Noise {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 52) - 1
    }
  }

  private func windows(
    _ count: Int, base: Double = 85, slope: Double = 1.08, noise: Double = 0, seed: UInt64 = 7,
    parts: (Int) -> Double = { 150 + 50 * Double($0 % 9) }
  ) -> [WallFit.Window] {
    var random = Noise(state: seed)
    return (0..<count).map { index in
      let drawn = parts(index)
      return WallFit.Window(wall: base + slope * drawn + noise * random.next(), parts: drawn)
    }
  }

  @Test func `what is exact is found exactly`() throws {
    let fit = try WallFit.fit(windows(40)).get()
    #expect(near(fit.base.value, 85) && near(fit.slope.value, 1.08))
    #expect(near(fit.lossShare.value, 1 - 1 / 1.08) && near(fit.explained, 1))
    #expect(fit.windows == 40 && fit.base.high - fit.base.low < 1e-6)
  }

  @Test func `the truth lies within the interval, nearly always`() throws {
    var hits = (base: 0, slope: 0)
    for seed in 1...200 {
      let fit = try WallFit.fit(windows(60, noise: 20, seed: UInt64(seed) &* 7919)).get()
      if fit.base.low...fit.base.high ~= 85 { hits.base += 1 }
      if fit.slope.low...fit.slope.high ~= 1.08 { hits.slope += 1 }
      #expect(fit.lossShare.low <= fit.lossShare.value && fit.explained > 0.9)
    }
    #expect(hits.base >= 180 && hits.slope >= 180, "\(hits)")
  }

  @Test func `errors that go on make the interval wider`() throws {
    var random = Noise(state: 3)
    var drift = 0.0
    let steady = windows(80, noise: 20)
    let drifting = windows(80).map { window in
      drift = 0.9 * drift + 5 * random.next()
      return WallFit.Window(wall: window.wall + drift, parts: window.parts)
    }
    let (a, b) = (try WallFit.fit(steady).get(), try WallFit.fit(drifting).get())
    // The drift is smaller than the noise, and the interval is not.
    #expect(b.slope.high - b.slope.low > 0.5 * (a.slope.high - a.slope.low))
    #expect(b.base.low...b.base.high ~= 85)
  }

  @Test func `too little, too even, too wild and impossible are told apart`() {
    #expect(WallFit.fit(windows(14)) == .failure(.windows(14)))
    #expect(WallFit.fit(windows(60) { 300 + Double($0 % 3) * 10 }) == .failure(.steady(300, 320)))
    // One window that differs decides nothing.
    #expect(
      WallFit.fit(windows(60) { $0 == 30 ? 900 : 300 }) == .failure(.steady(300, 300)))
    #expect(WallFit.fit(windows(60) { _ in 0 }) == .failure(.steady(0, 0)))
    guard case .failure(.unexplained(let share)) = WallFit.fit(windows(60, noise: 400)) else {
      Issue.record("noise passed for a law")
      return
    }
    #expect(share < 0.9)
    for (base, slope) in [(0.0, 0.5), (100, 2.5), (-60, 1.1)] {
      guard case .failure(.implausible) = WallFit.fit(windows(60, base: base, slope: slope)) else {
        Issue.record("\(base) W and \(slope) passed for a machine")
        continue
      }
    }
    for failure: WallFit.Failure in [
      .windows(3), .steady(1, 2), .unexplained(.nan), .implausible(2),
    ] { #expect(!failure.words.isEmpty) }
  }

  private let gpu = Books.id(.gpu)
  private let package = Books.id(.cpu, "package-0")
  private let wall = Books.id(.meter, "wall")

  private func load(_ second: Int) -> Double { Double(100 + 60 * (second / 60 % 6)) }

  /// Half an hour of a card, a processor and a meter that says 70 W and 1.1 times of both.
  private func books(silentFrom: Int = .max) -> Books {
    var books = Books()
    let seconds = Array(0...1800)
    books.add(gpu, .power, .average, seconds.map { (Double($0), load($0)) })
    books.count(package, watts: 40, at: seconds.map(Double.init))
    books.add(
      wall, .power, .average,
      seconds.filter { $0 < silentFrom }.map { (Double($0), 70 + 1.1 * (load($0) + 40)) })
    return books
  }

  @Test func `a ledger with both tells the fit`() throws {
    let fit = try #require(books().ledger.wallFit(over: span(0, 1800))).get()
    #expect(abs(fit.base.value - 70) < 0.5 && abs(fit.slope.value - 1.1) < 0.002)
    #expect(fit.windows == 30 && fit.window == 60)
    // What is not known is not fitted.
    #expect(
      books(silentFrom: 600).ledger.wallFit(over: span(0, 1800)) == .failure(.windows(10)))
    #expect(books().ledger.wallFit(over: span(0, 300)) == .failure(.windows(5)))
  }

  @Test func `without a meter, without parts or by a model there is none`() {
    var books = Books()
    books.draw(gpu, watts: 100, at: Array(stride(from: 0.0, through: 1800, by: 1)))
    #expect(books.ledger.wallFit(over: span(0, 1800)) == nil)
    var alone = Books()
    alone.draw(wall, watts: 100, at: Array(stride(from: 0.0, through: 1800, by: 1)))
    #expect(alone.ledger.wallFit(over: span(0, 1800)) == nil)
    alone.draw(
      package, watts: 50, at: Array(stride(from: 0.0, through: 1800, by: 1)), method: .modelled)
    #expect(alone.ledger.wallFit(over: span(0, 1800)) == nil)
  }

  @Test func `a slow meter gets longer windows`() throws {
    var books = Books()
    let seconds = Array(0...36_000)
    func slow(_ second: Int) -> Double { Double(100 + 60 * (second / 600 % 6)) }
    books.add(gpu, .power, .average, seconds.map { (Double($0), slow($0)) })
    let means: [(Double, Double)] = stride(from: 60, through: 36_000, by: 60).map { end in
      let mean = (end - 59...end).reduce(0.0) { $0 + slow($1) } / 60
      return (Double(end), 70 + 1.1 * mean)
    }
    books.add(wall, .power, .average, period: 60, means)
    let fit = try #require(books.ledger.wallFit(over: span(0, 36_000))).get()
    #expect(fit.window == 240 && abs(fit.slope.value - 1.1) < 0.01 && abs(fit.base.value - 70) < 3)
  }
}
