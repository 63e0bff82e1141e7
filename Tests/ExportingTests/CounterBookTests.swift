import Accounting
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Exporting

/// Counters that never fall, over restarts too.
@Suite struct CounterBookTests {
  private let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)
  private let key = CounterBook.Key("joules_total", ["0"])

  @Test func `a growth that is revised downwards is not told`() {
    var book = CounterBook(since: start)
    #expect(book.tell(key, 100, at: start) == 100)
    #expect(book.tell(key, 90, at: start + 1) == 100)
    #expect(book.tell(key, 120, at: start + 2) == 120)
  }

  @Test func `the next run goes on where the last one was`() {
    var book = CounterBook(goingOnWith: [(key, 500)], since: start, at: start + 10)
    #expect(book.tell(key, 0, at: start + 11) == 500)
    #expect(book.tell(key, 7, at: start + 12) == 507)
  }

  @Test func `what is not told any more is forgotten after a while, and not before`() {
    var book = CounterBook(since: start)
    _ = book.tell(key, 5, at: start)
    book.forget(before: start + 3600 - CounterBook.memory)
    #expect(book.entries[key]?.told == 5)
    book.forget(before: start + 1)
    #expect(book.entries.isEmpty)
  }

  /// Any history of growths and restarts: what is told never falls, and is never more than was drawn.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `never falls`(seed: UInt64) {
    var random = SeededRandom(seed)
    var book = CounterBook(since: start)
    var (drawn, since, last, time) = (0.0, 0.0, 0.0, start)
    for _ in 0..<300 {
      time = time + 1
      if Double.random(in: 0..<1, using: &random) < 0.05 {
        book = CounterBook(
          goingOnWith: book.entries.map { (key: $0.key, value: $0.value.told) }, since: start,
          at: time)
        since = 0
      }
      let growth = Double.random(in: 0..<1000, using: &random)
      drawn += growth
      since += growth
      let jitter = Double.random(in: 0..<50, using: &random)
      let told = book.tell(key, max(0, since - jitter), at: time)
      #expect(told >= last, "seed \(seed)")
      #expect(told <= drawn + 1e-6, "seed \(seed)")
      last = told
    }
  }
}

/// What the machine drew, booked page by page.
@Suite struct SettledAccountTests {
  private let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  /// Pages at odd times add up to the whole; a board that is found late lowers no coverage of before.
  @Test func `pages add up, and a late board changes nothing that was booked`() {
    var timeline = Timeline()
    var account = SettledAccount()
    var told: [Double] = []
    for second in 0...120 {
      for (name, watts, from) in [("GPU-a", 300.0, 0), ("GPU-b", 100.0, 60)] where second >= from {
        var reading = Reading(
          device: DeviceID(machine: "box", kind: .gpu, name: name), time: start + Double(second))
        reading.set(.energy, 1e6 + watts * Double(second))
        timeline.apply(.reading(reading))
      }
      guard second % 7 == 3 else { continue }
      account.book(Ledger(timeline), from: start, now: start + Double(second))
      told.append(account.known)
    }
    // Until 120 s: 300 W of it all, 100 W of the last 60 s.
    account.book(Ledger(timeline), from: start, now: start + 120)
    #expect(abs((account.joules["known"] ?? 0) - (300 * 120 + 100 * 60)) < 1)
    #expect(account.observed == 120)
    #expect(abs(account.known - 120) <= 3.5, "all but the stretch in which the second one came")
    #expect(told == told.sorted())
    #expect(account.known <= account.observed)
  }
}
