import CDrivers
import Glibc
import Telemetry

/// NVIDIA's management library, opened at run time and started once.
///
/// Every function is looked up on its own, newest name first, so that a driver that lacks one
/// costs only that number. The names and their order are those of the NVML API reference.
final class NVMLLibrary {
  /// A function and the name it was found by, which provenance notes carry.
  struct Call<Function> {
    let name: String
    let function: Function
  }

  let count: Call<NVMLCount>?
  let driverVersion: Call<NVMLText>?
  let handle: Call<NVMLHandleByIndex>?
  let name: Call<NVMLDeviceText>?
  let uuid: Call<NVMLDeviceText>?
  let pci: Call<NVMLDevicePci>?
  let architecture: Call<NVMLDeviceNumber>?
  let power: Call<NVMLDeviceNumber>?
  let energy: Call<NVMLDeviceLong>?
  let limit: Call<NVMLDeviceNumber>?
  let utilization: Call<NVMLDeviceUtilization>?
  let memoryV2: Call<NVMLDeviceMemoryV2>?
  let memory: Call<NVMLDeviceMemory>?
  let temperature: Call<NVMLDeviceChoice>?
  let clock: Call<NVMLDeviceChoice>?
  let reasons: Call<NVMLDeviceLong>?

  private let image: UnsafeMutableRawPointer
  private let shutdown: Call<NVMLPlain>?
  private var isStarted = false

  /// The names it goes by; containers often have only the first.
  static let names = ["libnvidia-ml.so.1", "libnvidia-ml.so"]

  /// Opens the library and starts it.
  /// - Throws: `SourceFailure`, absent when there is no such library.
  init(path: String?) throws(SourceFailure) {
    let image = try Self.open(path.map { [$0] } ?? Self.names)
    func find<Function>(_ names: String..., as type: Function.Type) -> Call<Function>? {
      for name in names {
        if let symbol = dlsym(image, name) {
          return Call(name: name, function: unsafeBitCast(symbol, to: type))
        }
      }
      return nil
    }
    self.image = image
    shutdown = find("nvmlShutdown", as: NVMLPlain.self)
    count = find("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount", as: NVMLCount.self)
    driverVersion = find("nvmlSystemGetDriverVersion", as: NVMLText.self)
    handle = find(
      "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex", as: NVMLHandleByIndex.self)
    name = find("nvmlDeviceGetName", as: NVMLDeviceText.self)
    uuid = find("nvmlDeviceGetUUID", as: NVMLDeviceText.self)
    pci = find(
      "nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo",
      as: NVMLDevicePci.self)
    architecture = find("nvmlDeviceGetArchitecture", as: NVMLDeviceNumber.self)
    power = find("nvmlDeviceGetPowerUsage", as: NVMLDeviceNumber.self)
    energy = find("nvmlDeviceGetTotalEnergyConsumption", as: NVMLDeviceLong.self)
    limit = find("nvmlDeviceGetEnforcedPowerLimit", as: NVMLDeviceNumber.self)
    utilization = find("nvmlDeviceGetUtilizationRates", as: NVMLDeviceUtilization.self)
    memoryV2 = find("nvmlDeviceGetMemoryInfo_v2", as: NVMLDeviceMemoryV2.self)
    memory = find("nvmlDeviceGetMemoryInfo", as: NVMLDeviceMemory.self)
    temperature = find("nvmlDeviceGetTemperature", as: NVMLDeviceChoice.self)
    clock = find("nvmlDeviceGetClockInfo", as: NVMLDeviceChoice.self)
    reasons = find(
      "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons",
      as: NVMLDeviceLong.self)
    guard let start = find("nvmlInit_v2", "nvmlInit", as: NVMLPlain.self) else {
      throw SourceFailure(
        .failed, "\(path ?? Self.names[0]) is not NVML: it has no nvmlInit",
        remedy: "install the NVIDIA driver again")
    }
    let code = start.function()
    guard code == 0 else { throw NVMLFailure(code).failure }
    isStarted = true
  }

  deinit {
    if isStarted { _ = shutdown?.function() }
    dlclose(image)
  }

  /// How many cards the driver sees.
  /// - Throws: `NVMLFailure` with the code of the call.
  func cards() throws(NVMLFailure) -> UInt32 {
    guard let count else { throw NVMLFailure(NVMLFailure.functionNotFound) }
    var value: UInt32 = 0
    let code = count.function(&value)
    guard code == 0 else { throw NVMLFailure(code) }
    return value
  }

  /// Reads a text of at most `length` bytes; `nil` when the call is missing or fails.
  static func text(
    _ length: Int, _ body: (UnsafeMutablePointer<CChar>, UInt32) -> Int32
  ) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: length) { buffer in
      buffer.initialize(repeating: 0)
      guard let start = buffer.baseAddress, body(start, UInt32(length)) == 0 else { return nil }
      buffer[length - 1] = 0
      let text = String(cString: start)
      return text.isEmpty ? nil : text
    }
  }

  private static func open(
    _ names: [String]
  ) throws(SourceFailure) -> UnsafeMutableRawPointer {
    var reason = ""
    for name in names {
      if let image = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return image }
      let text = dlerror().map { String(cString: $0) } ?? ""
      // A library that is there but does not load says more than one that is not there.
      if reason.isEmpty, !text.isEmpty, !isMissing(text) { reason = text }
    }
    guard reason.isEmpty else {
      throw SourceFailure(
        .failed, "NVML does not load: \(reason)", remedy: "install the NVIDIA driver again")
    }
    throw SourceFailure(
      .absent, "no NVIDIA driver: looked for \(names[0])",
      remedy: "install the NVIDIA driver, if there is such a card")
  }

  /// Whether the loader's words mean that there is no such file.
  private static func isMissing(_ text: String) -> Bool {
    let words = Array("No such file".utf8)
    let bytes = Array(text.utf8)
    guard bytes.count >= words.count else { return false }
    return (0...(bytes.count - words.count)).contains { bytes[$0...].starts(with: words) }
  }
}
