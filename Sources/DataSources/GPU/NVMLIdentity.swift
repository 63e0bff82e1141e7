import CDrivers
import Telemetry

/// Who a GPU is: asked once, when its handle is opened.
struct NVMLIdentity: Hashable {
  let device: Device
  /// Whether power is a mean over the last second rather than a momentary value.
  let averagesPower: Bool

  /// Asks for everything that never changes; what the driver does not tell is left out.
  init(_ handle: nvmlDevice_t, index: UInt32, library: NVMLLibrary, context: SourceContext) {
    let uuid = NVMLLibrary.text(Int(NVML_DEVICE_UUID_BUFFER_SIZE)) { text, size in
      library.uuid?(handle, text, size)
    }
    let model = NVMLLibrary.text(Int(NVML_DEVICE_NAME_BUFFER_SIZE)) { text, size in
      library.name?(handle, text, size)
    }
    var attributes = ["index": "\(index)"]
    attributes["uuid"] = uuid
    attributes["driver"] = library.readDriverVersion()
    attributes["pci"] = Self.busID(handle, library)
    let capability = Self.computeCapability(handle, library)
    attributes["compute capability"] = capability.map { "\($0.major).\($0.minor)" }
    averagesPower = Self.averagesPower(Self.architecture(handle, library), capability)
    device = Device(
      id: context.device(.gpu, uuid ?? attributes["pci"] ?? "\(index)"), label: "\(index)",
      model: model ?? "", attributes: attributes)
  }

  /// Whether the driver averages power over a second: Ampere and newer, but for GA100.
  ///
  /// As the NVML reference says of `nvmlDeviceGetPowerUsage`. GA100 (A100, A30) is the only chip
  /// of compute capability 8.0.
  static func averagesPower(
    _ architecture: UInt32?, _ capability: (major: Int32, minor: Int32)?
  ) -> Bool {
    if let capability, capability == (8, 0) { return false }
    if let architecture { return architecture >= UInt32(NVML_DEVICE_ARCH_AMPERE) }
    return capability.map { $0.major >= 8 } ?? false
  }

  private static func architecture(_ handle: nvmlDevice_t, _ library: NVMLLibrary) -> UInt32? {
    var architecture: UInt32 = 0
    guard library.architecture?(handle, &architecture) == nvmlReturn_t(NVML_SUCCESS) else {
      return nil
    }
    // All ones stand for “unknown”.
    return architecture == .max ? nil : architecture
  }

  private static func computeCapability(
    _ handle: nvmlDevice_t, _ library: NVMLLibrary
  ) -> (major: Int32, minor: Int32)? {
    var major: Int32 = 0
    var minor: Int32 = 0
    let code = library.computeCapability?(handle, &major, &minor)
    return code == nvmlReturn_t(NVML_SUCCESS) ? (major, minor) : nil
  }

  private static func busID(_ handle: nvmlDevice_t, _ library: NVMLLibrary) -> String? {
    var info = nvmlPciInfo_t()
    guard library.pciInfo?(handle, &info) == nvmlReturn_t(NVML_SUCCESS) else { return nil }
    let long = withUnsafeBytes(of: info.busId) { $0.prefix { $0 != 0 }.map { $0 } }
    let short = withUnsafeBytes(of: info.busIdLegacy) { $0.prefix { $0 != 0 }.map { $0 } }
    let text = long.isEmpty ? short : long
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }
}
