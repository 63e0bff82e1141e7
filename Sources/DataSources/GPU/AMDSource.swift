import Telemetry

/// AMD GPUs through the files of the amdgpu driver.
///
/// A sleeping GPU is left asleep; one that is unplugged or reset costs only its own readings, is
/// told of once, and is found again by itself. Of two dies that share a meter only the one that
/// has it gives power.
struct AMDSource: DataSource {
  static let sourceName = "amdgpu"

  let name = sourceName

  /// A place on the bus that had a GPU at some time.
  private struct Slot {
    let pci: String
    let index: Int
    /// The card that was found there, and whether it sleeps.
    var card: DRMCard
    var status: SystemFile
    var gpu: AMDGPU?
    var reporter: DeviceReporter?
    var roster: ProcessRoster
    var isAsleep = false
    var trouble: SystemError?
    var saidMeter = false
    var hasPower = false
    /// Whether nothing stands there any more.
    var isGone = false

    init(_ card: DRMCard, index: Int, roster: ProcessRoster) {
      (pci, self.index, self.card, self.roster) = (card.pci, index, card, roster)
      status = Self.status(card)
    }

    static func status(_ card: DRMCard) -> SystemFile {
      SystemFile(card.device + "/power/runtime_status", capacity: 64)
    }
  }

  private static let vendor = "0x1002"
  private static let searchPeriod = 10.0
  private static let lostSearchPeriod = 2.0

  private let context: SourceContext
  private var slots: [Slot] = []
  private var searched: Timestamp?
  private var clients: DRMClients
  private var compute: AMDComputeProcesses
  private var looked = false

  init(_ context: SourceContext) {
    self.context = context
    clients = DRMClients(context)
    compute = AMDComputeProcesses(context)
  }

