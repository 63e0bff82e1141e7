import CDrivers

/// A number that comes with all others of its GPU in one call, by its id in the driver's table.
///
/// Ids and units: `NVML_FI_*` of the NVML API reference.
enum NVMLField: Int, CaseIterable {
  // Read at every tick, however short it is.
  case energy, totalEnergyConsumption, instantPower
  // Read once a second: a mean over a second says nothing new earlier, and costs drivers
  // milliseconds where the power of the moment costs microseconds.
  case averagePower
  case limit, defaultLimit, memoryTemperature
  case perfPolicyPower, perfPolicyThermal, perfPolicyBoardLimit, hwPowerBrakeSlowdown
  case pcieSent, pcieReceived, nvlinkSent, nvlinkReceived
  case moduleAverage, moduleInstant

  /// The first driver branch in which id 271 is the time of the hardware power brake.
  ///
  /// Branch 575 answers that id with a ramp rate of power smoothing instead.
  static let powerBrakeBranch = 580

  var id: UInt32 {
    let id =
      switch self {
      case .energy: NVML_FI_DEV_ENERGY
      case .totalEnergyConsumption: NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION
      case .instantPower, .moduleInstant: NVML_FI_DEV_POWER_INSTANT
      case .averagePower, .moduleAverage: NVML_FI_DEV_POWER_AVERAGE
      case .limit: NVML_FI_DEV_POWER_CURRENT_LIMIT
      case .defaultLimit: NVML_FI_DEV_POWER_DEFAULT_LIMIT
      case .memoryTemperature: NVML_FI_DEV_MEMORY_TEMP
      case .perfPolicyPower: NVML_FI_DEV_PERF_POLICY_POWER
      case .perfPolicyThermal: NVML_FI_DEV_PERF_POLICY_THERMAL
      case .perfPolicyBoardLimit: NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT
      case .hwPowerBrakeSlowdown: NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN
      case .pcieSent: NVML_FI_DEV_PCIE_COUNT_TX_BYTES
      case .pcieReceived: NVML_FI_DEV_PCIE_COUNT_RX_BYTES
      case .nvlinkSent: NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX
      case .nvlinkReceived: NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_RX
      }
    return UInt32(id)
  }

  /// The scope of the field: the GPU, the module of CPU and GPU, or the sum over all NVLinks.
  var scope: UInt32 {
    switch self {
    case .moduleAverage, .moduleInstant: UInt32(NVML_POWER_SCOPE_MODULE)
    case .nvlinkSent, .nvlinkReceived: Self.allLinks
    default: UInt32(NVML_POWER_SCOPE_GPU)
    }
  }

  /// The scope of the NVLink fields that stands for all links together: `UINT_MAX`.
  private static let allLinks = UInt32.max

  /// Whether it counts the bytes of a link one by one.
  var isBytes: Bool { self == .pcieSent || self == .pcieReceived }

  /// Whether it is worth asking for many times a second.
  var isQuick: Bool { rawValue <= Self.instantPower.rawValue }

  /// In words, for a note that it may not be read.
  var words: String {
    switch self {
    case .energy, .totalEnergyConsumption: "energy"
    case .instantPower, .averagePower: "power"
    case .moduleAverage, .moduleInstant: "power of the module"
    case .limit, .defaultLimit: "power limit"
    case .memoryTemperature: "memory temperature"
    case .perfPolicyPower, .perfPolicyThermal, .perfPolicyBoardLimit, .hwPowerBrakeSlowdown:
      "time held back"
    case .pcieSent, .pcieReceived: "PCIe traffic"
    case .nvlinkSent, .nvlinkReceived: "NVLink traffic"
    }
  }
}

/// One call that asks a GPU for many numbers at once.
///
/// The table of ids grows with every driver, so each id is tested once and, if it is not answered,
/// not asked for again. A number that has been answered before stays: later errors pass.
final class NVMLFields {
  /// Ids above this one may make an old driver refuse the whole call.
  private static let lastOldID = UInt32(NVML_FI_DEV_NVLINK_THROUGHPUT_RAW_RX)

  private enum Support { case untested, answered, refused }

  private var support: [Support]
  private var values: [UInt64?]
  private let entries: UnsafeMutablePointer<nvmlFieldValue_t>
  /// The fields of the request under way, in its order.
  private var request: [NVMLField] = []
  private var isFull = false
  /// The counters of bytes that are only 32 bits wide.
  private(set) var narrow: Set<NVMLField> = []

