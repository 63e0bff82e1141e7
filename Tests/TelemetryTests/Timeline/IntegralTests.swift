import Seeded
import Testing

@testable import Telemetry

/// Energy from power, and growth from counters: the rules.
@Suite struct IntegralTests {
  @Test func `Instants are joined by straight lines`() {
    let ramp = OneSeries(.power, .instant, [(0, 0), (1, 100), (2, 100), (3.4, 300)])
    #expect(near(ramp.total(0, 3.4).amount, 50 + 100 + 280))
    #expect(ramp.total(0, 3.4).coverage == 1)
  }

  @Test func `A mean speaks for the time before it`() {
    let means = OneSeries(.power, .average, [(0, 999), (1, 100), (2, 300)])
    #expect(near(means.total(0, 2).amount, 400))
  }

  @Test func `A mean after missed ones speaks for its own window only`() {
    let means = OneSeries(.power, .average, [(0, 100), (3, 300)])
    #expect(near(means.total(0, 3).amount, 300))
    #expect(near(means.total(0, 3).covered, 1))
    // A mean over a second that is read every five.
    let seldom = OneSeries(.power, .average, (0...20).map { (Double($0 * 5), 400) })
    #expect(near(seldom.total(0, 100).covered, 20))
    #expect(near(seldom.total(0, 100).mean ?? 0, 400))
  }

  @Test func `A gap is left out of amount and coverage`() {
    let broken = OneSeries(.power, .instant, [(0, 100), (1, 100), (101, 100), (102, 100)])
    let total = broken.total(0, 102)
    #expect(near(total.amount, 200))
    #expect(near(total.covered, 2))
    #expect(near(total.coverage, 2.0 / 102))
    #expect(total.mean.map { near($0, 100) } == true)
    #expect(broken.total(10, 90) == Total(amount: 0, covered: 0, asked: 80))
  }

  @Test func `Just below the gap the time still counts`() {
    #expect(OneSeries(.power, .instant, [(0, 100), (1.5, 100)]).total(0, 1.5).covered == 1.5)
    #expect(OneSeries(.power, .instant, [(0, 100), (1.51, 100)]).total(0, 2).covered == 0)
    let fast = OneSeries(.power, .instant, period: 0.1, [(0, 100), (0.35, 100), (0.71, 100)])
    #expect(near(fast.total(0, 1).covered, 0.35))
    let unstated = OneSeries(.power, .instant, period: 0, [(0, 100), (5, 100), (10.01, 100)])
    #expect(unstated.total(0, 11).covered == 5)
    #expect(OneSeries(.loss, .log, [(0, 2), (59, 1)]).total(0, 59).coverage == 1)
  }

  @Test func `A log line holds until the next`() {
    let loss = OneSeries(.loss, .log, period: 10, [(0, 4), (10, 2), (20, 2)])
    #expect(near(loss.total(0, 20).amount, 40 + 20))
  }

  @Test func `An annual mean is held for ever`() {
    let share = OneSeries(.renewableShare, .annual, period: 0, [(0, 0.5)])
    #expect(near(share.total(0, 1e6).amount, 5e5))
    #expect(share.total(0, 1e6).coverage == 1)
    #expect(share.timeline.moment(at: origin + 1e6).value(.renewableShare, of: gpu) == 0.5)
    #expect(share.timeline.moment(at: origin - 1).value(.renewableShare, of: gpu) == nil)
  }

  @Test func `A counter is read by difference, across gaps too`() {
    let bytes = OneSeries(.bytesRead, .counter, [(0, 1000), (1, 1500), (500, 2000)])
    #expect(bytes.total(0, 500).amount == 1000)
    #expect(bytes.total(0, 500).coverage == 1)
  }

  @Test func `A counter that wraps goes on`() {
    let energy = OneSeries(
      .energy, .counter, range: 65_536, [(0, 65_000), (1, 65_500), (2, 464), (3, 1000)])
    #expect(near(energy.total(0, 3).amount, 500 + 500 + 536))
  }

