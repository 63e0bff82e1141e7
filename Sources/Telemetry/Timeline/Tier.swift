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

    /// A bucket from all its parts, as a recording stores them.
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
  /// The buckets that have values, oldest first.
  public internal(set) var buckets: [Bucket] = []

  /// A tier without buckets.
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

  /// Takes in the newest sample.
  /// - Returns: whether old buckets were forgotten for it.
  mutating func observe(_ sample: Series.Sample, height: Float) -> Bool {
    if let last = buckets.indices.last, slot(buckets[last].time) == slot(sample.time) {
      buckets[last].time = sample.time
      buckets[last].value = sample.value
      buckets[last].cumulative = sample.cumulative
      buckets[last].covered = sample.covered
      buckets[last].widen(to: height)
      return false
    }
    return buckets.append(Bucket(sample, height: height), bound: capacity)
  }

  /// Takes over what changed in `samples` from one on, which was inserted or replaced.
  ///
  /// - Parameter isWhole: whether the samples go back to the beginning of the series.
  mutating func revise(
    _ samples: [Series.Sample], at changed: Int, isWhole: Bool, isCounter: Bool
  ) {
    // The change moves the extremes of its own bucket and, of a counter, of the next two values.
    for sample in changed...min(changed + 2, samples.count - 1) {
      let slot = slot(samples[sample].time)
      let index = buckets.partitioningIndex { self.slot($0.time) >= slot }
      let isNew = index == buckets.count || self.slot(buckets[index].time) != slot
      if isNew { buckets.insert(Bucket(samples[sample], height: .nan), at: index) }
      let first = samples.partitioningIndex { self.slot($0.time) >= slot }
      let end = samples.partitioningIndex { self.slot($0.time) > slot }
      // Without its first values a bucket can only grow wider.
      if first > 0 || isWhole {
        buckets[index].low = .nan
        buckets[index].high = .nan
      }
      for member in first..<end {
        buckets[index].widen(to: samples.height(at: member, isCounter: isCounter))
      }
    }
    let from = slot(samples[changed].time)
    for index in buckets.partitioningIndex(where: { slot($0.time) >= from })..<buckets.count {
      let slot = slot(buckets[index].time)
      let end = samples.partitioningIndex { self.slot($0.time) > slot }
      guard end > 0, self.slot(samples[end - 1].time) == slot else { continue }
      let bucket = buckets[index]
      buckets[index] = Bucket(samples[end - 1], height: bucket.low)
      buckets[index].high = bucket.high
    }
  }
}

extension Tier.Bucket {
  /// A bucket that ends with a sample.
  init(_ sample: Series.Sample, height: Float) {
    self.init(
      time: sample.time, value: sample.value, cumulative: sample.cumulative,
      covered: sample.covered, low: height, high: height)
  }

  mutating func widen(to height: Float) {
    guard !height.isNaN else { return }
    low = low.isNaN ? height : min(low, height)
    high = high.isNaN ? height : max(high, height)
  }
}

extension Array {
  /// Appends an element; before there are more than `bound`, the oldest quarter goes.
  ///
  /// Memory grows by doubling, but never beyond the bound.
  /// - Returns: whether anything went.
  @discardableResult
  mutating func append(_ element: Element, bound: Int) -> Bool {
    let isFull = count >= bound
    if isFull { removeFirst(Swift.max(1, bound / 4)) }
    if count == capacity { reserveCapacity(Swift.min(bound, Swift.max(8, 2 * count))) }
    append(element)
    return isFull
  }
}
