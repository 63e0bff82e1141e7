import CDrivers
import Telemetry

/// One NVIDIA card: what is known of it for good, and what it was found unable to tell.
struct NVMLDevice {
  let handle: NVMLDeviceHandle
  let index: UInt32
  let device: Device
  /// Whether its power is the mean of the last second rather than an instantaneous value.
  let isPowerMean: Bool
  /// What it will never tell; not asked again.
  var unsupported: Set<Number> = []
  /// The enforced limit in milliwatts and when it was asked for; it seldom changes.
  var limit: (milliwatts: UInt32, time: Timestamp)?
  /// Why it is out of reach, if it is; not asked again before NVML is started afresh.
  var loss: NVMLFailure?
  /// The last code that was neither success nor a standing refusal.
  var trouble: NVMLFailure?
  /// What is worth a word and was not said yet.
  var remarks: [String] = []

  /// A number that one call gives.
  enum Number: Hashable {
    case power, energy, limit, utilization, memoryV2, memory, temperature, smClock, memoryClock
    case reasons
  }

  /// Asks for the facts that never change.
  /// - Throws: `NVMLFailure` when the card has no handle, such as when it is lost.
  init(
    _ index: UInt32, in library: NVMLLibrary, driver: String?, context: SourceContext
  ) throws(NVMLFailure) {
    guard let call = library.handle else {
      throw NVMLFailure(NVMLFailure.functionNotFound)
    }
    var found: NVMLDeviceHandle?
    let code = call.function(index, &found)
    guard code == 0, let handle = found else {
      throw NVMLFailure(code == 0 ? NVMLFailure.notFound : code)
    }
    self.handle = handle
    self.index = index
    let model = library.name.flatMap { call in
      NVMLLibrary.text(96) { call.function(handle, $0, $1) }
    }
    let uuid = library.uuid.flatMap { call in
      NVMLLibrary.text(96) { call.function(handle, $0, $1) }
    }
    let bus = Self.bus(handle, library)
    var generation: UInt32 = NVML_ARCHITECTURE_UNKNOWN
    if let call = library.architecture, call.function(handle, &generation) != 0 {
      generation = NVML_ARCHITECTURE_UNKNOWN
    }
    isPowerMean = Self.isPowerMean(architecture: generation, model: model ?? "")
    var attributes = ["index": "\(index)"]
    attributes["uuid"] = uuid
    attributes["pci"] = bus
    attributes["driver"] = driver
    device = Device(
      id: context.device(.gpu, uuid ?? bus ?? "nvidia-\(index)"), label: "\(index)",
      model: model ?? "NVIDIA GPU", attributes: attributes)
  }

  /// Whether `nvmlDeviceGetPowerUsage` is the mean of the last second.
  ///
  /// So it is on Ampere and newer but for GA100, says the NVML API reference; GA100 is sold under
  /// a few names and shares its architecture number with cards that do average.
  static func isPowerMean(architecture: UInt32, model: String) -> Bool {
    guard architecture != NVML_ARCHITECTURE_UNKNOWN, architecture >= NVML_ARCHITECTURE_AMPERE
    else { return false }
    if architecture > NVML_ARCHITECTURE_AMPERE { return true }
    let names: Set<Substring> = ["A100", "A100X", "A800", "A30", "A30X", "170HX", "PG506"]
    return names.isDisjoint(with: model.split { $0 == " " || $0 == "-" })
  }

  private static func bus(_ handle: NVMLDeviceHandle, _ library: NVMLLibrary) -> String? {
    guard let call = library.pci else { return nil }
    var info = NVMLPciInfo()
    guard call.function(handle, &info) == 0 else { return nil }
    let isLong = call.name.hasSuffix("_v3")
    let text = withUnsafeBytes(of: &info) { bytes in
      // The older layouts have something else where the long name stands.
      let field = isLong ? bytes[36..<68] : bytes[0..<16]
      return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
    return text.isEmpty ? nil : text
  }
}
