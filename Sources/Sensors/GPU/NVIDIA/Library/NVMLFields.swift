import CDrivers

/// A number that comes with all others of its GPU in one call, by its id in the driver's table.
///
/// Ids and units: `NVML_FI_*` of the NVML API reference.
enum NVMLField: Int, CaseIterable {
  // Read at every tick, however short it is.
  case energy, olderEnergy, instantPower
  // Read once a second: a mean over a second says nothing new earlier, and costs drivers
  // milliseconds where the power of the moment costs microseconds.
  case averagePower
  case limit, defaultLimit, memoryTemperature
  case heldByPower, heldByHeat, heldByBoard, heldByBrake
  case pcieSent, pcieReceived, nvlinkSent, nvlinkReceived
  case moduleAverage, moduleInstant

  var id: UInt32 {
    switch self {
    case .energy: 191
    case .olderEnergy: 83
    case .instantPower, .moduleInstant: 186
    case .averagePower, .moduleAverage: 185
    case .limit: 190
    case .defaultLimit: 189
    case .memoryTemperature: 82
    case .heldByPower: 74
    case .heldByHeat: 75
    case .heldByBoard: 77
    case .heldByBrake: 271
    case .pcieSent: 197
    case .pcieReceived: 198
    case .nvlinkSent: 138
    case .nvlinkReceived: 139
    }
  }

  /// What part the id speaks of: a module of processor and GPU is 1, the sum over links all ones.
  var scope: UInt32 {
    switch self {
    case .moduleAverage, .moduleInstant: 1
    case .nvlinkSent, .nvlinkReceived: .max
    default: 0
    }
  }

  /// Whether it counts the bytes of a link one by one.
  var isBytes: Bool { self == .pcieSent || self == .pcieReceived }

  /// Whether it is worth asking for many times a second.
  var isQuick: Bool { rawValue <= Self.instantPower.rawValue }

  /// In words, for a note that it may not be read.
  var words: String {
    switch self {
    case .energy, .olderEnergy: "energy"
    case .instantPower, .averagePower: "power"
    case .moduleAverage, .moduleInstant: "power of the module"
    case .limit, .defaultLimit: "power limit"
    case .memoryTemperature: "memory temperature"
    case .heldByPower, .heldByHeat, .heldByBoard, .heldByBrake: "time held back"
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
  /// The last id that drivers of the CUDA 11 years know.
  private static let lastOldID: UInt32 = 141

  private enum Standing { case untested, answered, refused }

  private var standing: [Standing]
  private var values: [UInt64?]
  private let entries: UnsafeMutablePointer<nvmlFieldValue_t>
  /// The fields of the request under way, in its order.
  private var request: [NVMLField] = []
  private var isFull = false
  /// The counters of bytes that are only 32 bits wide.
  private(set) var narrow: Set<NVMLField> = []

  /// Asks for nothing yet; `leavingOut` are fields this chip is known not to have.
  init(leavingOut: Set<NVMLField>) {
    standing = NVMLField.allCases.map { leavingOut.contains($0) ? .refused : .untested }
    values = NVMLField.allCases.map { _ in nil }
    entries = .allocate(capacity: NVMLField.allCases.count)
    entries.initialize(repeating: nvmlFieldValue_t(), count: NVMLField.allCases.count)
    compose(full: true)
  }

  deinit { entries.deallocate() }

  /// The answer of the last call; `nil` when there was none.
  subscript(field: NVMLField) -> UInt64? { values[field.rawValue] }

  /// Whether a field has ever been answered.
  func has(_ field: NVMLField) -> Bool { standing[field.rawValue] == .answered }

  /// Asks for all fields, or only for those that are worth asking for many times a second.
  func read(
    full: Bool, _ handle: nvmlDevice_t, _ library: NVMLLibrary, _ inquiry: inout NVMLInquiry
  ) {
    for index in values.indices { values[index] = nil }
    guard inquiry.mayAsk(.fields) else { return }
    guard let call = library.calls.fieldValues else {
      inquiry.refuse(.fields)
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
      giveUp(error, full: full, &inquiry)
      return
    }
    var hasChanged = false
    for (index, field) in request.enumerated() {
      hasChanged = take(entries[index], of: field, &inquiry) || hasChanged
    }
    if hasChanged { compose(full: full) }
  }

  /// Deals with a call that was refused as a whole.
  private func giveUp(_ error: NVMLError, full: Bool, _ inquiry: inout NVMLInquiry) {
    guard Int(error.code) == NVML_ERROR_INVALID_ARGUMENT, !standing.contains(.answered) else {
      inquiry.take(error, of: .fields)
      return
    }
    // A driver may refuse all for the sake of an id it does not know yet.
    let newer = request.filter { $0.id > Self.lastOldID }
    if newer.isEmpty { inquiry.refuse(.fields) }
    for field in newer { standing[field.rawValue] = .refused }
    compose(full: full)
  }

  /// Keeps one answer; says whether the field's standing has changed.
  private func take(
    _ entry: nvmlFieldValue_t, of field: NVMLField, _ inquiry: inout NVMLInquiry
  ) -> Bool {
    let before = standing[field.rawValue]
    // Its twin has been answered in this very call.
    if before == .refused { return false }
    guard let error = NVMLError(entry.nvmlReturn) else {
      guard let value = Self.number(entry) else { return false }
      values[field.rawValue] = value
      inquiry.answered()
      if before == .answered { return false }
      if Int(entry.valueType) == NVML_VALUE_TYPE_UNSIGNED_INT, field.isBytes {
        narrow.insert(field)
      }
      standing[field.rawValue] = .answered
      // Both ids count the same joules.
      if field == .energy { standing[NVMLField.olderEnergy.rawValue] = .refused }
      return true
    }
    if error.isLoss {
      inquiry.take(error)
    } else if before == .untested,
      error.isRefusal || Int(error.code) == NVML_ERROR_INVALID_ARGUMENT
    {
      standing[field.rawValue] = .refused
      if error.isDenial { inquiry.deny(field.words) }
      return true
    }
    return false
  }

  /// Writes down what to ask for from now on.
  private func compose(full: Bool) {
    isFull = full
    request = NVMLField.allCases.filter {
      standing[$0.rawValue] != .refused && (full || $0.isQuick)
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
