/// What sort of thing is measured; also the name of its table in a recording.
///
/// Lower-case letters and underscores. The list is open: a source may bring a kind of its own.
public struct DeviceKind: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The kind as recordings and JSON lines spell it, such as `gpu_part`.
  public let name: String

  /// A kind by its spelling, which may be one that is not declared here.
  public init(_ name: String) { self.name = name }
  /// A kind written as a literal: `"gpu"`.
  public init(stringLiteral name: String) { self.name = name }

  /// An accelerator.
  public static let gpu: DeviceKind = "gpu"
  /// A part of an accelerator that is used like one of its own, such as a MIG instance.
  public static let gpuPart: DeviceKind = "gpu_part"
  /// A process on an accelerator; its attributes are those of `ProcessFacts`.
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
  /// A file system whose files are on another machine, such as an NFS or a Lustre mount.
  public static let mount: DeviceKind = "mount"
  /// A port of an adapter that moves bytes past the kernel (InfiniBand, RoCE).
  public static let rdma: DeviceKind = "rdma"
  /// A control group of the kernel that holds a job's processes.
  public static let controlGroup: DeviceKind = "cgroup"
  /// What feeds a job with data: a trainer's process and its loader workers.
  public static let loader: DeviceKind = "loader"
  /// What an accelerator's time and energy were for, as this program decides it.
  public static let waiting: DeviceKind = "waiting"
  /// A training or serving job; its attributes are those of `JobFacts`.
  public static let job: DeviceKind = "job"
  /// A scheduler's job and what it holds; its attributes are those of `AllocationFacts`.
  public static let allocation: DeviceKind = "allocation"
  /// An alert that the user asked for, by its name; it belongs to no machine.
  public static let alert: DeviceKind = "alert"
  /// The electricity grid that feeds the machine.
  public static let grid: DeviceKind = "grid"
  /// The building that the machine stands in, with sun, battery and connection of its own.
  public static let site: DeviceKind = "site"

  /// The most that one device of the kind can draw, in watts, where nothing tells its own limit.
  ///
  /// A board or a package stays below 4 kW in 2026; what a meter is at may be a small data centre.
  var mostPower: Double {
    switch self {
    case .gpu, .gpuPart, .process, .cpu: 4000
    default: 1e6
    }
  }
}
