/// Finds accelerators that two sources read, so that only one of them counts: a pure state machine.
///
/// Two sources name one board differently, so it is known by its UUID, or by its place on the bus
/// of its machine. The one that has an energy counter counts, of two such the one that tells more
/// often, else the one that came first. The other goes on as a sensor, which is shown and not added.
public struct DeviceTwins: Sendable {
  private struct Known {
    var device: Device
    /// The source that describes its series.
    var source: String?
    /// The seconds between two values of its counter, and of its power.
    var energyPeriod: Double?
    var powerPeriod: Double?
    /// The device that counts instead of it.
    var other: DeviceID?

    /// What makes it the better one of two: lower comes first.
    var rank: (Int, Double) {
      if let energyPeriod { return (0, energyPeriod) }
      return powerPeriod.map { (1, $0) } ?? (2, 0)
    }
  }

  /// What a board is known by.
  private struct Identity: Hashable {
    var text: String
    /// The machine it holds for; `nil` where it holds anywhere.
    var machine: String?
  }

  private static let most = 4096

  private var known: [DeviceID: Known] = [:]
  /// The devices of an identity, in the order they were announced.
  private var groups: [Identity: [DeviceID]] = [:]

  /// A state in which no device has been announced.
  public init() {}

  /// Passes on observations, with the role of a sensor for accelerators that count elsewhere.
  ///
  /// Where that is found out later, the device is announced anew.
  public mutating func take(_ observations: [Observation]) -> [Observation] {
    guard observations.contains(where: Self.concerns) else { return observations }
    var result: [Observation] = []
    result.reserveCapacity(observations.count)
    var described: [DeviceID] = []
    for observation in observations {
      switch observation {
      case .device(let device) where Self.isAccelerator(device):
        result.append(.device(announce(device)))
      case .series(let series) where known[series.device] != nil:
        describe(series)
        if described.last != series.device { described.append(series.device) }
        result.append(observation)
      default: result.append(observation)
      }
    }
    // A source describes all that it tells at once.
    for device in described { settle(device, &result) }
    return result
  }

  private static func concerns(_ observation: Observation) -> Bool {
    switch observation {
    case .device(let device): isAccelerator(device)
    case .series(let series): series.device.kind == .gpu
    default: false
    }
  }

  private static func isAccelerator(_ device: Device) -> Bool {
    device.id.kind == .gpu && device.role == .accelerator
  }

  private mutating func announce(_ device: Device) -> Device {
    if known[device.id] == nil {
      guard known.count < Self.most else { return device }
      known[device.id] = Known(device: device)
    }
    known[device.id]?.device = device
    for identity in Self.identities(of: device)
    where groups[identity]?.contains(device.id) != true {
      groups[identity, default: []].append(device.id)
    }
    return known[device.id].map(Self.announced) ?? device
  }

  private mutating func describe(_ series: SeriesDescriptor) {
    known[series.device]?.source = series.provenance.source
    switch series.metric {
    case .energy: known[series.device]?.energyPeriod = series.provenance.period
    case .power: known[series.device]?.powerPeriod = series.provenance.period
    default: break
    }
  }

  /// Decides which of the devices that are the same board counts, and announces what that changes.
  private mutating func settle(_ id: DeviceID, _ result: inout [Observation]) {
    guard let device = known[id]?.device else { return }
    for identity in Self.identities(of: device) {
      let members = (groups[identity] ?? []).compactMap { known[$0] }
      guard members.count > 1, let first = members.first else { continue }
      let best = members.dropFirst().reduce(first) { $1.rank < $0.rank ? $1 : $0 }
      for member in members {
        let other = member.device.id == best.device.id ? nil : best.device.id
        // Boards of one source may share a number; only the UUID of a GPU is its own everywhere.
        // Who tells nothing yet may turn out to be the better one.
        guard member.other != other, let source = member.source, best.source != nil,
          other == nil || identity.machine == nil || source != best.source
        else { continue }
        known[member.device.id]?.other = other
        guard let changed = known[member.device.id] else { continue }
        result.append(.device(Self.announced(changed)))
      }
    }
  }

  /// A device as it is passed on.
  private static func announced(_ known: Known) -> Device {
    guard let other = known.other else { return known.device }
    var device = known.device
    device.role = .sensor
    device.attributes["counted as"] = other.name
    return device
  }

  /// What a board is known by: the UUID of an NVIDIA GPU anywhere, any other UUID and its place on
  /// the bus on its machine.
  private static func identities(of device: Device) -> [Identity] {
    let machine = device.id.machine
    var identities: [Identity] = []
    if let uuid = device.attributes["uuid"], !uuid.isEmpty {
      identities.append(Identity(text: uuid, machine: isUnique(uuid) ? nil : machine))
    } else if isUnique(device.id.name) {
      identities.append(Identity(text: device.id.name))
    }
    if let place = device.attributes["pci"].flatMap(place) {
      identities.append(Identity(text: "pci " + place, machine: machine))
    }
    return identities
  }

  /// Whether a text is `GPU-` and a UUID that somebody has drawn by lot.
  private static func isUnique(_ text: String) -> Bool {
    guard text.utf8.count == 40, text.hasPrefix("GPU-") else { return false }
    let digits = text.utf8.dropFirst(4).filter { $0 != UInt8(ascii: "-") }
    return digits.count == 32 && Set(digits).count > 4
      && digits.allSatisfy { digit in
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
      }
  }

  /// A place on the bus as the kernel writes it: NVML has eight digits for the domain, in capitals.
  private static func place(_ text: String) -> String? {
    let parts = text.lowercased().split(separator: ":")
    guard parts.count == 3 else { return nil }
    let domain = parts[0].drop { $0 == "0" }
    return "\(domain):\(parts[1]):\(parts[2])"
  }
}
