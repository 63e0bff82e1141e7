import CDrivers
import Telemetry

/// What never changes about a GPU: read once, when its handle is opened.
struct NVMLIdentity: Hashable {
  let device: Device
  /// Whether power is a mean over the last second rather than a momentary value.
  let averagesPower: Bool
  /// Whether the driver tells which chip it is.
  let isKnownChip: Bool
  /// Whether its power at a moment is that of a part of the time only.
  let samplesPartly: Bool
  /// Whether it is one module with its processor: GH200, GB200 and the like.
  let isModule: Bool
  /// The PCI address as the driver writes it.
  let busID: String?
  /// Whether GPM is available, as found when the GPU was opened.
  let gpm: NVMLGPM.Availability

  /// Asks for everything that never changes; what the driver does not tell is left out.
  init(
    _ handle: nvmlDevice_t, index: UInt32, library: NVMLLibrary, context: SourceContext,
    gpm: NVMLGPM.Availability, isMIGEnabled: Bool
  ) {
    let uuid = NVMLLibrary.text(Int(NVML_DEVICE_UUID_BUFFER_SIZE)) { text, size in
      library.calls.uuid?(handle, text, size)
    }
    let model = NVMLLibrary.text(Int(NVML_DEVICE_NAME_BUFFER_SIZE)) { text, size in
      library.calls.name?(handle, text, size)
    }
    var attributes = ["index": "\(index)"]
    attributes["uuid"] = uuid
    attributes["driver"] = library.driverVersion
    attributes["nvml"] = library.version
    busID = Self.busID(handle, library)
    attributes["pci"] = busID
    isModule = Self.isModule(model ?? "")
    self.gpm = gpm
    attributes["gpm"] = gpm.rawValue
    if isMIGEnabled {
      attributes["mig"] = "enabled"
      attributes["utilization"] = "not told of a GPU divided by MIG"
    }
    let capability = Self.computeCapability(handle, library)
    attributes["compute capability"] = capability.map { "\($0.major).\($0.minor)" }
    let architecture = Self.architecture(handle, library)
    averagesPower = Self.averagesPower(architecture, capability)
    isKnownChip = architecture != nil || capability != nil
    samplesPartly = capability.map { $0 == Self.ga100Capability || $0.major == 9 } ?? false
    device = Device(
      id: context.device(.gpu, uuid ?? attributes["pci"] ?? "\(index)"), label: "\(index)",
      model: model ?? "", attributes: attributes)
  }

  /// Whether the driver averages power over a second: Ampere and newer, but for GA100.
  ///
  /// As the NVML reference says of `nvmlDeviceGetPowerUsage`.
  static func averagesPower(
    _ architecture: UInt32?, _ capability: (major: Int32, minor: Int32)?
  ) -> Bool {
    if let capability, capability == ga100Capability { return false }
    if let architecture { return architecture >= UInt32(NVML_DEVICE_ARCH_AMPERE) }
    return capability.map { $0.major >= 8 } ?? false
  }

  /// The compute capability of GA100 (A100, A30), which no other chip has.
  ///
  /// It and Hopper (9.0) look at their power for 25 ms of each 100 ms: arXiv 2312.02741.
  private static let ga100Capability: (major: Int32, minor: Int32) = (8, 0)

  /// Whether a product's name is that of a module: a word that begins with GH or GB and a digit.
  static func isModule(_ model: String) -> Bool {
    model.split(separator: " ").contains { word in
      (word.hasPrefix("GH") || word.hasPrefix("GB")) && word.dropFirst(2).first?.isNumber == true
    }
  }

  private static func architecture(_ handle: nvmlDevice_t, _ library: NVMLLibrary) -> UInt32? {
    var architecture: UInt32 = 0
    guard library.calls.architecture?(handle, &architecture) == nvmlReturn_t(NVML_SUCCESS) else {
      return nil
    }
    return architecture == UInt32(NVML_DEVICE_ARCH_UNKNOWN) ? nil : architecture
  }

  private static func computeCapability(
    _ handle: nvmlDevice_t, _ library: NVMLLibrary
  ) -> (major: Int32, minor: Int32)? {
    var major: Int32 = 0
    var minor: Int32 = 0
    let code = library.calls.computeCapability?(handle, &major, &minor)
    return code == nvmlReturn_t(NVML_SUCCESS) ? (major, minor) : nil
  }

  private static func busID(_ handle: nvmlDevice_t, _ library: NVMLLibrary) -> String? {
    var info = nvmlPciInfo_t()
    guard library.calls.pciInfo?(handle, &info) == nvmlReturn_t(NVML_SUCCESS) else { return nil }
    let long = withUnsafeBytes(of: info.busId) { $0.prefix { $0 != 0 }.map { $0 } }
    let short = withUnsafeBytes(of: info.busIdLegacy) { $0.prefix { $0 != 0 }.map { $0 } }
    let text = long.isEmpty ? short : long
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }
}
