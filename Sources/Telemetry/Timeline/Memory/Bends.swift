import Quantities

/// What is kept of buckets that were forgotten: the points at which the integral bent most.
///
/// Between two quarters of an hour the integral is taken as a straight line. Where a job began or ended in
/// between it is none, and the joules up to there would be wrong; so the minute at which the line is
/// furthest from the truth is kept, of as many quarters as there is room for.
struct Bends: Sendable {
  private struct Bend: Sendable {
    var sample: Series.Sample
    /// How far from the truth the straight line was without it.
    var error: Double
  }

  private static let most = 32
  /// In order of time.
  private var known: [Bend] = []

  /// The bytes that are allocated for it.
  var size: Int { known.isEmpty ? 0 : known.capacity * MemoryLayout<Bend>.stride + 48 }

  /// Keeps a point; where there is no room, the one that matters least goes.
  mutating func keep(_ sample: Series.Sample, error: Double) {
    guard error > 0 else { return }
    let place = known.partitioningIndex { $0.sample.time >= sample.time }
    if place < known.count, known[place].sample.time == sample.time { return }
    if known.count >= Self.most {
      guard let least = known.indices.min(by: { known[$0].error < known[$1].error }),
        known[least].error < error
      else { return }
      known.remove(at: least)
      known.insert(Bend(sample: sample, error: error), at: place > least ? place - 1 : place)
    } else {
      if known.count == known.capacity {
        known.reserveCapacity(min(Self.most, 2 * known.count + 4))
      }
      known.insert(Bend(sample: sample, error: error), at: place)
    }
  }

  /// Takes a point that is closer to a time than those that are known on either side.
  func narrow(
    _ before: inout Series.Point?, _ after: inout Series.Point?, around time: Timestamp
  ) {
    guard !known.isEmpty else { return }
    let place = known.partitioningIndex { $0.sample.time > time }
    if place > 0, before.map({ $0.time < known[place - 1].sample.time }) ?? true {
      before = Series.Point(known[place - 1].sample)
    }
    if place < known.count, after.map({ known[place].sample.time < $0.time }) ?? true {
      after = Series.Point(known[place].sample)
    }
  }
}

extension Series {
  /// Keeps what matters most of the oldest buckets of a tier, before they are forgotten.
  mutating func remember(_ tier: Int, count: Int) {
    guard count > 0, tiers[tier].width >= 60_000_000_000 else { return }
    let rows = tiers[tier].buckets.rows(in: 0..<min(count, tiers[tier].buckets.count))
    let isAmount = rule.isCounter || descriptor.metric.unit == .watt
    guard isAmount, tier + 1 < tiers.count else { return }
    let coarse = tiers[tier + 1]
    var start = rows.startIndex
    while start < rows.endIndex {
      let slot = coarse.slot(rows[start].time)
      let end = rows[start...].firstIndex { coarse.slot($0.time) != slot } ?? rows.endIndex
      // The line goes on from the last point of the coarse bucket before.
      let moment = Timestamp(nanoseconds: rows[start].time.nanoseconds &- 1)
      let from = start > 0 ? Point(rows[start - 1]) : bracket(moment).before
      rememberBend(rows[start..<end], from: from ?? Point(rows[start]))
      start = end
    }
  }

  /// Keeps the point of one coarse bucket that is furthest from the line through its ends.
  private mutating func rememberBend(_ rows: ArraySlice<Tier.Bucket>, from: Point) {
    guard rows.count > 1, let last = rows.last, case let seconds = last.time - from.time,
      seconds > 0
    else { return }
    let rise = last.cumulative - from.integral.cumulative
    var worst: (row: Tier.Bucket, error: Double)?
    for row in rows.dropLast() {
      let line = from.integral.cumulative + (row.time - from.time) / seconds * rise
      let error = abs(row.cumulative - line)
      if error > worst?.error ?? 0 { worst = (row, error) }
    }
    if let worst { bends.keep(Sample(worst.row), error: worst.error) }
  }
}
