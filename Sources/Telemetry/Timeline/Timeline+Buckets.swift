import Quantities

extension Timeline {
  /// The minutes of a series that were over at a time, oldest first.
  ///
  /// Live and in a recording they are the same, which finer views need not be.
  public func minutes(_ id: SeriesID, until time: Timestamp) -> ArraySlice<Tier.Bucket> {
    guard let tier = series[id.index].tiers.first(where: { $0.width == 60_000_000_000 }) else {
      return []
    }
    let slot = tier.slot(time)
    return tier.buckets[..<tier.buckets.partitioningIndex { tier.slot($0.time) >= slot }]
  }

  /// The last event of a kind at or before a time whose text begins so.
  public func lastEvent(_ kind: Event.Kind, beginning prefix: String, at time: Timestamp) -> Event?
  {
    events.last { $0.time <= time && $0.kind == kind && $0.text.hasPrefix(prefix) }
  }
}
