extension Device {
  /// The attribute of an accelerator on a processor's die, whose power is in the processor's package.
  package static let integratedKey = "integrated"

  /// The attribute that names the program by whose word alone a device's power is known.
  package static let tellerKey = "told_by"

  /// The program by whose word alone the device's power is known, such as a tracker; `nil` where a
  /// source reads the device itself.
  public var teller: String? { attributes[Self.tellerKey] }
}

/// Sees to it that an accelerator of which two programs tell the watts is counted once.
///
/// What a source reads itself counts before what a tracker or a server says of the same machine, and
/// of two trackers the first. Only two UUIDs show that two are not the same; without them what is
/// told second is shown and not added.
public struct SecondHandDevices: Sendable {
  private var accelerators: [DeviceID: Device] = [:]
  private var order: [DeviceID] = []
  private var metered: Set<DeviceID> = []
  private var demoted: Set<DeviceID> = []

  /// Nothing heard yet.
  public init() {}

  /// Takes in what was said, and answers with the devices that turn out to be told of twice, as mere
  /// sensors.
  public mutating func demotions(after observations: [Observation]) -> [Observation] {
    var hasNews = false
    for observation in observations {
      switch observation {
      case .device(let device) where device.id.kind == .gpu && device.role == .accelerator:
        if accelerators.updateValue(device, forKey: device.id) == nil { order.append(device.id) }
        // Announced anew, it would count again.
        demoted.remove(device.id)
        hasNews = true
      case .series(let series)
      where series.device.kind == .gpu && (series.metric == .power || series.metric == .energy):
        if metered.insert(series.device).inserted { hasNews = true }
      default: break
      }
    }
    guard hasNews else { return [] }
    var result: [Observation] = []
    for id in order where !demoted.contains(id) {
      guard var device = accelerators[id], device.teller != nil, metered.contains(id),
        isToldOtherwise(device)
      else { continue }
      demoted.insert(id)
      device.role = .sensor
      result.append(.device(device))
    }
    return result
  }

  private func isToldOtherwise(_ device: Device) -> Bool {
    for id in order where id != device.id && id.machine == device.id.machine {
      guard let other = accelerators[id], metered.contains(id), !demoted.contains(id),
        other.teller != device.teller
      else { continue }
      if let uuid = Self.uuid(device), let another = Self.uuid(other), uuid != another { continue }
      if other.teller == nil { return true }
      // Of two that only tell, the first counts.
      if let first = order.first(where: { $0 == id || $0 == device.id }), first == id {
        return true
      }
    }
    return false
  }

  private static func uuid(_ device: Device) -> String? {
    if let uuid = device.attributes["uuid"] { return uuid }
    return device.id.name.hasPrefix("GPU-") ? device.id.name : nil
  }
}
