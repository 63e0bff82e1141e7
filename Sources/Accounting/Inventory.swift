import Telemetry

/// Which devices of a timeline count for what, so that no joule is counted twice.
public struct Inventory: Sendable {
  public var gpus: [Device] = []
  /// Parts of accelerators, such as MIG instances; what they hold is inside their accelerators.
  public var gpuParts: [Device] = []
  /// Processes on accelerators.
  public var processes: [Device] = []
  /// Processor packages; their cores are inside them and not listed.
  public var packages: [Device] = []
  /// Memory domains, which are outside the packages.
  public var memories: [Device] = []
  /// Whatever measures the whole machine: a meter at the plug, else the platform's own domain.
  public var whole: Device?
  public var host: Device?
  public var disks: [Device] = []
  public var interfaces: [Device] = []
  public var jobs: [Device] = []
  public var grid: Device?

  /// Sorts the devices of a timeline by what they are.
  ///
  /// `psys` contains the package and often more, so it stands for the whole machine where nothing
  /// better does, and is never added to its parts; so does the input of a board computer's `module`.
  /// Other board sensors overlap in ways nobody can know, so they are shown but not added.
  public init(_ timeline: Timeline) {
    var platform: Device?
    var boards: [Device] = []
    for device in timeline.devices {
      switch device.id.kind {
      case .gpu: gpus.append(device)
      case .gpuPart: gpuParts.append(device)
      case .process: processes.append(device)
      case .cpu where timeline.energySeries(of: device.id) == nil: break
      case .cpu where device.id.name.hasPrefix("package"): packages.append(device)
      case .cpu where device.id.name.hasPrefix("dram"): memories.append(device)
      case .cpu where device.id.name.hasPrefix("psys"): platform = device
      case .meter where device.id.name == "wall": whole = whole ?? device
      case .meter where device.id.name == "module": platform = platform ?? device
      case .meter where device.model == "power_meter": boards.append(device)
      case .host: host = host ?? device
      case .disk: disks.append(device)
      case .net: interfaces.append(device)
      case .job: jobs.append(device)
      case .grid: grid = grid ?? device
      default: break
      }
    }
    // One ACPI power meter measures the whole machine; of several nobody knows which does.
    whole = whole ?? (boards.count == 1 ? boards[0] : nil) ?? platform
  }

  /// The devices whose energies may be added up.
  public var parts: [Device] { gpus + packages + memories }

  /// Whether anything tells watts or joules at all.
  public var knowsPower: Bool { whole != nil || !parts.isEmpty }
}
