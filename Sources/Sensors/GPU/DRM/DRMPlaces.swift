import Linux
import Telemetry

/// The places on the bus where cards of one vendor are or were, and how each of them is doing.
///
/// Looks for new ones now and then; says once that one sleeps, is lost, or is back. A sleeping
/// device is not to be read, since that would wake it.
struct DRMPlaces {
  /// A place on the bus that had a card at some time.
  struct Place {
    var card: DRMCard
    /// What people call it: `0`.
    let label: String
    let device: DeviceID
    fileprivate var status: SystemFile
    fileprivate var isAsleep = false
    fileprivate var isGone = false
    fileprivate var trouble: SystemError?

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
  private(set) var places: [Place] = []

  /// The places of a PCI vendor, written as the kernel does: `0x1002`.
  init(_ context: SourceContext, vendor: String) {
    self.context = context
    self.vendor = vendor
  }

  /// Looks for cards, unless it did so lately.
  mutating func search(at time: Timestamp) {
    let period = places.contains { $0.isGone } ? Self.periodWhileLost : Self.period
    if let searched, !places.isEmpty, time - searched < period { return }
    searched = time
    for card in DRMCard.all(vendor: vendor, in: context) {
      guard let index = places.firstIndex(where: { $0.card.pci == card.pci }) else {
        places.append(Place(card, index: places.count, in: context))
        continue
      }
      guard places[index].isGone else { continue }
      places[index].card = card
      places[index].status = Place.status(card)
      places[index].isGone = false
    }
  }

  /// Whether there is a card that is awake; tells when it falls asleep or wakes.
  mutating func isReadable(
    _ index: Int, at time: Timestamp, _ observations: inout [Observation]
  ) -> Bool {
    guard !places[index].isGone else { return false }
    let isAsleep = ((try? places[index].status.readPage { $0.skip("suspended") }) ?? false)
    if isAsleep != places[index].isAsleep {
      places[index].isAsleep = isAsleep
      let event = Event(
        time: time, kind: isAsleep ? .gap : .note,
        text: isAsleep ? "sleeps; it is left asleep and not read" : "awake again",
        device: places[index].device, cause: isAsleep ? .asleep : .recovered)
      observations.append(.event(event))
    }
    return !isAsleep
  }

  /// Takes down that a card could or could not be read, and tells of a change.
  ///
  /// Returns whether the card itself is gone.
  mutating func note(
    _ trouble: SystemError?, of index: Int, at time: Timestamp,
    _ observations: inout [Observation]
  ) -> Bool {
    let isGone = trouble != nil && !SystemFile.exists(places[index].card.device)
    let device = places[index].device
    switch (places[index].trouble, trouble) {
    case (nil, let trouble?):
      let event = Event(
        time: time, kind: .gap, text: trouble.words, device: device,
        cause: isGone ? .lost : trouble.isDenied ? .denied : .failed)
      observations.append(.event(event))
    case (_?, nil):
      let event = Event(
        time: time, kind: .note, text: "answers again", device: device, cause: .recovered)
      observations.append(.event(event))
    default: break
    }
    places[index].trouble = trouble
    places[index].isGone = isGone
    return isGone
  }

  /// The failure of a source none of whose cards can be read.
  var failure: SourceFailure? {
    guard let place = places.first(where: { $0.trouble != nil }), let trouble = place.trouble else {
      return nil
    }
    return SourceFailure(trouble.health, "GPU \(place.label): \(trouble.words)")
  }
}
