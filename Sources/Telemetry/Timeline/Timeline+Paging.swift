/// How a recording fills a timeline with the stretch that is being looked at.
///
/// The tiers of a recording are loaded whole; the single values only around the cursor.
extension Timeline {
  /// Every bucket of one tier of one series, as a recording keeps them.
  public struct StoredTier: Sendable {
    /// The width of a bucket in nanoseconds.
    public var width: Int64
    /// The buckets, oldest first.
    public var buckets: [Tier.Bucket]

    /// The buckets of one width.
    public init(width: Int64, buckets: [Tier.Bucket]) {
      self.width = width
      self.buckets = buckets
    }
  }

  /// The tiers a recording keeps, widths in nanoseconds.
  public static var storedTierWidths: [Int64] { [60_000_000_000, 900_000_000_000] }

  /// The place of a series among the descriptors.
  public func place(of id: SeriesID) -> Int { id.index }

  /// The buckets of one tier of a series, for a recording to keep.
  public func buckets(_ id: SeriesID, width: Int64) -> [Tier.Bucket] {
    series[id.index].tiers.first { $0.width == width }.map { Array($0.buckets) } ?? []
  }

  /// Takes the complete tiers of a series from a recording.
  public mutating func restore(_ id: SeriesID, tiers: [StoredTier]) {
    series[id.index].revision += 1
    for stored in tiers {
      guard let tier = series[id.index].tiers.firstIndex(where: { $0.width == stored.width })
      else { continue }
      series[id.index].tiers[tier].replace(stored.buckets)
    }
    // A tier that is not stored would be half empty.
    for tier in series[id.index].tiers.indices
    where !Self.storedTierWidths.contains(series[id.index].tiers[tier].width) {
      series[id.index].tiers[tier].replace([])
    }
    series[id.index].tiersAreComplete = true
    if !series[id.index].governed.isEmpty, let highest = series[id.index].highest {
      series.limit(by: id.index, to: highest)
    }
  }

  /// Says which value a series begins with; the integral counts from there.
  public mutating func restore(_ id: SeriesID, beginning time: Timestamp, value: Double) {
    series[id.index].revision += 1
    series[id.index].beginning = Series.Sample(
      time: time, value: value, cumulative: 0, covered: 0)
  }

  /// Says how far the recording reaches, whatever part of it is loaded.
  public mutating func restore(span: TimeSpan?) { self.span = span }

  /// Forgets the single values of every series and starts a page at `time`.
  ///
  /// Readings applied next carry the integral on from the last bucket before `time`, which
  /// should therefore be a multiple of the finest stored width.
  public mutating func turnPage(to time: Timestamp) {
    for index in series.indices {
      let base = series[index].tiers.compactMap { tier -> Tier.Bucket? in
        guard Self.storedTierWidths.contains(tier.width) else { return nil }
        let place = tier.buckets.place(from: time)
        return place > 0 ? tier.buckets[place - 1] : nil
      }.max { $0.time < $1.time }
      series[index].samples = PackedRows(base.map { [Series.Sample($0)] } ?? [])
      series[index].hasBeginning = base == nil
      series[index].revision += 1
    }
  }
}

/// How a recording makes tiers anew from single values.
extension Timeline {
  /// Lets the tiers of a series grow again with what is appended, from their last bucket on.
  public mutating func reopen(_ id: SeriesID) {
    let last = Self.storedTierWidths.compactMap { width in
      series[id.index].tiers.first { $0.width == width }?.buckets.last
    }.max { $0.time < $1.time }
    series[id.index].samples = PackedRows(last.map { [Series.Sample($0)] } ?? [])
    series[id.index].hasBeginning = last == nil
    series[id.index].tiersAreComplete = false
    series[id.index].revision += 1
  }

  /// Appends one value to a series without a reading around it; leaves the timeline's span alone.
  public mutating func append(_ value: Double, at time: Timestamp, to id: SeriesID) {
    if !series[id.index].governed.isEmpty { series.limit(by: id.index, to: value) }
    series[id.index].append(value, at: time, &columns)
  }

  /// The time of the first point of a series after `time` that is known in any view.
  public func next(_ id: SeriesID, after time: Timestamp) -> Timestamp? {
    series[id.index].neighbour(of: time, after: true)?.time
  }

  /// The time of the last value of a series that is known in any view.
  public func newest(_ id: SeriesID) -> Timestamp? { series[id.index].end }
}

extension Series.Sample {
  /// The last value of a bucket.
  init(_ bucket: Tier.Bucket) {
    self.init(
      time: bucket.time, value: bucket.value, cumulative: bucket.cumulative,
      covered: bucket.covered)
  }
}
