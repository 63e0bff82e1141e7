import Seeded
import Testing

@testable import Telemetry

/// Rows that are packed come back to the last bit, and every question has the same answer.
@Suite struct PackedTests {
  /// Numbers of many shapes: alike, on a line, near one, at the ends of what there is.
  private static func numbers(_ dice: inout SeededRandom) -> [Int64] {
    let count = Int.random(in: 1...40, using: &dice)
    let width = Int64(1) << Int64.random(in: 0...62, using: &dice)
    let slope =
      Bool.random(using: &dice) ? 0 : Int64.random(in: -1_000_000...1_000_000, using: &dice)
    let base = Int64.random(in: .min ... .max, using: &dice)
    return (0..<count).map { index in
      switch Int.random(in: 0..<50, using: &dice) {
      case 0: .min
      case 1: .max
      default: base &+ Int64(index) &* slope &+ Int64.random(in: 0..<width, using: &dice)
      }
    }
  }

  @Test func `A column gives back any numbers`() {
    var dice = SeededRandom()
    for _ in 0..<500 {
      let numbers =
        Bool.random(using: &dice)
        ? Self.numbers(&dice).map { $0 & 0xFFFF } : Self.numbers(&dice)
      var bytes: [UInt8] = []
      numbers.withUnsafeBufferPointer { PackedColumn.write($0, to: &bytes) }
      let length = bytes.count
      bytes += [UInt8](repeating: 0xFF, count: PackedColumn.padding)
      bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        var place = 0
        let column = PackedColumn(start, &place, count: numbers.count)
        #expect(place == length)
        #expect(numbers.indices.map { column[$0] } == numbers)
      }
    }
  }

  @Test func `Numbers that are alike or on a line take no room`() {
    let line = (0..<32).map { Int64(1000 + 60 * $0) }
    for numbers in [[Int64](repeating: 7, count: 32), line] {
      var bytes: [UInt8] = []
      numbers.withUnsafeBufferPointer { PackedColumn.write($0, to: &bytes) }
      #expect(bytes.count <= 17)
    }
  }

  /// Values of one series as they come, some of them late, revised, missing or odd.
  private static func readings(
    _ metric: Metric, _ dice: inout SeededRandom, count: Int
  ) -> [(time: Timestamp, value: Double)] {
    var time = origin
    var level = 0.0
    var readings: [(time: Timestamp, value: Double)] = []
    for _ in 0..<count {
      time = time + 1 + Double.random(in: -0.001...0.001, using: &dice)
      switch Int.random(in: 0..<400, using: &dice) {
      case 0: time = time + Double.random(in: 5...3000, using: &dice)
      case 1: level = 0
      case 2: level = Double.random(in: 0...1e6, using: &dice)
      case 3:
        if let known = readings.randomElement(using: &dice) {
          readings.append((known.time + Double.random(in: 0...0.4, using: &dice), known.value))
        }
      case 4..<100: break
      default:
        level =
          metric.isCounter
          ? level + Double.random(in: 0...700, using: &dice)
          : Double.random(in: 0...700, using: &dice)
      }
      let steps = metric.steps(level) ?? 0
      readings.append((time, Double(steps) * metric.scale))
    }
    return readings
  }

  private static func same(_ left: Double?, _ right: Double?) -> Bool {
    left?.bitPattern == right?.bitPattern
  }

  @Test(arguments: [Provenance.Method.instant, .average, .counter, .log])
  func `A packed series answers as one that is not`(method: Provenance.Method) {
    var dice = SeededRandom()
    let metric: Metric = method == .counter ? .energy : .power
    do {
      let descriptor = SeriesDescriptor(
        device: gpu, metric: metric, provenance: Provenance(source: "test", method: method))
      var (plain, packed) = (Timeline(), Timeline(budget: .endless))
      plain.apply(.series(descriptor))
      packed.apply(.series(descriptor))
      let readings = Self.readings(metric, &dice, count: 1500)
      for (time, value) in readings {
        var reading = Reading(device: gpu, time: time)
        reading.set(metric, value)
        plain.apply(.reading(reading))
        packed.apply(.reading(reading))
      }
      let id = Timeline.SeriesID(index: 0)
      let (one, other) = (plain.series[0], packed.series[0])
      #expect(one.dropped == other.dropped)
      #expect(other.samples.packedCount > 1000 && one.samples.packedCount == 0)
      for (left, right) in zip(one.samples, other.samples) {
        #expect(left.time == right.time && Self.same(left.value, right.value))
        #expect(
          Self.same(left.cumulative, right.cumulative) && Self.same(left.covered, right.covered))
      }
      for (left, right) in zip(one.tiers.dropFirst(), other.tiers) {
        #expect(left.buckets.count == right.buckets.count)
        for (left, right) in zip(left.buckets, right.buckets) {
          #expect("\(left)" == "\(right)")
        }
      }
      let end = plain.span?.end ?? origin
      for _ in 0..<60 {
        let from = origin + Double.random(in: -100...(end - origin), using: &dice)
        let length = Double.random(in: 0.1...4000, using: &dice)
        let span = TimeSpan(from, from + length)
        #expect(plain.total(id, over: span) == packed.total(id, over: span))
        #expect(
          plain.curve(id, over: span, columns: 40) == packed.curve(id, over: span, columns: 40))
        #expect(plain.value(id, at: from) == packed.value(id, at: from))
        #expect(plain.silences(id, in: span) == packed.silences(id, in: span))
        #expect(plain.variation(id, over: span) == packed.variation(id, over: span))
        #expect(plain.greatestMinute(id, in: span) == packed.greatestMinute(id, in: span))
        #expect(plain.changes(id, in: span) == packed.changes(id, in: span))
        let since = Bool.random(using: &dice) ? nil : from - length
        let (left, right) = (
          plain.progress(id, at: from, over: 10, since: since),
          packed.progress(id, at: from, over: 10, since: since)
        )
        #expect(left?.from.time == right?.from.time && left?.to.time == right?.to.time)
        #expect(
          plain.recent(id, until: from, limit: 9, changesOnly: true).map(\.time)
            == packed.recent(id, until: from, limit: 9, changesOnly: true).map(\.time))
      }
    }
  }
}
