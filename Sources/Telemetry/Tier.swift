/// A coarser view of a series: one bucket for every `width` of time that has values.
public struct Tier: Sendable, Hashable {
  /// What is known of one stretch of time.
  public struct Bucket: Sendable, Hashable {
    /// The time of the last value in it.
    public var time: Timestamp
    /// The last value in it.
    public var value: Double
    /// The integral since the beginning of the series, up to `time`.
    public var cumulative: Double
    /// The seconds for which that integral is known.
    public var covered: Double
    /// The smallest value (of a counter: rate); `nan` when there was none.
    public var low: Float
    /// The largest value (of a counter: rate); `nan` when there was none.
    public var high: Float

    public init(
      time: Timestamp, value: Double, cumulative: Double, covered: Double, low: Float, high: Float
    ) {
      self.time = time
      self.value = value
      self.cumulative = cumulative
      self.covered = covered
      self.low = low
      self.high = high
    }
  }

  /// The width of a bucket in nanoseconds; buckets start at multiples of it since 1970.
  public let width: Int64
  /// How many buckets are kept.
  public let capacity: Int
  public internal(set) var buckets: [Bucket] = []

  public init(seconds: Int64, capacity: Int) {
    width = seconds * 1_000_000_000
    self.capacity = capacity
  }

  /// Five seconds for two hours, a minute for three days, a quarter of an hour for half a year.
  static let standard = [
    Tier(seconds: 5, capacity: 1440), Tier(seconds: 60, capacity: 4320),
    Tier(seconds: 900, capacity: 17_520),
  ]

  func slot(_ time: Timestamp) -> Int64 {
    let (quotient, remainder) = time.nanoseconds.quotientAndRemainder(dividingBy: width)
    return remainder < 0 ? quotient - 1 : quotient
  }

  mutating func observe(_ sample: Series.Sample, reach: Double?) {
    let height = Float(reach ?? .nan)
    if let last = buckets.indices.last, slot(buckets[last].time) == slot(sample.time) {
      buckets[last].time = sample.time
      buckets[last].value = sample.value
      buckets[last].cumulative = sample.cumulative
      buckets[last].covered = sample.covered
      buckets[last].widen(to: height)
      return
    }
    buckets.append(
      Bucket(
        time: sample.time, value: sample.value, cumulative: sample.cumulative,
        covered: sample.covered, low: height, high: height))
    if buckets.count > capacity { buckets.removeFirst(capacity / 4) }
  }

  /// Takes over what changed in `samples` from `time` on.
  mutating func revise(_ samples: [Series.Sample], at time: Timestamp, reach: Double?) {
    let from = slot(time)
    var index = buckets.partitioningIndex { slot($0.time) >= from }
    if index == buckets.count || slot(buckets[index].time) != from {
      let place = samples.partitioningIndex { $0.time >= time }
      let sample = samples[place]
      buckets.insert(
        Bucket(
          time: sample.time, value: sample.value, cumulative: sample.cumulative,
          covered: sample.covered, low: .nan, high: .nan), at: index)
    }
    buckets[index].widen(to: Float(reach ?? .nan))
    while index < buckets.count {
      let end = (slot(buckets[index].time) + 1) * width
      let next = samples.partitioningIndex { $0.time.nanoseconds >= end }
      if next > 0 {
        let sample = samples[next - 1]
        buckets[index].time = sample.time
        buckets[index].value = sample.value
        buckets[index].cumulative = sample.cumulative
        buckets[index].covered = sample.covered
      }
      index += 1
    }
  }
}

extension Tier.Bucket {
  mutating func widen(to height: Float) {
    guard !height.isNaN else { return }
    low = low.isNaN ? height : min(low, height)
    high = high.isNaN ? height : max(high, height)
  }
}
