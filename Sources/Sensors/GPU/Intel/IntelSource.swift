import Telemetry

/// Intel GPUs through the files of the i915 and xe drivers.
///
/// Graphics inside a processor are shown only while a process works on them, and never with energy
/// or power: that is in the processor's package.
struct IntelSource: DataSource {
  static let sourceName = "intel-gpu"

  let name = sourceName

  private struct Slot {
    var gpu: IntelGPU?
    var reporter: DeviceReporter?
    var roster: ProcessRoster
    /// Whether there is anything to be shown of it.
    var isShown = false
  }

  /// `PCI_VENDOR_ID_INTEL` of the kernel's `pci_ids.h`.
  private static let vendor = "0x8086"

  private let context: SourceContext
  private var cards: DRMCards
  private var slots: [Slot] = []
  private var clients: DRMClients
  private var hasLooked = false

  init(_ context: SourceContext) {
    self.context = context
    cards = DRMCards(context, vendor: Self.vendor)
    clients = DRMClients(context)
  }

  mutating func probe() -> Probe {
    let cards = DRMCard.all(vendor: Self.vendor, in: context)
    let integrated = cards.count { $0.pci.hasSuffix(IntelGPU.integratedAddress) }
    guard !cards.isEmpty else {
      let failure = Self.absence(context)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    let count = cards.count - integrated
    guard count > 0 else {
      return Probe(.ok, "graphics inside the processor, shown while processes work on them")
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
    let usages = clients.look(at: clock.now)
    for index in slots.indices { sample(index, usages, clock, &observations) }
    if usages != nil { hasLooked = true }
    if observations.isEmpty, let failure = cards.failure { throw failure }
    if slots.allSatisfy({ !$0.isShown && $0.gpu?.isIntegrated == true }) {
      throw SourceFailure(
        .absent, "no Intel GPU but that of the processor, which no process works on",
        remedy: "its power is in the processor's package")
    }
    return observations
  }

  private static func absence(_ context: SourceContext) -> SourceFailure {
    SourceFailure(
      .absent, "no Intel GPU: looked for vendor \(vendor) in \(context.path("/sys/class/drm"))",
      remedy: "load the driver with: sudo modprobe xe, or i915")
  }

  private mutating func sample(
    _ index: Int, _ usages: [String: DRMClients.Usage]?, _ clock: any SessionClock,
    _ observations: inout [Observation]
  ) {
    let slot = cards.slots[index]
    guard cards.isReadable(index, at: clock.now, &observations) else { return }
    var gpu = slots[index].gpu ?? IntelGPU(slot.card, index: index, context: context)
    let usage = usages?[slot.card.pci]
    let reading = gpu.read(clock, usage: usage)
    for note in gpu.notes {
      let event = Event(
        time: reading.time, kind: note.kind, text: note.text, device: slot.device,
        cause: .refused)
      observations.append(.event(event))
    }
    let isGone = cards.note(gpu.failure, of: index, at: clock.now, &observations)
    slots[index].gpu = isGone ? nil : gpu
    guard gpu.failure == nil else { return }
    slots[index].isShown = slots[index].isShown || !gpu.isIntegrated || usage?.busy != nil
    guard slots[index].isShown else { return }
    var reporter = slots[index].reporter ?? DeviceReporter(gpu.device)
    let interval = context.interval
    for reading in gpu.late + [reading] {
      reporter.report(reading, to: &observations) { gpu.provenance(of: $0, every: interval) }
    }
    slots[index].reporter = reporter
    guard usages != nil else { return }
    let joules = slots[index].gpu?.spent.take()
    // What was drawn before the first look cannot be charged to anyone.
    slots[index].roster.report(
      usage?.processes ?? [], joules: hasLooked ? joules : nil, at: clock.now, to: &observations)
  }
}

extension IntelSource {
  /// The line of the catalogue: `intel-gpu`.
  package static let entry = SourceEntry(
    "intel-gpu", gives: "energy, activity, memory, heat and clocks of Intel GPUs",
    feeds: [.gpu, .process]
  ) { _, context in IntelSource(context) }
}
