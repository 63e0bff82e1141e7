import Quantities

extension Timeline {
  /// The buckets of a series' coarser view that end in a span, oldest first.
  ///
  /// `width` is one of the views' widths in seconds: 5, 60 or 900. Anything else has none.
  public func buckets(
    _ id: SeriesID, in span: TimeSpan, width seconds: Int64
  ) -> ArraySlice<Tier.Bucket> {
    let width = seconds * 1_000_000_000
    guard let tier = series[id.index].tiers.first(where: { $0.width == width }) else { return [] }
    let from = tier.buckets.partitioningIndex { $0.time >= span.start }
    let to = tier.buckets.partitioningIndex { $0.time > span.end }
    return tier.buckets[from..<max(from, to)]
  }

  /// The last event of a kind at or before a time whose text begins so.
  public func lastEvent(_ kind: Event.Kind, beginning prefix: String, at time: Timestamp) -> Event?
  {
    events.last { $0.time <= time && $0.kind == kind && $0.text.hasPrefix(prefix) }
  }
}
