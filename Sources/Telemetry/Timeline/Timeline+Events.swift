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

  /// The last word at or before a time on whether a device can be read; `nil` when there was none.
  public func availability(of device: DeviceID, at time: Timestamp) -> Event? {
    events.last { $0.device == device && $0.time <= time && $0.cause?.isAvailability == true }
  }

  /// An event in words; of several accelerators they say which it was.
  public func words(of event: Event) -> String {
    guard let id = event.device, id.kind == .gpu || id.kind == .gpuPart else { return event.text }
    return "GPU \(device(id)?.label ?? id.name): \(event.text)"
  }
}
