import Quantities

/// Everything the sources reported, in order, ready to be queried at any time.
///
/// Three queries serve every panel: `moment(at:)`, `curve(_:over:columns:)` and `total(_:over:)`.
/// Memory is bounded by its `budget`: with one, however long a session lasts, older values are kept
/// more and more coarsely; without one, as for a recording that is read, by what `Series` keeps.
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
  struct Shape: Sendable {
    var metrics: [Int] = []
    var series: [Int] = []
  }

  var series: [Series] = []
  /// Times that series share.
  var columns = TimeColumns()
  /// How much memory it may take; `nil` where it is read from a recording.
  let budget: MemoryBudget?
  /// Places in `series` that are free again.
  var vacant: [Int] = []
  /// What is kept of processes that ended.
  var archive = ProcessArchive()
  /// Values that were taken in since memory was last looked at.
  var unmeasured = 0
  var index: [Key: Int] = [:]
  /// The devices in the order they were announced.
  public internal(set) var devices: [Device] = []
  var deviceIndex: [DeviceID: Int] = [:]
  var shapes: [DeviceID: Shape] = [:]
  private var jobFacts: [DeviceID: JobFacts] = [:]
  private var processFacts: [DeviceID: ProcessFacts] = [:]
  private var allocationFacts: [DeviceID: AllocationFacts] = [:]
  /// Marks, gaps and notes, in order of time.
  public internal(set) var events: [Event] = []
  /// What was said of the electricity, interval by interval.
  public internal(set) var gridBook: GridBook
  /// Every change of a source's state, in order of arrival.
  public internal(set) var states: [SourceState] = []
  /// The time of the first and the last reading or state; `nil` while there is none.
  public internal(set) var span: TimeSpan?

  /// Where is noted what is asked for, if what is asked for is still to be read.
  public var demand: SeriesDemand?

  /// A timeline that knows nothing yet, to be filled from a recording.
  public init() { self.init(budget: nil) }

  /// A timeline that knows nothing yet; with a budget it is one of a session that goes on.
  public init(budget: MemoryBudget?) {
    self.budget = budget
    gridBook = GridBook(keepsRevisions: budget == nil)
  }

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
    case .grid(let statement): gridBook.take(statement)
    case .event(let event):
      let place = events.partitioningIndex { $0.time > event.time }
      events.insert(event, at: place)
      if budget != nil, events.count > Self.mostEvents { forgetOldEvents() }
    case .state(let state):
      states.append(state)
      if states.count > Self.mostStates { forgetOldStates() }
    }
  }

  /// A growth of a counter of energy that cannot be true and was left out.
  public struct Leap: Sendable, Hashable {
    /// Whose counter it was.
    public var device: DeviceID
    /// When it was read.
    public var time: Timestamp
    /// By how much it grew, in joules.
    public var joules: Double

    /// What is said of it on the screen, in reports and in recordings.
    public var event: Event {
      Event(
        time: time, kind: .gap,
        text: "its energy counter leapt by \(SI.energy(joules).joined); not counted",
        device: device,
        cause: .refused)
    }
  }

  private static let mostLeaps = 64
  private var leaps: [Leap] = []

  /// Returns the leaps of counters since the last call, for whoever tells the user.
  public mutating func takeLeaps() -> [Leap] {
    defer { if !leaps.isEmpty { leaps = [] } }
    return leaps
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
      if device.id.kind == .process, budget != nil { foldEnded(afterOneMore: true) }
      if device.id.kind == .allocation, budget != nil { forgetEndedAllocations() }
    }
    switch device.id.kind {
    case .job: jobFacts[device.id] = JobFacts(device.attributes)
    case .process: processFacts[device.id] = ProcessFacts(device.attributes)
    case .allocation: allocationFacts[device.id] = AllocationFacts(device.attributes)
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
    // A limit is told before the counter that it bounds.
    for (entry, id) in zip(values, shape.series) where !series[id].governed.isEmpty {
      series.limit(by: id, to: entry.value)
    }
    for (entry, id) in zip(values, shape.series) {
      guard let joules = series[id].append(entry.value, at: reading.time, &columns) else {
        continue
      }
      if leaps.count < Self.mostLeaps {
        leaps.append(Leap(device: reading.device, time: reading.time, joules: joules))
      }
    }
    keepBudget(after: values.count)
  }

  /// What is known of a job; empty facts where there is no such job.
  public func facts(of job: DeviceID) -> JobFacts { jobFacts[job] ?? JobFacts() }

  /// What is known of a process; empty facts where there is no such process.
  public func processFacts(of process: DeviceID) -> ProcessFacts {
    processFacts[process] ?? ProcessFacts()
  }

  /// What is known of a scheduler's job; empty facts where there is no such job.
  public func allocationFacts(of job: DeviceID) -> AllocationFacts {
    allocationFacts[job] ?? AllocationFacts()
  }

  /// Forgets who a process or a scheduler's job was.
  mutating func forgetFacts(of device: DeviceID) {
    processFacts[device] = nil
    allocationFacts[device] = nil
  }

  private mutating func describe(_ descriptor: SeriesDescriptor) {
    let key = Key(device: descriptor.device, metric: descriptor.metric.handle)
    if let known = index[key] {
      guard series[known].descriptor != descriptor else { return }
      series[known] = series[known].redescribed(descriptor)
    } else {
      let new = Series(descriptor, packs: budget != nil)
      if let free = vacant.popLast() {
        index[key] = free
        series[free] = new
      } else {
        index[key] = series.count
        series.append(new)
      }
      govern(descriptor.device)
    }
  }

  /// Lets a device's power limits bound its counters of energy.
  private mutating func govern(_ device: DeviceID) {
    func places(_ metrics: [Metric]) -> [Int] {
      metrics.compactMap { index[Key(device: device, metric: $0.handle)] }
    }
    let counters = places([.energy])
    guard !counters.isEmpty else { return }
    for limit in places([.powerLimit, .powerLimitDefault]) where series[limit].governed.isEmpty {
      series[limit].governed = counters
      if let known = series[limit].highest { series.limit(by: limit, to: known) }
    }
  }

  private mutating func identify(_ metric: Metric, of device: DeviceID) -> Int {
    let key = Key(device: device, metric: metric.handle)
    if let known = index[key] { return known }
    if deviceIndex[device] == nil { apply(.device(Device(id: device, label: device.name))) }
    describe(
      SeriesDescriptor(
        device: device, metric: metric,
        provenance: Provenance(
          source: "?", method: metric.isCounter ? .counter : .instant, period: 0)))
    return index[key] ?? series.count - 1
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
    copy.bends = bends
    copy.dropped = dropped
    copy.revision = revision + 1
    copy.governed = governed
    copy.powerLimit = powerLimit
    return copy
  }
}

extension [Series] {
  /// Takes over a power limit that was read; one that is lowered still bounds what was drawn before.
  mutating func limit(by id: Int, to watts: Double) {
    guard watts > 0, watts.isFinite else { return }
    for counter in self[id].governed where watts > self[counter].powerLimit ?? 0 {
      self[counter].powerLimit = watts
    }
  }
}

extension Series {
  /// The highest value in any view.
  var highest: Double? {
    let single = samples.indices.lazy.map(samples.value(at:)).max()
    let old = tiers.last?.buckets.lazy.map(\.high).max().map(Double.init)
    return [single, old].compactMap { $0 }.max()
  }
}
