import Quantities

extension Timeline {
  /// For how many seconds back single minutes are looked at; before that quarters of an hour.
  public static let minuteHistory = 21_600.0

  /// A stretch of time that is over.
  public struct Stretch: Sendable {
    /// Its first minute, counted from 1970.
    public var minute: Int64
    /// What is known of it.
    public var bucket: Tier.Bucket
  }

  /// The quarters of an hour and, of the last six hours, the minutes of a series that were over at a
  /// time, oldest first.
  ///
  /// They are the same live and in a recording; finer views may differ.
  public func stretches(_ id: SeriesID, until time: Timestamp) -> [Stretch] {
    demand?.noteMinutes(id.index)
    let series = series[id.index]
    guard let minutes = series.tiers.first(where: { $0.width == 60_000_000_000 }),
      let quarters = series.tiers.first(where: { $0.width == 900_000_000_000 })
    else { return [] }
    let border = quarters.start(of: quarters.slot(time - Self.minuteHistory))
    let old = quarters.buckets.rows(in: 0..<quarters.buckets.place(from: border))
    let from = minutes.buckets.place(from: border)
    let to = minutes.buckets.place(from: minutes.start(of: minutes.slot(time)))
    let new = minutes.buckets.rows(in: from..<max(from, to))
    return old.map { Stretch(minute: quarters.slot($0.time) * 15, bucket: $0) }
      + new.map { Stretch(minute: minutes.slot($0.time), bucket: $0) }
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
