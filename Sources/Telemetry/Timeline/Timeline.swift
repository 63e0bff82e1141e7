import Quantities

/// Everything the sources reported, in order, ready to be queried at any time.
///
/// Three queries serve every panel: `moment(at:)`, `curve(_:over:columns:)` and `total(_:over:)`.
/// Memory is bounded by `Series`: 8 accelerators with 13 values each at 1 Hz take 40 MB after a
/// week and never more than 111 MB.
public struct Timeline: Sendable {
  /// Names a series within this timeline.
  public struct SeriesID: Hashable, Sendable {
    let index: Int
  }

  struct Key: Hashable, Sendable {
    var device: DeviceID
    /// The metric's handle.
    var metric: Int
  }

  /// The shape of the last reading of a device: its metrics' handles and their series.
  ///
  /// Readings of a device mostly have the same shape, so that no value needs a lookup.
  private struct Shape: Sendable {
    var metrics: [Int] = []
    var series: [Int] = []
  }

  var series: [Series] = []
  var index: [Key: Int] = [:]
  /// The devices in the order they were announced.
  public private(set) var devices: [Device] = []
  var deviceIndex: [DeviceID: Int] = [:]
  private var shapes: [DeviceID: Shape] = [:]
  private var jobFacts: [DeviceID: JobFacts] = [:]
  private var processFacts: [DeviceID: ProcessFacts] = [:]
  /// Marks, gaps and notes, in order of time.
  public private(set) var events: [Event] = []
  /// Every change of a source's state, in order of arrival.
  public private(set) var states: [SourceState] = []
  /// The time of the first and the last reading or state; `nil` while there is none.
  public internal(set) var span: TimeSpan?

  /// A timeline that knows nothing yet.
  public init() {}

  /// Takes in one observation.
  ///
  /// Readings of a series that was never described are described by default as instantaneous.
  public mutating func apply(_ observation: Observation) {
    switch observation {
    case .device(let device): register(device)
    case .series(let descriptor): describe(descriptor)
    case .reading(let reading):
      take(reading)
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

  private mutating func register(_ device: Device) {
    if let known = deviceIndex[device.id] {
      guard devices[known] != device else { return }
      devices[known] = device
    } else {
      deviceIndex[device.id] = devices.count
      devices.append(device)
    }
    switch device.id.kind {
    case .job: jobFacts[device.id] = JobFacts(device.attributes)
    case .process: processFacts[device.id] = ProcessFacts(device.attributes)
    default: break
    }
  }

  private mutating func take(_ reading: Reading) {
    let values = reading.values
    var shape = shapes[reading.device] ?? Shape()
    let fits =
      shape.metrics.count == values.count
      && values.indices.allSatisfy { shape.metrics[$0] == values[$0].metric.handle }
    if !fits {
      shape.metrics = values.map(\.metric.handle)
      shape.series = values.map { identify($0.metric, of: reading.device) }
      shapes[reading.device] = shape
    }
    for (entry, id) in zip(values, shape.series) {
      series[id].append(entry.value, at: reading.time)
    }
  }

  /// What is known of a job; empty facts where there is no such job.
  public func facts(of job: DeviceID) -> JobFacts { jobFacts[job] ?? JobFacts() }

  /// What is known of a process; empty facts where there is no such process.
  public func processFacts(of process: DeviceID) -> ProcessFacts {
    processFacts[process] ?? ProcessFacts()
  }

  private mutating func describe(_ descriptor: SeriesDescriptor) {
    let key = Key(device: descriptor.device, metric: descriptor.metric.handle)
    if let known = index[key] {
      guard series[known].descriptor != descriptor else { return }
      series[known] = series[known].redescribed(descriptor)
    } else {
      index[key] = series.count
      series.append(Series(descriptor))
    }
  }

  private mutating func identify(_ metric: Metric, of device: DeviceID) -> Int {
    let key = Key(device: device, metric: metric.handle)
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

  /// Removes an event, such as a mark that the user takes back.
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
