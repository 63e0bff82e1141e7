import Seeded
import Testing

@testable import Telemetry

/// Readings in any order make the same timeline.
@Suite struct LateTests {
  private func same(_ left: Series, _ right: Series) -> Bool {
    "\(left.samples)" == "\(right.samples)" && "\(left.tiers)" == "\(right.tiers)"
      && "\(left.beginning as Any)" == "\(right.beginning as Any)"
  }

  @Test(arguments: [Provenance.Method.instant, .average, .counter, .log])
  func `Shuffled readings equal readings in order`(method: Provenance.Method) {
    var dice = SeededRandom()
    let metric: Metric = method == .counter ? .bytesRead : .power
    for _ in 0..<5 {
      let values = (0..<300).map {
        (Double($0 * 7), Double.random(in: 0...900, using: &dice).rounded())
      }
      let straight = OneSeries(metric, method, period: 7, values)
      let shuffled = OneSeries(metric, method, period: 7, values.shuffled(using: &dice))
      #expect(same(straight.series, shuffled.series))
    }
  }

  @Test func `The same again changes nothing`() {
    let values = (0..<100).map { (Double($0), Double($0 % 7)) }
    let once = OneSeries(values)
    let twice = OneSeries(values + values + values.reversed())
    #expect(same(once.series, twice.series))
  }

  @Test func `A revised value replaces the old in every view`() {
    let straight = OneSeries([(0, 10), (1, 20), (2, 30)])
    let revised = OneSeries([(0, 10), (1, 900), (2, 30), (1, 20)])
    #expect(same(straight.series, revised.series))
  }

  @Test func `What comes too late to be placed is counted`() {
    var long = OneSeries()
    for second in 0..<5000 { long.add(Double(second), 100) }
    let before = long.total(0, 5000)
    long.add(0.5, 9000)
    #expect(long.timeline.droppedValues == 1)
    #expect(long.total(0, 5000) == before)
  }
}

extension OneSeries {
  init(_ values: [(Double, Double)]) { self.init(.power, .instant, values) }
}
