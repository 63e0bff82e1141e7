/// What sort of thing is measured; also the name of its table in a recording.
///
/// Lower-case letters and underscores. The list is open: a source may bring a kind of its own.
public struct DeviceKind: Hashable, Sendable, Codable, ExpressibleByStringLiteral {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  /// An accelerator.
  public static let gpu: DeviceKind = "gpu"
  /// A part of an accelerator that is used like one of its own, such as a MIG instance.
  ///
  /// What it holds is inside its accelerator, which its attribute `gpu` names.
  public static let gpuPart: DeviceKind = "gpu_part"
  /// A process on an accelerator.
  ///
  /// Attributes: `pid`, `gpu` (the accelerator's name), and where known `user`, `command`,
  /// `container` and `job`.
  public static let process: DeviceKind = "process"
  /// A RAPL or comparable energy domain of the processor: package, core, dram, psys.
  public static let cpu: DeviceKind = "cpu"
  /// A power sensor of the board, the supply or a meter at the plug.
  public static let meter: DeviceKind = "meter"
  /// The machine as its operating system sees it.
  public static let host: DeviceKind = "host"
  /// A whole disk.
  public static let disk: DeviceKind = "disk"
  /// A network interface.
  public static let net: DeviceKind = "net"
  /// A training or serving job.
  public static let job: DeviceKind = "job"
  /// The electricity grid that feeds the machine.
  public static let grid: DeviceKind = "grid"
}

/// The name of one thing that is measured, unique over all machines of a timeline.
public struct DeviceID: Hashable, Sendable, Codable {
  /// The machine's name; empty for things that belong to no machine, such as a grid.
  public var machine: String
  public var kind: DeviceKind
  /// Stable within machine and kind: a UUID, a kernel name, an ISO country code.
  public var name: String

  public init(machine: String, kind: DeviceKind, name: String) {
    self.machine = machine
    self.kind = kind
    self.name = name
  }
}

/// What is known of a device once and for all.
public struct Device: Hashable, Sendable, Codable {
  public var id: DeviceID
  /// What people call it: `0`, `nvme0n1`, `package-0`.
  public var label: String
  /// The product or longer name, such as `NVIDIA H100 80GB HBM3`; may be empty.
  public var model: String
  /// Further facts, such as `driver` or `uuid`, for the provenance view.
  public var attributes: [String: String]

  public init(id: DeviceID, label: String, model: String = "", attributes: [String: String] = [:]) {
    self.id = id
    self.label = label
    self.model = model
    self.attributes = attributes
  }
}
