import Telemetry

/// Which devices of a timeline count for what, so that no joule is counted twice.
public struct Inventory: Sendable {
  /// The accelerators, whether or not they report their energy.
  public var gpus: [Device] = []
  /// Parts of accelerators, such as MIG instances; their energy is inside that of their
  /// accelerators.
  public var gpuParts: [Device] = []
  /// Processes on accelerators.
  public var processes: [Device] = []
  /// Processor packages; their cores are inside them and not listed.
  public var packages: [Device] = []
  /// Memory domains, which are outside the packages.
  public var memories: [Device] = []
  /// Other parts of the machine that none of the above contains.
  public var components: [Device] = []
  /// Whatever measures the whole machine: a meter at the plug, else the platform's own domain.
  public var whole: Device?
  /// The machine as its operating system sees it; the first one announced.
  public var host: Device?
  /// The disks, which have no energy of their own.
  public var disks: [Device] = []
  /// The network interfaces, which have no energy of their own.
  public var interfaces: [Device] = []
  /// The training and serving jobs, in the order they were found.
  public var jobs: [Device] = []
  /// The electricity grid that feeds the machine; the first one announced.
  public var grid: Device?

  /// Sorts the devices of a timeline by what they are.
  ///
  /// What a device counts for is its role, which its source states. A device whose parent is a part
  /// that is counted is not counted itself.
  public init(_ timeline: Timeline) {
    var platform: Device?
    for device in timeline.devices {
      measure(device, timeline, &platform)
      switch device.id.kind {
      case .gpuPart: gpuParts.append(device)
      case .process: processes.append(device)
      case .host: host = host ?? device
      case .disk: disks.append(device)
      case .net: interfaces.append(device)
      case .job: jobs.append(device)
      case .grid: grid = grid ?? device
      default: break
      }
    }
    whole = whole ?? platform
  }

  private mutating func measure(
    _ device: Device, _ timeline: Timeline, _ platform: inout Device?
  ) {
    // An accelerator is listed even without energy; any other part only with it.
    guard device.role == .accelerator || timeline.energySeries(of: device.id) != nil else { return }
    let isInside = device.parent.flatMap { timeline.device($0) }.map { $0.role.isPart } ?? false
    guard !isInside else { return }
    switch device.role {
    case .accelerator: gpus.append(device)
    case .processor: packages.append(device)
    case .memory: memories.append(device)
    case .component: components.append(device)
    case .machine: whole = whole ?? device
    case .platform: platform = platform ?? device
    case .module, .acceleratorPart, .processorPart, .sensor, .user: break
    }
  }

  /// The devices whose energies may be added up.
  public var parts: [Device] { gpus + packages + memories + components }

  /// Whether any device reports watts or joules.
  public var knowsPower: Bool { whole != nil || !parts.isEmpty }
}
