import Quantities
import Seeded
import Testing

@testable import Accounting
@testable import Telemetry

/// A curve that goes on from its settled columns is the one that is made from scratch.
@Suite struct CurveTallyTests {
  @Test(arguments: 1...6)
  func `It is the curve made from scratch to the last bit`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    // Every other one forgets, so that what is old comes from coarser values.
    var books = Books()
    if seed % 2 == 0 {
      books.timeline = Timeline(
        budget: MemoryBudget(base: 0, share: 6000, most: 20_000, showsValues: true))
    }
    let gpus = (0..<3).map { Books.id(.gpu, "\($0)") }
    for gpu in gpus.dropLast() { books.add(gpu, .power, .instant, []) }
    books.add(gpus[2], .energy, .counter, [])
    var (now, joules) = (0.0, 0.0)
    func read(_ device: DeviceID, _ metric: Metric, _ time: Double, _ value: Double) {
      var reading = Reading(device: device, time: origin + time)
      reading.set(metric, value)
      books.timeline.apply(.reading(reading))
    }
    let tally = GridTally()
    for step in 0..<120 {
      let length = random.next(6) == 0 ? Double(random.next(200)) : 1 + Double(random.next(5))
      let isSilent = random.next(9) == 0
      for second in stride(from: 1, through: length, by: 1) where !isSilent {
        joules += Double(random.next(700))
        read(gpus[0], .power, now + second, Double(random.next(700)))
        if random.next(30) > 0 { read(gpus[1], .power, now + second + 0.3, 300) }
        read(gpus[2], .energy, now + second, random.next(500) == 0 ? 0 : joules)
      }
      now += length
      if random.next(9) == 0 { read(gpus[0], .power, max(0, now - 7.5), 555) }
      let devices = gpus.compactMap { books.timeline.device($0) }
      // Charts of two widths that move on, two of one width, one that looks back, and one whose columns are
      // not whole.
      for (width, columns) in [(0.5, 60), (2.0, 90), (0.5, 200), (0.25, 40), (0.3333, 30)] {
        let end = (now / width).rounded(.up) * width - (random.next(5) == 0 ? 20 * width : 0)
        let span = TimeSpan(
          Timestamp(nanoseconds: (origin + end - width * Double(columns)).nanoseconds),
          origin + end)
        let until = origin + min(now, end)
        let grown = Ledger(books.timeline, tally: tally)
          .powerCurve(of: devices, over: span, columns: columns, until: until)
        let fresh = Ledger(books.timeline)
          .powerCurve(of: devices, over: span, columns: columns, until: until)
        try #require(grown == fresh, "seed \(seed), step \(step), width \(width)")
      }
    }
  }
}
