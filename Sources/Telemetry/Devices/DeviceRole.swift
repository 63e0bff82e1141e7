/// What a device is in the account of the machine's energy, as its source states it.
///
/// The account adds up devices by their roles, never by their names, so that no joule is counted
/// twice: the whole machine where something measures it, else the parts that no other part contains.
public enum DeviceRole: String, Sendable, Hashable, CaseIterable {
  /// The whole machine, measured by a meter at the plug or by its power supplies.
  case machine
  /// What the chip set counts for the board around the processor (RAPL psys): counts as the machine
  /// where nothing better is measured, together with what it does not contain, such as accelerators
  /// in slots. An input that feeds those as well says so by what it contains.
  case platform
  /// A module of processor and accelerator.
  case module
  /// An accelerator board.
  case accelerator
  /// A part of an accelerator that is used like one of its own.
  case acceleratorPart = "accelerator_part"
  /// A processor package with all that is in it.
  case processor
  /// A domain inside a processor package: cores, graphics.
  case processorPart = "processor_part"
  /// Memory outside the packages.
  case memory
  /// Any other part of the machine that none of the above contains.
  case component
  /// A sensor of which it is not known what it measures: shown, never added.
  case sensor
  /// A process, a job, a disk: reported, but without energy of its own to add.
  case user

  /// The role of a device of a kind that states none.
  ///
  /// A meter that does not say what it measures is only shown; a processor is taken for a whole
  /// package.
  public init(of kind: DeviceKind) {
    self =
      switch kind {
      case .gpu: .accelerator
      case .gpuPart: .acceleratorPart
      case .cpu: .processor
      case .process, .host, .disk, .net, .mount, .rdma, .controlGroup, .loader, .waiting, .job,
        .allocation, .grid, .site, .alert:
        .user
      default: .sensor
      }
  }

  /// What a device of this role contains on its machine unless it says otherwise.
  public var contents: Set<DeviceRole> {
    switch self {
    case .machine: Set(DeviceRole.allCases).subtracting([.machine, .user])
    case .platform: [.processor, .processorPart, .memory]
    case .module: [.accelerator, .acceleratorPart, .processor, .processorPart, .memory]
    case .accelerator: [.acceleratorPart]
    case .processor: [.processorPart]
    case .acceleratorPart, .processorPart, .memory, .component, .sensor, .user: []
    }
  }

  /// Whether it is a part whose energy may be added to that of other such parts.
  public var isPart: Bool {
    switch self {
    case .accelerator, .processor, .memory, .component: true
    default: false
    }
  }
}
