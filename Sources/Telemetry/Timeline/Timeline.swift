import Quantities

/// The one truth: everything the sources said, in order, ready to be asked about any time.
///
/// Three questions serve every panel: `moment(at:)`, `curve(_:over:columns:)` and
/// `total(_:over:)`. Memory is bounded by `Series`: 8 accelerators with 13 values each at 1 Hz
/// stay under 40 MB for as long as the session lasts.
public struct Timeline: Sendable {
  /// Names a series within this timeline.
  public struct SeriesID: Hashable, Sendable {
    let index: Int
  }

  struct Key: Hashable, Sendable {
    var device: DeviceID
    var metric: String
  }

  var series: [Series] = []
  var index: [Key: Int] = [:]
  /// The devices in the order they were announced.
  public private(set) var devices: [Device] = []
  var deviceIndex: [DeviceID: Int] = [:]
  /// Marks, gaps and notes, in order of time.
  public private(set) var events: [Event] = []
  /// Every change of a source's state, in order of arrival.
  public private(set) var states: [SourceState] = []
  /// The time of the first and the last reading or state; `nil` while there is none.
  public internal(set) var span: TimeSpan?

  public init() {}

  /// Takes in one observation.
  ///
  /// Readings of a series that was never described are described by default as instantaneous.
  public mutating func apply(_ observation: Observation) {
    switch observation {
    case .device(let device):
      if let known = deviceIndex[device.id] {
        devices[known] = device
      } else {
        deviceIndex[device.id] = devices.count
        devices.append(device)
      }
    case .series(let descriptor): describe(descriptor)
    case .reading(let reading):
      for entry in reading.values {
        let id = identify(entry.metric, of: reading.device)
        series[id].append(entry.value, at: reading.time)
      }
      extend(to: reading.time)
    case .event(let event):
      let place = events.partitioningIndex { $0.time > event.time }
      events.insert(event, at: place)
    case .state(let state):
      states.append(state)
      if states.count > 4096 { states.removeFirst(1024) }
    }
  }

  /// Takes in many observations.
  public mutating func apply(_ observations: some Sequence<Observation>) {
    for observation in observations { apply(observation) }
  }

  private mutating func describe(_ descriptor: SeriesDescriptor) {
    let key = Key(device: descriptor.device, metric: descriptor.metric.name)
    if let known = index[key] {
      guard series[known].descriptor != descriptor else { return }
      series[known] = series[known].redescribed(descriptor)
    } else {
      index[key] = series.count
      series.append(Series(descriptor))
    }
  }

  private mutating func identify(_ metric: Metric, of device: DeviceID) -> Int {
    let key = Key(device: device, metric: metric.name)
    if let known = index[key] { return known }
    if deviceIndex[device] == nil { apply(.device(Device(id: device, label: device.name))) }
    describe(
      SeriesDescriptor(
        device: device, metric: metric,
        provenance: Provenance(source: "?", method: metric.isCounter ? .counter : .instant)))
    return series.count - 1
  }

  private mutating func extend(to time: Timestamp) {
    guard let known = span else {
      span = TimeSpan(time, time)
      return
    }
    if !known.contains(time) { span = TimeSpan(min(known.start, time), max(known.end, time)) }
  }

  /// Drops a mark.
  public mutating func removeEvent(_ event: Event) { events.removeAll { $0 == event } }
}

extension Series {
  /// The same values under a new description.
  func redescribed(_ descriptor: SeriesDescriptor) -> Series {
    var copy = Series(descriptor)
    copy.samples = samples
    copy.beginning = beginning
    copy.tiers = tiers
    copy.tiersAreComplete = tiersAreComplete
    copy.hasBeginning = hasBeginning
    copy.dropped = dropped
    return copy
  }
}