  @Test func `A counter that was reset loses the step and its time`() {
    let bytes = OneSeries(.bytesRead, .counter, [(0, 9000), (1, 9500), (2, 10), (3, 110)])
    let total = bytes.total(0, 3)
    #expect(total.amount == 600)
    #expect(total.covered == 2)
    // With a range, but too far to be a wrap.
    let energy = OneSeries(.energy, .counter, range: 65_536, [(0, 40_000), (1, 30_000)])
    #expect(energy.total(0, 1).amount == 0)
  }

  @Test func `A counter that shows nothing or too much for a moment is not charged its history`() {
    let counter = (0...9).map { (Double($0), 1e6 + Double($0) * 300) }
    for glitch in [0, 5, 1e6 - 1, 2e6, 1e12] {
      var broken = counter
      broken[4].1 = glitch
      for metric in [Metric.energy, .sharedEnergy] {
        let total = OneSeries(metric, .counter, broken).total(0, 9)
        #expect(near(total.amount, 7 * 300), "\(glitch)")
        #expect(near(total.covered, 7), "\(glitch)")
      }
    }
  }

  @Test func `The power limit bounds what a counter can grow by`() {
    var energy = OneSeries(.energy, .counter, [(0, 0)])
    func leap(_ joules: Double) -> Double {
      var copy = energy
      copy.add(1, joules)
      return copy.total(0, 1).amount
    }
    // Without a limit a board draws less than 4 kW.
    #expect(leap(7999) == 7999)
    #expect(leap(8001) == 0)
    energy.timeline.apply(.reading(reading(.powerLimit, 300, at: 0)))
    #expect(leap(899) == 899)
    #expect(leap(901) == 0)
    // A limit that is lowered says nothing of what was drawn before.
    energy.timeline.apply(.reading(reading(.powerLimit, 100, at: 0.5)))
    #expect(leap(899) == 899)
    func reading(_ metric: Metric, _ value: Double, at second: Double) -> Reading {
      var reading = Reading(device: gpu, time: origin + second)
      reading.set(metric, value)
      return reading
    }
  }

  @Test func `A RAPL counter that begins anew in its upper half is no wrap`() {
    let range = 262_143.0
    let id = DeviceID(machine: "box", kind: .cpu, name: "package-0")
    var timeline = Timeline()
    let provenance = Provenance(source: "test", method: .counter, range: range)
    timeline.apply(
      .series(SeriesDescriptor(device: id, metric: .energy, provenance: provenance)))
    for (second, joules) in [200_000, 200_100, 5, 105, 262_100, 57].enumerated() {
      var reading = Reading(device: id, time: origin + Double(second))
      reading.set(.energy, Double(joules))
      timeline.apply(.reading(reading))
    }
    let total = timeline.id(.energy, of: id).map {
      timeline.total($0, over: TimeSpan(origin, origin + 5))
    }
    // A hundred before the restart and after, and a hundred over a true end of the range.
    #expect(near(total?.amount ?? 0, 100 + 100 + 100))
    #expect(near(total?.covered ?? 0, 3))
  }

  @Test func `Any span is a subtraction of two others`() {
    var dice = SeededRandom()
    var noisy = OneSeries()
    for second in 0..<3000 { noisy.add(Double(second), .random(in: 0...700, using: &dice)) }
    for _ in 0..<100 {
      let a = Double.random(in: 0...1500, using: &dice)
      let b = Double.random(in: 1500...3000, using: &dice)
      let parts = noisy.total(0, a).amount + noisy.total(a, b).amount
      #expect(near(parts, noisy.total(0, b).amount))
    }
  }

  @Test func `Nothing is known before the beginning and after the end`() {
    let ramp = OneSeries(.power, .instant, [(0, 100), (1, 100)])
    #expect(ramp.total(-100, -50).covered == 0)
    #expect(ramp.total(50, 100).covered == 0)
    #expect(near(ramp.total(-100, 100).amount, 100))
    #expect(OneSeries().total(0, 1).covered == 0)
  }
}
