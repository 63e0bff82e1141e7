import Linux
import Telemetry

/// The PCI slots that hold or held a card of one vendor, with the state of each.
///
/// Looks for new ones now and then; says once that one sleeps, is lost, or is back. A sleeping
/// device is not to be read, since that would wake it.
struct DRMCards {
  /// A PCI slot that had a card at some time.
  struct Slot {
    var card: DRMCard
    /// What people call it: `0`.
    let label: String
    let device: DeviceID
    fileprivate var status: SystemFile
    fileprivate var isSuspended = false
    fileprivate var isGone = false
    fileprivate var fault: SystemError?

    fileprivate init(_ card: DRMCard, index: Int, in context: SourceContext) {
      self.card = card
      label = "\(index)"
      device = context.device(.gpu, card.pci)
      status = Self.status(card)
    }

    fileprivate static func status(_ card: DRMCard) -> SystemFile {
      SystemFile(card.device + "/power/runtime_status", capacity: 64)
    }
  }

  private static let period = 10.0
  private static let periodWhileLost = 2.0

  private let context: SourceContext
  private let vendor: String
  private var searched: Timestamp?
  private(set) var slots: [Slot] = []

  /// The slots of a PCI vendor, written as the kernel does: `0x1002`.
  init(_ context: SourceContext, vendor: String) {
    self.context = context
    self.vendor = vendor
  }

  /// Looks for cards, unless it did so lately.
  mutating func search(at time: Timestamp) {
    let period = slots.contains { $0.isGone } ? Self.periodWhileLost : Self.period
    if let searched, !slots.isEmpty, time - searched < period { return }
    searched = time
    for card in DRMCard.all(vendor: vendor, in: context) {
      guard let index = slots.firstIndex(where: { $0.card.pci == card.pci }) else {
        slots.append(Slot(card, index: slots.count, in: context))
        continue
      }
      guard slots[index].isGone else { continue }
      slots[index].card = card
      slots[index].status = Slot.status(card)
      slots[index].isGone = false
    }
  }

  /// Whether there is a card that is awake; tells when it falls asleep or wakes.
  mutating func isReadable(
    _ index: Int, at time: Timestamp, _ observations: inout [Observation]
  ) -> Bool {
    guard !slots[index].isGone else { return false }
    let isSuspended = ((try? slots[index].status.readPage { $0.skip("suspended") }) ?? false)
    if isSuspended != slots[index].isSuspended {
      slots[index].isSuspended = isSuspended
      let event = Event(
        time: time, kind: isSuspended ? .gap : .note,
        text: isSuspended ? "sleeps; it is left asleep and not read" : "awake again",
        device: slots[index].device, cause: isSuspended ? .asleep : .recovered)
      observations.append(.event(event))
    }
    return !isSuspended
  }

  /// Records whether a card could be read and reports a change.
  ///
  /// Returns whether the card itself is gone.
  mutating func note(
    _ fault: SystemError?, of index: Int, at time: Timestamp,
    _ observations: inout [Observation]
  ) -> Bool {
    let isGone = fault != nil && !SystemFile.exists(slots[index].card.device)
    let device = slots[index].device
    switch (slots[index].fault, fault) {
    case (nil, let fault?):
      let event = Event(
        time: time, kind: .gap, text: fault.words, device: device,
        cause: isGone ? .lost : fault.isDenied ? .denied : .failed)
      observations.append(.event(event))
    case (_?, nil):
      let event = Event(
        time: time, kind: .note, text: "answers again", device: device, cause: .recovered)
      observations.append(.event(event))
    default: break
    }
    slots[index].fault = fault
    slots[index].isGone = isGone
    return isGone
  }

  /// The failure of a source none of whose cards can be read.
  var failure: SourceFailure? {
    guard let slot = slots.first(where: { $0.fault != nil }), let fault = slot.fault else {
      return nil
    }
    return SourceFailure(fault.health, "GPU \(slot.label): \(fault.words)")
  }
}