  /// Asks for nothing yet; `leavingOut` are fields this chip is known not to have.
  init(leavingOut: Set<NVMLField>) {
    support = NVMLField.allCases.map { leavingOut.contains($0) ? .refused : .untested }
    values = NVMLField.allCases.map { _ in nil }
    entries = .allocate(capacity: NVMLField.allCases.count)
    entries.initialize(repeating: nvmlFieldValue_t(), count: NVMLField.allCases.count)
    compose(full: true)
  }

  deinit { entries.deallocate() }

  /// The answer of the last call; `nil` when there was none.
  subscript(field: NVMLField) -> UInt64? { values[field.rawValue] }

  /// Whether a field has ever been answered.
  func has(_ field: NVMLField) -> Bool { support[field.rawValue] == .answered }

  /// Asks for all fields, or only for those that are worth asking for many times a second.
  func read(
    full: Bool, _ handle: nvmlDevice_t, _ library: NVMLLibrary, _ query: inout NVMLQuery
  ) {
    for index in values.indices { values[index] = nil }
    guard query.mayAsk(.fields) else { return }
    guard let call = library.calls.fieldValues else {
      query.refuse(.fields)
      return
    }
    if full != isFull { compose(full: full) }
    guard !request.isEmpty else { return }
    for (index, field) in request.enumerated() {
      entries[index].fieldId = field.id
      entries[index].scopeId = field.scope
      entries[index].nvmlReturn = nvmlReturn_t(NVML_ERROR_UNKNOWN)
    }
    if let error = NVMLError(call(handle, Int32(request.count), entries)) {
      giveUp(error, full: full, &query)
      return
    }
    var hasChanged = false
    for (index, field) in request.enumerated() {
      hasChanged = take(entries[index], of: field, &query) || hasChanged
    }
    if hasChanged { compose(full: full) }
  }

  /// Deals with a call that was refused as a whole.
  private func giveUp(_ error: NVMLError, full: Bool, _ query: inout NVMLQuery) {
    guard Int(error.code) == NVML_ERROR_INVALID_ARGUMENT, !support.contains(.answered) else {
      query.take(error, of: .fields)
      return
    }
    // A driver may refuse all for the sake of an id it does not know yet.
    let newer = request.filter { $0.id > Self.lastOldID }
    if newer.isEmpty { query.refuse(.fields) }
    for field in newer { support[field.rawValue] = .refused }
    compose(full: full)
  }

  /// Keeps one answer; says whether the field's support has changed.
  private func take(
    _ entry: nvmlFieldValue_t, of field: NVMLField, _ query: inout NVMLQuery
  ) -> Bool {
    let before = support[field.rawValue]
    // Its twin has been answered in this very call.
    if before == .refused { return false }
    guard let error = NVMLError(entry.nvmlReturn) else {
      guard let value = Self.number(entry) else { return false }
      values[field.rawValue] = value
      query.answered()
      if before == .answered { return false }
      if Int(entry.valueType) == NVML_VALUE_TYPE_UNSIGNED_INT, field.isBytes {
        narrow.insert(field)
      }
      support[field.rawValue] = .answered
      // Both ids count the same joules.
      if field == .energy { support[NVMLField.totalEnergyConsumption.rawValue] = .refused }
      return true
    }
    if error.isLoss {
      query.take(error)
    } else if before == .untested,
      error.isRefusal || Int(error.code) == NVML_ERROR_INVALID_ARGUMENT
    {
      support[field.rawValue] = .refused
      if error.isDenial { query.deny(field.words) }
      return true
    }
    return false
  }

  /// Writes down what to ask for from now on.
  private func compose(full: Bool) {
    isFull = full
    request = NVMLField.allCases.filter {
      support[$0.rawValue] != .refused && (full || $0.isQuick)
    }
  }

  /// The value as a whole number; `nil` when it is none, or below zero.
  private static func number(_ entry: nvmlFieldValue_t) -> UInt64? {
    let value = entry.value
    return switch Int(entry.valueType) {
    case NVML_VALUE_TYPE_DOUBLE:
      value.d.isFinite && value.d > -0.5 && value.d < 1.8e19 ? UInt64(value.d.rounded()) : nil
    case NVML_VALUE_TYPE_UNSIGNED_INT: UInt64(value.ui)
    case NVML_VALUE_TYPE_UNSIGNED_LONG, NVML_VALUE_TYPE_UNSIGNED_LONG_LONG: value.ull
    case NVML_VALUE_TYPE_SIGNED_LONG_LONG: UInt64(exactly: value.sll)
    case NVML_VALUE_TYPE_SIGNED_INT: UInt64(exactly: value.si)
    case NVML_VALUE_TYPE_UNSIGNED_SHORT: UInt64(value.us)
    default: nil
    }
  }
}
