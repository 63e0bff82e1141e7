import Quantities
import Seeded
import Telemetry
import Testing

@testable import Accounting

/// An account that goes on from what was settled is the one that is made from scratch.
@Suite struct GridTallyTests {
  private static let live = DeviceID(machine: "", kind: .grid, name: "energy-charts:DE")
  fileprivate static let annual = DeviceID(machine: "", kind: .grid, name: "DE")

  /// A session that goes on, with what can happen in one.
  private struct Session {
    var books = Books()
    var random: SeededRandom
    var now = 0.0
    var meter = 0.0
    /// Whether there is a site with sun of its own, and whether a service says intervals.
    let hasSite: Bool
    let isLive: Bool
    private static let site = Books.id(.site, "roof")

    init(seed: UInt64) {
      hasSite = seed % 2 == 0
      isLive = seed % 6 != 4
      random = SeededRandom(seed, for: "GridTally")
      let facts = GridFacts(
        provider: "Energy-Charts", zone: "DE", basis: .production, licence: "CC BY 4.0",
        cadence: 900)
      books.timeline.apply(
        .device(Device(id: live, label: "Germany", attributes: facts.attributes)))
      for name in ["0", "1"] { books.add(Books.id(.gpu, name), .power, .instant, period: 20, []) }
      if hasSite {
        for metric in [Metric.ownSunShare, .otherStoredShare] {
          books.add(Self.site, metric, .instant, period: 20, [])
        }
      }
      books.add(annual, .renewableShare, .annual, period: 300, [(0, 0.5)])
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    mutating func read(_ device: DeviceID, _ metric: Metric, _ time: Double, _ value: Double) {
      var reading = Reading(device: device, time: origin + time)
      reading.set(metric, value)
      books.timeline.apply(.reading(reading))
    }

    mutating func say(_ slot: Int) {
      guard isLive else { return }
      let start = Double(slot) * 900
      var statement = GridStatement(
        device: live, span: TimeSpan(origin + start, origin + start + (chance(9) ? 700 : 900)),
        said: origin + now,
        quality: chance(5) ? .forecast : chance(5) ? .estimated : .measured)
      let share = Double.random(in: 0...1, using: &random)
      if !chance(12) { statement.set(.renewableShare, share) }
      if !chance(4) { statement.set(.carbonIntensity, 700 * (1 - share)) }
      if chance(3) { statement.set(.lowCarbonShare, share) }
      books.timeline.apply(.grid(statement))
    }

    /// Some minutes or hours go by.
    mutating func goOn() {
      let length = Double(Int.random(in: 1...(chance(6) ? 900 : 90), using: &random)) * 20
      let isSilent = chance(8)
      let isDark = chance(6)
      for step in stride(from: 20.0, through: length, by: 20) where !isSilent {
        let watts = Double(Int.random(in: 100...700, using: &random))
        read(Books.id(.gpu), .power, now + step, watts)
        if hasSite, !isDark {
          let sun = Double.random(in: 0...1, using: &random)
          read(Self.site, .ownSunShare, now + step, sun)
          if chance(3) { read(Self.site, .otherStoredShare, now + step, (1 - sun) / 2) }
        }
        if !chance(50) { read(Books.id(.gpu, "1"), .power, now + step, 400) }
        // A meter at the plug that tells a minute late, and is smaller than its parts for a while.
        if chance(3), now > 40_000 {
          read(Books.id(.host, "wall"), .power, now + step - 60, 3 * watts)
        }
      }
      now += length
      if chance(4) { read(Self.annualID, .renewableShare, now, chance(2) ? 0.5 : 0.6) }
      let newest = Int(now / 900)
      if !chance(4) { for slot in max(0, newest - 8)...newest + 4 where !chance(9) { say(slot) } }
      if chance(6) { say(Int.random(in: 0...newest, using: &random)) }
      // What comes late, or is said again.
      if chance(5) { read(Books.id(.gpu), .power, max(0, now - 1000), 555) }
      if hasSite, chance(5) { read(Self.site, .ownSunShare, max(0, now - 1000), 0.77) }
      if chance(12) { books.timeline.apply(.device(Device(id: Books.id(.gpu, "2"), label: "2"))) }
    }

    private static let annualID = GridTallyTests.annual
  }

  @Test(arguments: 1...4)
  func `It is the account made from scratch to the last bit`(seed: UInt64) throws {
    var session = Session(seed: seed)
    let tally = GridTally()
    for round in 0..<60 {
      session.goOn()
      var ends = [session.now, session.now + 30]
      if session.chance(3) { ends.append(session.now / 2) }
      for end in ends {
        let span = span(0, end)
        let other = TimeSpan(origin + min(5000, end / 3), origin + end)
        for span in [span, other] {
          let grown = Ledger(session.books.timeline, tally: tally).grid(over: span)
          // What went wrong in a sum stays in it, so that not each of them needs to be looked at.
          guard round % 3 == 2 else { continue }
          let fresh = Ledger(session.books.timeline).grid(over: span)
          try #require(grown == fresh, "seed \(seed), at \(session.now), to \(end)")
        }
      }
    }
  }

  @Test func `Of a session that goes on only the newest stretch is added`() throws {
    var books = Session(seed: 1).books
    func draw(_ seconds: StrideTo<Double>) {
      for second in seconds {
        var reading = Reading(device: Books.id(.gpu), time: origin + second)
        reading.set(.power, 300)
        books.timeline.apply(.reading(reading))
      }
    }
    draw(stride(from: 0, to: 7200, by: 20))
    for slot in 0..<40 {
      var statement = GridStatement(
        device: Self.live, span: span(Double(slot) * 900, Double(slot + 1) * 900), said: origin,
        quality: .measured)
      statement.set(.renewableShare, 0.5)
      books.timeline.apply(.grid(statement))
    }
    let tally = GridTally()
    _ = Ledger(books.timeline, tally: tally).grid(over: span(0, 7180))
    draw(stride(from: 7200, to: 7260, by: 20))
    let next = Ledger(books.timeline, tally: tally)
    let settled = try #require(next.settled(next.gridCourse, over: span(0, 7240)))
    #expect(settled.end == origin + 6300)
    // What is said anew, and what comes late, is no longer what the account rests on.
    var late = Reading(device: Books.id(.gpu), time: origin + 10)
    late.set(.power, 900)
    var changed = books.timeline
    changed.apply(.reading(late))
    let other = Ledger(changed, tally: tally)
    #expect(other.settled(other.gridCourse, over: span(0, 7240)) == nil)
  }
}
