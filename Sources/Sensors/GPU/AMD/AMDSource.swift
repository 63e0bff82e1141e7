import Linux
import Telemetry

/// AMD GPUs through the files of the amdgpu driver.
///
/// A sleeping GPU is left asleep; one that is unplugged or reset costs only its own readings, is
/// told of once, and is found again by itself. Of two dies that share a meter only the one that
/// has it gives power.
struct AMDSource: DataSource {
  static let sourceName = "amdgpu"

  let name = sourceName
  var interval: Double? { context.interval }

  /// What is known of the GPU in one PCI slot.
  private struct Slot {
    var gpu: AMDGPU?
    var reporter: DeviceReporter?
    var roster: ProcessRoster
    var hasPower = false
    /// Whether it has been told that it has no meter.
    var saidMeter = false
  }

  /// `PCI_VENDOR_ID_ATI` of the kernel's `pci_ids.h`.
  private static let vendor = "0x1002"

  private let context: SourceContext
  private var cards: DRMCards
  private var slots: [Slot] = []
  private var clients: DRMClients
  private var compute: KFDProcesses
  private var hasLooked = false

  init(_ context: SourceContext) {
    self.context = context
    cards = DRMCards(context, vendor: Self.vendor)
    clients = DRMClients(context)
    compute = KFDProcesses(context)
  }

  mutating func probe() -> Probe {
    let count = DRMCard.all(vendor: Self.vendor, in: context).count
    guard count > 0 else {
      let failure = Self.absence(context)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    return Probe(.ok, "\(count) GPU\(count == 1 ? "" : "s")")
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    cards.search(at: clock.now)
    if cards.slots.isEmpty { throw Self.absence(context) }
    for slot in cards.slots[slots.count...] {
      let id = context.device(.gpu, slot.card.pci)
      slots.append(Slot(roster: ProcessRoster(context, source: Self.sourceName, gpu: id)))
    }
    var observations: [Observation] = []
    var readings: [(index: Int, reading: Reading)] = []
    for index in slots.indices {
      guard let reading = read(index, clock, &observations) else { continue }
      readings.append((index, reading))
      if reading.values.contains(where: { $0.metric == .power }) { slots[index].hasPower = true }
    }
    for (index, reading) in readings { report(index, reading, &observations) }
    if !readings.isEmpty { listProcesses(clock, &observations) }
    if observations.isEmpty, let failure = cards.failure { throw failure }
    return observations
  }

  private static func absence(_ context: SourceContext) -> SourceFailure {
    SourceFailure(
      .absent, "no AMD GPU: looked for vendor \(vendor) in \(context.path("/sys/class/drm"))",
      remedy: "load the driver with: sudo modprobe amdgpu")
  }

  private mutating func read(
    _ index: Int, _ clock: any SessionClock, _ observations: inout [Observation]
  ) -> Reading? {
    guard cards.isReadable(index, at: clock.now, &observations) else { return nil }
    var gpu =
      slots[index].gpu
      ?? AMDGPU(
        cards.slots[index].card, index: index, packageIsCounted: RAPLZone.isCounted(in: context),
        context: context)
    let reading = gpu.read(clock)
    for note in gpu.notes {
      let event = Event(
        time: reading.time, kind: note.kind, text: note.text, device: cards.slots[index].device,
        cause: .refused)
      observations.append(.event(event))
    }
    let isGone = cards.note(gpu.failure, of: index, at: clock.now, &observations)
    slots[index].gpu = isGone ? nil : gpu
    return gpu.failure == nil ? reading : nil
  }

  private mutating func report(
    _ index: Int, _ reading: Reading, _ observations: inout [Observation]
  ) {
    tellMeter(index, reading.time, &observations)
    guard let gpu = slots[index].gpu else { return }
    let interval = context.interval
    let known = slots[index].reporter
    var reporter = DeviceReporter(gpu.device)
    if let known, known.device == reporter.device { reporter = known }
    for reading in gpu.late + [reading] {
      reporter.report(reading, to: &observations) { gpu.provenance(of: $0, every: interval) }
    }
    slots[index].reporter = reporter
  }

  /// Says where the power of a GPU is that tells none.
  private mutating func tellMeter(
    _ index: Int, _ time: Timestamp, _ observations: inout [Observation]
  ) {
    guard let gpu = slots[index].gpu, gpu.isUnderstood, !gpu.isAPU, !slots[index].hasPower,
      !slots[index].saidMeter
    else { return }
    slots[index].saidMeter = true
    // The other die of a card is the same chip, next to it on the bus.
    let partner = slots.indices.last {
      slots[$0].hasPower && slots[$0].gpu?.card.model == gpu.card.model
        && cards.slots[$0].card.pci < gpu.card.pci
    }
    var text = "tells no power"
    if let partner {
      slots[index].gpu?.device.attributes["meter"] = cards.slots[partner].card.pci
      text = "second die of a card; its power is on the meter of GPU \(cards.slots[partner].label)"
    }
    observations.append(
      .event(Event(time: time, kind: .note, text: text, device: cards.slots[index].device)))
  }

  private mutating func listProcesses(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) {
    guard let seen = clients.look(at: clock.now) else { return }
    let queues = compute.look()
    for index in slots.indices where slots[index].gpu != nil {
      let joules = slots[index].gpu?.spent.take()
      let pci = cards.slots[index].card.pci
      let processes = KFDProcesses.merge(seen[pci]?.processes ?? [], queues[pci] ?? [:])
      // What was drawn before the first look cannot be charged to anyone.
      slots[index].roster.report(
        processes, joules: hasLooked ? joules : nil, at: clock.now, to: &observations)
    }
    hasLooked = true
  }
}

extension RAPLZone {
  /// Whether this user can read the energy of the processor's packages.
  static func isCounted(in context: SourceContext) -> Bool {
    guard let zones = try? all(in: context).zones else { return false }
    return zones.contains {
      $0.role == .processor && SystemFile.number($0.counterPath) != nil
    }
  }
}

extension AMDSource {
  /// The line of the catalogue: `amdgpu`.
  package static let entry = SourceEntry(
    "amdgpu", gives: "power, energy, activity, memory, heat and clocks of AMD GPUs",
    feeds: [.gpu, .process]
  ) { _, context in AMDSource(context.forPower) }
}
