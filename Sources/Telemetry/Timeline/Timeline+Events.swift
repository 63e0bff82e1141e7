import Quantities

extension Timeline {
  /// The minutes of a series that were over at a time, oldest first.
  ///
  /// They are the same live and in a recording; finer views may differ.
  public func minutes(_ id: SeriesID, until time: Timestamp) -> [Tier.Bucket] {
    guard let tier = series[id.index].tiers.first(where: { $0.width == 60_000_000_000 }) else {
      return []
    }
    return tier.buckets.rows(in: 0..<tier.buckets.place(from: tier.start(of: tier.slot(time))))
  }

  /// The newest event, up to a time, that says whether a device can be read; `nil` without one.
  public func availability(of device: DeviceID, at time: Timestamp) -> Event? {
    events.last { $0.device == device && $0.time <= time && $0.cause?.isAvailability == true }
  }

  /// How a job ended or that it stands still, as far as that was known at a time; `nil` while it goes
  /// on, and where it has gone on since.
  public func ending(of job: DeviceID, at time: Timestamp) -> Event? {
    // A recording is seen to its last reading, and a job's end comes up to a second after that.
    let limit = time + 1.5
    guard
      let event = events.last(where: {
        $0.device == job && $0.time <= limit
          && ($0.cause?.isEnding == true || $0.cause == .continued)
      }), event.cause != .continued
    else { return nil }
    let isGoingOn = [Metric.step, .loss, .tokens, .outputTokens].contains { metric in
      moment(at: time).known(metric, of: job).map { $0.time > event.time } ?? false
    }
    return isGoingOn ? nil : event
  }

  /// An event in words, with the name of the accelerator or the alert that it concerns.
  public func words(of event: Event) -> String {
    guard let id = event.device else { return event.text }
    let name = device(id)?.label ?? id.name
    switch id.kind {
    case .gpu, .gpuPart: return "GPU \(name): \(event.text)"
    case .alert: return event.text.isEmpty ? name : "\(name): \(event.text)"
    default: return event.text
    }
  }
}
