extension Device {
  /// The same device with what older recordings and streams leave to its name.
  ///
  /// Up to schema 1 of recordings and format 1 of streams no device said what it is: our own sources
  /// gave names by which it was known (`package-0`, `dram-0`, `psys`, `wall`, `module`), and a process
  /// or a part of an accelerator named that in an attribute.
  public func withFormerRole() -> Device {
    var device = self
    let name = id.name
    switch id.kind {
    case .cpu:
      device.role =
        name.hasPrefix("package")
        ? .processor
        : name.hasPrefix("dram") ? .memory : name.hasPrefix("psys") ? .platform : .processorPart
    case .meter:
      device.role =
        name == "wall" ? .machine : name == "module" ? .platform : .sensor
      if device.role == .platform { device.contents = DeviceRole.machine.contents }
    default: break
    }
    if parent == nil, id.kind == .process || id.kind == .gpuPart, let gpu = attributes["gpu"] {
      device.parent = DeviceID(machine: id.machine, kind: .gpu, name: gpu)
    }
    if id.kind == .process, attributes[ProcessFacts.Key.started.rawValue] == nil {
      // The name was the pid, when it began, and the accelerator: `4711.90210@GPU-…`.
      let parts = name.prefix { $0 != "@" }.split(separator: ".")
      if parts.count == 2 {
        device.attributes[ProcessFacts.Key.started.rawValue] = String(parts[1])
      }
    }
    return device
  }
}
