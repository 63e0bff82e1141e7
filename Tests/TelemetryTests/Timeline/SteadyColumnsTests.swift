import Seeded
import Testing

@testable import Telemetry

/// Columns that stay where they are while a span grows, and a chart's means of them.
@Suite struct SteadyColumnsTests {
  private static let start = Timestamp(seconds: 1_790_000_000)

  @Test(arguments: [1, 7, 240, 800], [0.0003, 1, 29.7, 3600.2, 2_600_000])
  func `they hold the span, in more than half as many as may be`(most: Int, seconds: Double) {
    let span = TimeSpan(Self.start + 0.317, Self.start + 0.317 + seconds)
    let steady = SteadyColumns(over: span, most: most)
    #expect(steady.span.start <= span.start && steady.span.end >= span.end)
    #expect(steady.count <= max(2, most))
    let width = (steady.span.end.nanoseconds - steady.span.start.nanoseconds) / Int64(steady.count)
    #expect(steady.span.start.nanoseconds % width == 0)
    #expect(width == 1_000_000 || steady.count * 2 + 2 > most)
  }

  @Test func `a second later they are where they were`() {
    let first = SteadyColumns(over: TimeSpan(Self.start, Self.start + 100), most: 400)
    let second = SteadyColumns(over: TimeSpan(Self.start, Self.start + 101), most: 400)
    #expect(first.span.start == second.span.start)
    #expect(second.count > first.count)
  }

  @Test func `times that cannot be are no crash`() {
    for (from, to) in [(Int64.min, Int64.max), (.max - 5, .max), (.min, .min + 5), (5, 3)] {
      let span = TimeSpan(Timestamp(nanoseconds: from), Timestamp(nanoseconds: to))
      let steady = SteadyColumns(over: span, most: 100)
      #expect(steady.count >= 1)
      _ = steady.resampled(
        Array(repeating: 1, count: steady.count), to: span, columns: 10)
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func `a chart's means keep the integral, and what is unknown stays so`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<100 {
      let seconds = 1 + Double(random.next(90_000)) / 17
      let span = TimeSpan(Self.start + 0.25, Self.start + 0.25 + seconds)
      let columns = 1 + random.next(200)
      let steady = SteadyColumns(over: span, most: 2 * columns)
      let level = Double(random.next(900))
      let flat = steady.resampled(
        Array(repeating: level, count: steady.count), to: span, columns: columns)
      #expect(flat.count == columns)
      #expect(flat.allSatisfy { abs(($0 ?? -1) - level) < 1e-6 })
      // What is drawn over the very columns has their integral.
      let values = (0..<steady.count).map { _ in Double(random.next(1000)) }
      let chart = steady.resampled(values, to: steady.span, columns: columns)
      let drawn = chart.compactMap { $0 }.reduce(0, +) / Double(columns)
      #expect(abs(drawn - values.reduce(0, +) / Double(values.count)) < 1e-6)
      // Of nothing known comes nothing, of a part the part's mean.
      let none = steady.resampled(
        Array(repeating: nil, count: steady.count), to: span, columns: columns)
      #expect(none.allSatisfy { $0 == nil })
      let half = (0..<steady.count).map { $0 < steady.count / 2 ? level : nil }
      let known = steady.resampled(half, to: span, columns: columns)
      #expect(known.compactMap { $0 }.allSatisfy { abs($0 - level) < 1e-6 })
    }
  }
}
