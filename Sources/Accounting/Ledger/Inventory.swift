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
  /// The meters of each machine, in the order the machines were announced.
  public var machines: [MachineMeters] = []
  /// The machine as its operating system sees it; the first one announced.
  public var host: Device?
  /// The disks, which have no energy of their own.
  public var disks: [Device] = []
  /// The network interfaces, which have no energy of their own.
  public var interfaces: [Device] = []
  /// The training and serving jobs, in the order they were found.
  public var jobs: [Device] = []
  /// The electricity grid that feeds the machine: the one whose intervals are told, else the first.
  public var grid: Device?

  /// Sorts the devices of a timeline by what they are.
  ///
  /// What a device counts for is its role, which its source states. A device whose parent is a part
  /// that is counted is not counted itself.
  public init(_ timeline: Timeline) {
    for device in timeline.devices {
      measure(device, timeline)
      switch device.id.kind {
      case .gpuPart: gpuParts.append(device)
      case .process: processes.append(device)
      case .host: host = host ?? device
      case .disk: disks.append(device)
      case .net: interfaces.append(device)
      case .job: jobs.append(device)
      default: break
      }
    }
    nameMachines()
    let course = GridCourse(timeline)
    grid = course.live ?? course.held ?? timeline.devices.first { $0.id.kind == .grid }
    for index in machines.indices {
      // A meter at the plug sees more than the chip set does.
      machines[index].wholes.sort { $0.role == .machine && $1.role != .machine }
    }
  }

  /// Puts the machine's name before the numbers of accelerators, where several machines have some.
  private mutating func nameMachines() {
    guard Set(gpus.map(\.id.machine)).count > 1 else { return }
    for place in gpus.indices {
      let machine = gpus[place].id.machine
      // The first part of a name in the network tells machines apart, unless it is an address.
      let host = machine.split(separator: "@").last ?? ""
      let short = host.first?.isLetter == true ? host.prefix { $0 != "." } : host
      gpus[place].label = "\(short):\(gpus[place].label)"
    }
  }

  private mutating func measure(_ device: Device, _ timeline: Timeline) {
    // An accelerator is listed even without energy; any other part only with it.
    guard device.role == .accelerator || timeline.energySeries(of: device.id) != nil else { return }
    let isInside = device.parent.flatMap { timeline.device($0) }.map { $0.role.isPart } ?? false
    guard !isInside else { return }
    switch device.role {
    case .accelerator: gpus.append(device)
    case .processor: packages.append(device)
    case .memory: memories.append(device)
    case .component: components.append(device)
    case .machine, .platform: break
    case .module, .acceleratorPart, .processorPart, .sensor, .user: return
    }
    let index =
      machines.firstIndex { $0.machine == device.id.machine } ?? machines.endIndex
    if index == machines.endIndex { machines.append(MachineMeters(device.id.machine)) }
    if device.role.isPart {
      machines[index].parts.append(device)
    } else {
      machines[index].wholes.append(device)
    }
  }

  /// The devices whose energies may be added up.
  public var parts: [Device] { gpus + packages + memories + components }

  /// Whether any device reports watts or joules.
  public var knowsPower: Bool { machines.contains { !$0.wholes.isEmpty || !$0.parts.isEmpty } }
}
