import Quantities

extension Timeline {
  /// The minutes of a series that were over at a time, oldest first.
  ///
  /// They are the same live and in a recording; finer views may differ.
  public func minutes(_ id: SeriesID, until time: Timestamp) -> ArraySlice<Tier.Bucket> {
    guard let tier = series[id.index].tiers.first(where: { $0.width == 60_000_000_000 }) else {
      return []
    }
    let slot = tier.slot(time)
    return tier.buckets[..<tier.buckets.partitioningIndex { tier.slot($0.time) >= slot }]
  }

  /// The newest event, up to a time, that says whether a device can be read; `nil` without one.
  public func availability(of device: DeviceID, at time: Timestamp) -> Event? {
    events.last { $0.device == device && $0.time <= time && $0.cause?.isAvailability == true }
  }

  /// An event in words, with the accelerator's name where there are several.
  public func words(of event: Event) -> String {
    guard let id = event.device, id.kind == .gpu || id.kind == .gpuPart else { return event.text }
    return "GPU \(device(id)?.label ?? id.name): \(event.text)"
  }
}
