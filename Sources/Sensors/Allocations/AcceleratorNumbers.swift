import Linux
import Telemetry

/// Finds accelerators by the numbers and names that schedulers use.
struct AcceleratorNumbers {
  private let devices: [Device]
  private let cards: [Device]
  /// The PCI address by the minor number of `/dev/nvidiaN`.
  private let minors: [Int: String]

  /// Numbers of the accelerators that a session has.
  init(_ devices: [Device], in context: SourceContext) {
    self.devices = devices
    cards = devices.filter { $0.id.kind == .gpu && $0.id.machine == context.machine }
    minors = Self.minors(context)
  }

  /// `Device Minor: 3` of `/proc/driver/nvidia/gpus/0000:41:00.0/information`.
  private static func minors(_ context: SourceContext) -> [Int: String] {
    let folder = context.path("/proc/driver/nvidia/gpus")
    var minors: [Int: String] = [:]
    for name in SystemFile.names(in: folder, limit: 256) ?? [] {
      guard let text = SystemFile.text("\(folder)/\(name)/information") else { continue }
      for line in text.split(separator: "\n") where line.hasPrefix("Device Minor:") {
        let words = line.split(whereSeparator: \.isWhitespace)
        if let number = words.last.flatMap({ Int($0) }) { minors[number] = address(name) }
      }
    }
    return minors
  }

  /// A PCI address as all write it: small letters, four digits of the domain.
  private static func address(_ text: String) -> String {
    let parts = text.lowercased().split(separator: ":")
    guard parts.count == 3 else { return text.lowercased() }
    return "\(parts[0].suffix(4)):\(parts[1]):\(parts[2])"
  }

  /// The accelerators of these minor numbers; `nil` unless every one is found.
  func byMinor(_ numbers: [Int]) -> [String]? {
    let names = numbers.compactMap { number -> String? in
      guard let pci = minors[number] else { return nil }
      return cards.first { $0.attributes["pci"].map(Self.address) == pci }?.id.name
    }
    return names.count == numbers.count && !names.isEmpty ? names : nil
  }

  /// The accelerators that SLURM numbers so; `nil` where the numbers do not mean certain ones.
  ///
  /// SLURM counts by the minor number of the device file. Where nothing tells those, by the order of the
  /// driver; and a job that sees no more accelerators than it holds sees its own.
  func bySlurm(_ numbers: [Int]) -> [String]? {
    if let found = byMinor(numbers) { return found }
    if minors.isEmpty {
      let found = numbers.compactMap { number in
        cards.first { $0.attributes["index"] == "\(number)" || $0.label == "\(number)" }?.id.name
      }
      if found.count == numbers.count { return found }
    }
    return numbers.count == cards.count ? cards.map(\.id.name) : nil
  }

  /// The accelerator that a UUID means, or that the instance of that UUID is a part of.
  func byUUID(_ uuid: String) -> String? {
    guard
      let found = devices.first(where: { device in
        device.id.name == uuid || device.attributes["uuid"] == uuid
      })
    else { return nil }
    return card(found.id)
  }

  /// The accelerators of these UUIDs; `nil` unless every one is found.
  func byUUID(_ uuids: [String]) -> [String]? {
    var names: [String] = []
    for uuid in uuids {
      guard let name = byUUID(uuid) else { return nil }
      if !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? nil : names
  }

  /// The accelerator of a file in a mapping folder: `3`, `3.1` for an instance of it, or a UUID.
  func byMapping(_ name: String) -> String? {
    guard let number = name.split(separator: ".").first.flatMap({ Int($0) }) else {
      return byUUID(name)
    }
    return cards.first { $0.attributes["index"] == "\(number)" || $0.label == "\(number)" }?.id.name
  }

  /// The name of the accelerator that a device is, or is a part of.
  func card(_ id: DeviceID) -> String {
    guard id.kind != .gpu, let device = devices.first(where: { $0.id == id }) else {
      return id.name
    }
    return device.parent?.name ?? id.name
  }
}