  mutating func probe() -> Probe {
    let cards = DRMCard.all(vendor: Self.vendor, in: context)
    guard !cards.isEmpty else {
      let failure = Self.absence(context)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    return Probe(.ok, "\(cards.count) GPU\(cards.count == 1 ? "" : "s")")
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    try search(clock)
    var observations: [Observation] = []
    var readings: [(index: Int, reading: Reading)] = []
    for index in slots.indices {
      guard let reading = read(index, clock, &observations) else { continue }
      readings.append((index, reading))
    }
    for (index, reading) in readings where reading.values.contains(where: { $0.metric == .power }) {
      slots[index].hasPower = true
    }
    for (index, reading) in readings { report(index, reading, clock, &observations) }
    if !readings.isEmpty { listProcesses(clock, &observations) }
    if observations.isEmpty, let slot = slots.first(where: { $0.trouble != nil }),
      let trouble = slot.trouble
    {
      throw SourceFailure(trouble.health, "GPU \(slot.index): \(trouble.words)")
    }
    return observations
  }

  private static func absence(_ context: SourceContext) -> SourceFailure {
    SourceFailure(
      .absent, "no AMD GPU: looked for vendor \(vendor) in \(context.path("/sys/class/drm"))",
      remedy: "load the driver with: sudo modprobe amdgpu")
  }

  /// Looks for cards now and then, and more often while one is lost.
  private mutating func search(_ clock: any SessionClock) throws(SourceFailure) {
    let isMissing = slots.contains { $0.isGone }
    let period = isMissing ? Self.lostSearchPeriod : Self.searchPeriod
    if let searched, !slots.isEmpty, clock.now - searched < period { return }
    searched = clock.now
    for card in DRMCard.all(vendor: Self.vendor, in: context) {
      if let index = slots.firstIndex(where: { $0.pci == card.pci }) {
        guard slots[index].isGone else { continue }
        slots[index].card = card
        slots[index].status = Slot.status(card)
        slots[index].isGone = false
      } else {
        let roster = ProcessRoster(
          context, source: Self.sourceName, gpu: context.device(.gpu, card.pci))
        slots.append(Slot(card, index: slots.count, roster: roster))
      }
    }
    if slots.isEmpty { throw Self.absence(context) }
  }

  private mutating func read(
    _ index: Int, _ clock: any SessionClock, _ observations: inout [Observation]
  ) -> Reading? {
    guard !slots[index].isGone else { return nil }
    let label = "GPU \(slots[index].index)"
    let isAsleep = DRMCard.isAsleep(slots[index].status)
    if isAsleep != slots[index].isAsleep {
      slots[index].isAsleep = isAsleep
      let text = isAsleep ? "sleeps; it is left asleep and not read" : "is awake again"
      observations.append(
        .event(Event(time: clock.now, kind: isAsleep ? .gap : .note, text: "\(label) \(text)")))
    }
    if isAsleep { return nil }
    var gpu =
      slots[index].gpu
      ?? AMDGPU(
        slots[index].card, index: slots[index].index,
        packageIsCounted: RAPLZone.isCounted(in: context), context: context)
    let reading = gpu.read(clock)
    slots[index].gpu = gpu
    for note in gpu.notes {
      let event = Event(time: clock.now, kind: note.kind, text: "\(label): \(note.text)")
      observations.append(.event(event))
    }
    let trouble = gpu.failure
    if (trouble == nil) != (slots[index].trouble == nil) {
      let (kind, text): (Event.Kind, String) =
        if let trouble { (.gap, "\(label): \(trouble.words)") } else {
          (.note, "\(label) answers again")
        }
      observations.append(.event(Event(time: clock.now, kind: kind, text: text)))
    }
    slots[index].trouble = trouble
    guard trouble == nil else {
      if !SystemFile.exists(gpu.card.device) {
        slots[index].gpu = nil
        slots[index].isGone = true
      }
      return nil
    }
    return reading
  }

  private mutating func report(
    _ index: Int, _ reading: Reading, _ clock: any SessionClock,
    _ observations: inout [Observation]
  ) {
    guard var gpu = slots[index].gpu else { return }
    if !slots[index].saidMeter, !slots[index].hasPower, gpu.isUnderstood, !gpu.isProcessor {
      slots[index].saidMeter = true
      // The other die of a card is the same chip, one place before it on the bus.
      let partner = slots.last {
        $0.hasPower && $0.gpu?.card.model == gpu.card.model && $0.pci < gpu.card.pci
      }
      let text: String
      if let partner {
        gpu.device.attributes["meter"] = partner.pci
        slots[index].gpu = gpu
        text = "second die of a card; its power is on the meter of GPU \(partner.index)"
      } else {
        text = "tells no power"
      }
      let event = Event(
        time: clock.now, kind: .note, text: "GPU \(slots[index].index): \(text)")
      observations.append(.event(event))
    }
    let interval = context.interval
    let known = slots[index].reporter
    var reporter = DeviceReporter(gpu.device)
    if let known, known.device == reporter.device { reporter = known }
    for late in gpu.late {
      reporter.report(late, to: &observations) { gpu.provenance(of: $0, every: interval) }
    }
    reporter.report(reading, to: &observations) { gpu.provenance(of: $0, every: interval) }
    slots[index].reporter = reporter
  }

  private mutating func listProcesses(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) {
    guard let seen = clients.look(at: clock.now) else { return }
    let queues = compute.look()
    for index in slots.indices {
      guard slots[index].gpu != nil else { continue }
      let joules = slots[index].gpu?.spent.take()
      let processes = AMDComputeProcesses.merge(
        seen[slots[index].pci]?.processes ?? [], queues[slots[index].pci] ?? [:])
      // What was drawn before the first look cannot be charged to anyone.
      slots[index].roster.report(
        processes, joules: looked ? joules : nil, at: clock.now, to: &observations)
    }
    looked = true
  }
}

extension RAPLZone {
  /// Whether this user can read the energy of the processor's packages.
  static func isCounted(in context: SourceContext) -> Bool {
    guard let zones = try? all(in: context).zones else { return false }
    return zones.contains {
      $0.name.hasPrefix("package") && SystemFile.number($0.counterPath) != nil
    }
  }
}
