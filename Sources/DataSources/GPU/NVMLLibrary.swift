import CDrivers
import Glibc
import Telemetry

/// NVIDIA's management library, opened at run time and initialised for as long as this lives.
///
/// Each function is looked up under its newest name first, then under older ones; one that is
/// missing costs only its own number.
final class NVMLLibrary {
  private let handle: UnsafeMutableRawPointer
  private let shutdown: nvmlCall_t?

  let count: nvmlGetCount_t
  let device: nvmlGetHandle_t
  let driverVersion: nvmlGetSystemText_t?
  let name: nvmlGetText_t?
  let uuid: nvmlGetText_t?
  let pciInfo: nvmlGetPciInfo_t?
  let architecture: nvmlGetUInt32_t?
  let computeCapability: nvmlGetPair_t?
  let power: nvmlGetUInt32_t?
  let energy: nvmlGetUInt64_t?
  let enforcedLimit: nvmlGetUInt32_t?
  let utilization: nvmlGetUtilization_t?
  let memoryV2: nvmlGetMemoryV2_t?
  let memory: nvmlGetMemory_t?
  let temperatureV: nvmlGetTemperatureV_t?
  let temperature: nvmlGetChosen_t?
  let clock: nvmlGetChosen_t?
  let eventReasons: nvmlGetUInt64_t?

  /// Opens and initialises the library.
  ///
  /// `path` stands in for the names it is looked for under; `hiding` names functions to do without.
  /// - Throws: `SourceFailure` when it is not there, is not NVML, or cannot be initialised.
  init(path: String? = nil, hiding: Set<String> = []) throws(SourceFailure) {
    let names = path.map { [$0] } ?? ["libnvidia-ml.so.1", "libnvidia-ml.so"]
    guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw SourceFailure(
        .absent, "no NVIDIA driver: looked for " + names.joined(separator: " and "),
        remedy: "install the NVIDIA driver; start a container with --gpus all")
    }
    func find<Function>(_ names: String..., as type: Function.Type) -> Function? {
      for name in names where !hiding.contains(name) {
        if let symbol = dlsym(handle, name) { return unsafeBitCast(symbol, to: type) }
      }
      return nil
    }
    guard let start = find("nvmlInit_v2", "nvmlInit", as: nvmlCall_t.self),
      let count = find("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount", as: nvmlGetCount_t.self),
      let device = find(
        "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex", as: nvmlGetHandle_t.self)
    else {
      dlclose(handle)
      throw SourceFailure(
        .failed, "\(names[0]) lacks the basic functions of NVML",
        remedy: "check that it belongs to the NVIDIA driver")
    }
    if let error = NVMLError(start()) {
      // Closed, so that the library of a driver updated meanwhile is found next time.
      dlclose(handle)
      throw error.failure
    }
    self.handle = handle
    self.count = count
    self.device = device
    shutdown = find("nvmlShutdown", as: nvmlCall_t.self)
    driverVersion = find("nvmlSystemGetDriverVersion", as: nvmlGetSystemText_t.self)
    name = find("nvmlDeviceGetName", as: nvmlGetText_t.self)
    uuid = find("nvmlDeviceGetUUID", as: nvmlGetText_t.self)
    pciInfo = find(
      "nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo",
      as: nvmlGetPciInfo_t.self)
    architecture = find("nvmlDeviceGetArchitecture", as: nvmlGetUInt32_t.self)
    computeCapability = find("nvmlDeviceGetCudaComputeCapability", as: nvmlGetPair_t.self)
    power = find("nvmlDeviceGetPowerUsage", as: nvmlGetUInt32_t.self)
    energy = find("nvmlDeviceGetTotalEnergyConsumption", as: nvmlGetUInt64_t.self)
    enforcedLimit = find("nvmlDeviceGetEnforcedPowerLimit", as: nvmlGetUInt32_t.self)
    utilization = find("nvmlDeviceGetUtilizationRates", as: nvmlGetUtilization_t.self)
    memoryV2 = find("nvmlDeviceGetMemoryInfo_v2", as: nvmlGetMemoryV2_t.self)
    memory = find("nvmlDeviceGetMemoryInfo", as: nvmlGetMemory_t.self)
    temperatureV = find("nvmlDeviceGetTemperatureV", as: nvmlGetTemperatureV_t.self)
    temperature = find("nvmlDeviceGetTemperature", as: nvmlGetChosen_t.self)
    clock = find("nvmlDeviceGetClockInfo", as: nvmlGetChosen_t.self)
    eventReasons = find(
      "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons",
      as: nvmlGetUInt64_t.self)
  }

  deinit {
    _ = shutdown?()
    dlclose(handle)
  }

  /// How many GPUs the driver shows this process.
  func deviceCount() throws(NVMLError) -> UInt32 {
    var number: UInt32 = 0
    if let error = NVMLError(count(&number)) { throw error }
    return number
  }

  /// The driver's version, such as `590.48.01`.
  func readDriverVersion() -> String? {
    Self.text(Int(NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE)) { text, size in
      driverVersion?(text, size)
    }
  }

  /// The text that `call` writes; `nil` when it fails or is missing.
  static func text(
    _ size: Int, _ call: (UnsafeMutablePointer<CChar>?, UInt32) -> nvmlReturn_t?
  ) -> String? {
    var buffer = [CChar](repeating: 0, count: size + 1)
    guard call(&buffer, UInt32(size)) == nvmlReturn_t(NVML_SUCCESS) else { return nil }
    let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }
}
