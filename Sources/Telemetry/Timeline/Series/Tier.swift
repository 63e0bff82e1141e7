/// A coarser view of a series: one bucket for every `width` of time that has values.
public struct Tier: Sendable {
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
  private(set) var buckets: PackedRows<Bucket>

  /// Where the slot of the value that was taken in last ends, in nanoseconds.
  private var end = Int64.min

  /// A tier without buckets, which are packed where a course is given.
  init(seconds: Int64, capacity: Int, _ course: PackedCourse? = nil) {
    width = seconds * 1_000_000_000
    self.capacity = capacity
    buckets = PackedRows(course)
  }

  /// Five seconds for two hours, a minute for three days, a quarter of an hour for half a year.
  static let standard = [
    Tier(seconds: 5, capacity: 1440), Tier(seconds: 60, capacity: 4320),
    Tier(seconds: 900, capacity: 17_520),
  ]

  /// The same where memory is bounded, with four hours for a year; five seconds only where values come
  /// more often than every second, since others are kept one by one for as long.
  static func bounded(_ course: PackedCourse, period: Double) -> [Tier] {
    let seconds = Tier(seconds: 5, capacity: 1440, course)
    return (period > 0 && period < 1 ? [seconds] : []) + [
      Tier(seconds: 60, capacity: 4320, course), Tier(seconds: 900, capacity: 17_520, course),
      Tier(seconds: 14_400, capacity: 2190, course),
    ]
  }

  /// Whether the oldest buckets go when the next one comes.
  var isFull: Bool { buckets.count >= capacity }

  /// The first moment of a slot.
  func start(of slot: Int64) -> Timestamp {
    let (start, overflows) = slot.multipliedReportingOverflow(by: width)
    return Timestamp(nanoseconds: overflows ? (slot < 0 ? .min : .max) : start)
  }

  func slot(_ time: Timestamp) -> Int64 {
    let (quotient, remainder) = time.nanoseconds.quotientAndRemainder(dividingBy: width)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Takes in the newest sample.
  /// - Returns: whether old buckets were forgotten for it.
  mutating func observe(
    _ sample: Series.Sample, height: Float, _ columns: inout TimeColumns
  ) -> Bool {
    if isInNewest(sample.time) {
      buckets.changeLast { bucket in
        bucket.time = sample.time
        bucket.value = sample.value
        bucket.cumulative = sample.cumulative
        bucket.covered = sample.covered
        bucket.widen(to: height)
      }
      return false
    }
    return buckets.append(
      Bucket(sample, height: height), bound: capacity, least: 1, limit: Self.tail, &columns)
  }

  /// Whether a time that is not before the newest bucket's belongs to it.
  private mutating func isInNewest(_ time: Timestamp) -> Bool {
    if time.nanoseconds < end { return true }
    let slot = slot(time)
    let isNewest = buckets.last.map { self.slot($0.time) == slot } ?? false
    let (next, overflows) = (slot &+ 1).multipliedReportingOverflow(by: width)
    end = overflows ? .min : next
    return isNewest
  }

  /// Forgets the oldest buckets and gives back what is free.
  mutating func forget(_ count: Int) { buckets.forget(count) }

  /// Takes other buckets in place of its own.
  mutating func replace(_ buckets: [Bucket]) {
    self.buckets = PackedRows(buckets)
    end = .min
  }

  /// So many buckets are kept as they are before they are packed: each time makes a chunk anew.
  private static let tail = 9

  /// Takes over what changed in `samples` from one on, which was inserted or replaced.
  ///
  /// - Parameter isWhole: whether the samples go back to the beginning of the series.
  mutating func revise(
    _ samples: PackedRows<Series.Sample>, at changed: Int, isWhole: Bool, isCounter: Bool
  ) {
    // The change moves the extremes of its own bucket and, of a counter, of the next two values.
    for sample in changed...min(changed + 2, samples.count - 1) {
      let slot = slot(samples.time(at: sample))
      let index = buckets.place(from: start(of: slot))
      let isNew = index == buckets.count || self.slot(buckets[index].time) != slot
      if isNew { buckets.insert(Bucket(samples[sample], height: .nan), at: index) }
      let first = samples.place(from: start(of: slot))
      let end = samples.place(from: start(of: slot + 1))
      // Without its first values a bucket can only grow wider.
      if first > 0 || isWhole {
        buckets[index].low = .nan
        buckets[index].high = .nan
      }
      for member in first..<end {
        buckets[index].widen(to: samples.height(at: member, isCounter: isCounter))
      }
    }
    let from = slot(samples.time(at: changed))
    for index in buckets.place(from: start(of: from))..<buckets.count {
      let slot = slot(buckets[index].time)
      let end = samples.place(from: start(of: slot + 1))
      guard end > 0, self.slot(samples.time(at: end - 1)) == slot else { continue }
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

extension PackedRows {
  /// Appends a row; before there are more than `bound`, the oldest quarter goes.
  ///
  /// Memory grows by doubling, but never beyond the bound. Rows that are packed go by whole chunks.
  /// - Returns: whether anything went.
  @discardableResult
  mutating func append(
    _ row: Row, bound: Int, least: Int, limit: Int, _ columns: inout TimeColumns
  ) -> Bool {
    let isFull = count >= bound
    if isFull { removeFirst(Swift.max(1, bound / 4)) }
    append(row, least: least, limit: course == nil ? bound : limit, &columns)
    return isFull
  }
}
