import Telemetry

/// How buckets go into the rows of the `rollup` table.
///
/// A row holds the buckets of one chunk of time, so that a late reading invalidates only the rows
/// from its chunk on. Chunks stay below a kilobyte: a longer row would spill to a page of its own.
enum Rollup {
  static let minute: Int64 = 60_000_000_000
  static let quarter: Int64 = 900_000_000_000

  /// The length in nanoseconds of a chunk of buckets of a width; a multiple of the next width.
  static func chunk(of width: Int64) -> Int64 { width == minute ? quarter : 24 * quarter }

  /// The start of the stretch of `length` that `time` is in; times are not negative.
  static func floor(_ time: Int64, _ length: Int64) -> Int64 { time - time % length }

  /// The bytes of a bucket up to version 2.
  static let bucketSize = 40

  /// Appends what a blob of version 1 or 2 holds; false if it is no whole number of buckets.
  static func unpack(_ bytes: UnsafeRawBufferPointer, into buckets: inout [Tier.Bucket]) -> Bool {
    guard bytes.count % bucketSize == 0 else { return false }
    func get<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
      Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
    for at in stride(from: 0, to: bytes.count, by: bucketSize) {
      buckets.append(
        Tier.Bucket(
          time: Timestamp(nanoseconds: get(at, Int64.self)),
          value: Double(bitPattern: get(at + 8, UInt64.self)),
          cumulative: Double(bitPattern: get(at + 16, UInt64.self)),
          covered: Double(bitPattern: get(at + 24, UInt64.self)),
          low: Float(bitPattern: get(at + 32, UInt32.self)),
          high: Float(bitPattern: get(at + 36, UInt32.self))))
    }
    return true
  }

  /// Whether buckets from one on follow one another in time, and are of numbers.
  static func isInOrder(_ buckets: [Tier.Bucket], from first: Int) -> Bool {
    for index in max(0, first)..<buckets.count {
      let bucket = buckets[index]
      guard bucket.value.isFinite, bucket.cumulative.isFinite, bucket.covered.isFinite,
        bucket.covered >= 0, PlausibleTime.recorded.contains(bucket.time)
      else { return false }
      if index > 0 {
        let before = buckets[index - 1]
        guard before.time < bucket.time, before.covered <= bucket.covered else { return false }
      }
    }
    return true
  }

  /// Puts buckets together to wider ones; exact, since a bucket is its last value and extremes.
  static func widen(_ buckets: some Sequence<Tier.Bucket>, to width: Int64) -> [Tier.Bucket] {
    var result: [Tier.Bucket] = []
    for bucket in buckets {
      guard let last = result.last,
        floor(last.time.nanoseconds, width) == floor(bucket.time.nanoseconds, width)
      else {
        result.append(bucket)
        continue
      }
      var merged = bucket
      // A missing extreme is nan and loses against any number.
      merged.low = Float.minimum(last.low, bucket.low)
      merged.high = Float.maximum(last.high, bucket.high)
      result[result.count - 1] = merged
    }
    return result
  }

  /// Cuts buckets in order of time into the chunks they belong to.
  static func chunks(
    _ buckets: ArraySlice<Tier.Bucket>, width: Int64
  ) -> [(start: Int64, buckets: ArraySlice<Tier.Bucket>)] {
    let length = chunk(of: width)
    var result: [(start: Int64, buckets: ArraySlice<Tier.Bucket>)] = []
    var rest = buckets
    while let first = rest.first {
      let start = floor(first.time.nanoseconds, length)
      let part = rest.prefix { $0.time.nanoseconds - start < length }
      result.append((start, part))
      rest = rest.dropFirst(part.count)
    }
    return result
  }
}
