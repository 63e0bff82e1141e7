import CDrivers
import Telemetry

/// The instances a GPU is divided into (MIG), each a device of its own.
///
/// They may be made and removed at any time. The driver tells no utilisation and no power of them;
/// their activity comes from the chip's own counters.
struct NVMLMIGDevices {
  private struct MIGDevice {
    let handle: nvmlDevice_t
    let gpm: NVMLGPM?
    var reporter: DeviceReporter
    var hasMemory = true
  }

  /// As many instances as any chip has, and as we look for whatever the driver says.
  private static let maxMIGDevices: UInt32 = 32

  private let context: SourceContext
  private let gpu: DeviceID
  private var migDevices: [UInt32: MIGDevice] = [:]

  init(_ context: SourceContext, gpu: DeviceID) {
    self.context = context
    self.gpu = gpu
  }

  /// Whether MIG mode is enabled at the moment.
  static func isMIGEnabled(_ handle: nvmlDevice_t, _ library: NVMLLibrary) -> Bool {
    var current: UInt32 = 0
    var pending: UInt32 = 0
    let code = library.calls.migMode?(handle, &current, &pending)
    return code == nvmlReturn_t(NVML_SUCCESS) && current == UInt32(NVML_DEVICE_MIG_ENABLE)
  }

  /// Looks which instances there are.
  mutating func enumerate(_ device: NVMLDevice) {
    let calls = device.library.calls
    var most: UInt32 = 0
    guard let find = calls.migDevice, let count = calls.maxMIGDeviceCount,
      count(device.handle, &most) == nvmlReturn_t(NVML_SUCCESS)
    else { return }
    var found: [UInt32: MIGDevice] = [:]
    for index in 0..<min(most, Self.maxMIGDevices) {
      var handle: nvmlDevice_t?
      // Where no instance is, the driver says “not found”.
      guard find(device.handle, index, &handle) == nvmlReturn_t(NVML_SUCCESS), let handle else {
        continue
      }
      let migDevice = describe(handle, index, device)
      if let known = migDevices[index], known.handle == handle, known.reporter.device == migDevice {
        found[index] = known
      } else {
        let instance = migDevice.attributes["instance"].flatMap { UInt32($0) }
        let gpm = instance.flatMap { NVMLGPM.open(device.library, device.handle, instance: $0).gpm }
        found[index] = MIGDevice(handle: handle, gpm: gpm, reporter: DeviceReporter(migDevice))
      }
    }
    migDevices = found
  }

  /// Reads what each instance tells; meant for every two seconds, as there may be many.
  mutating func read(
    _ device: NVMLDevice, at time: Timestamp, to observations: inout [Observation]
  ) {
    for index in migDevices.keys.sorted() {
      guard var migDevice = migDevices[index] else { continue }
      var reading = Reading(device: migDevice.reporter.device.id, time: time)
      if migDevice.hasMemory {
        var memory = nvmlMemory_v2_t()
        memory.version = UInt32(nvmlMemory_v2)
        let code = device.library.calls.memoryV2?(migDevice.handle, &memory)
        if code == nvmlReturn_t(NVML_SUCCESS) {
          reading.set(.memoryUsed, steps: Int64(exactly: memory.used))
          reading.set(.memoryTotal, steps: Int64(exactly: memory.total))
        } else if code.flatMap({ NVMLError($0) })?.isRefusal != false {
          migDevice.hasMemory = false
        }
      }
      _ = migDevice.gpm?.read(into: &reading, at: time)
      let interval = context.interval
      migDevice.reporter.report(reading, to: &observations) {
        Self.provenance(of: $0, every: interval)
      }
      migDevices[index] = migDevice
    }
  }

  private func describe(_ handle: nvmlDevice_t, _ index: UInt32, _ device: NVMLDevice) -> Device {
    let calls = device.library.calls
    func text(_ size: Int32, _ function: nvmlGetText_t?) -> String? {
      NVMLLibrary.text(Int(size)) { function?(handle, $0, $1) }
    }
    func number(_ function: nvmlGetUInt32_t?) -> String? {
      var value: UInt32 = 0
      return function?(handle, &value) == nvmlReturn_t(NVML_SUCCESS) ? "\(value)" : nil
    }
    let uuid = text(Int32(NVML_DEVICE_UUID_BUFFER_SIZE), calls.uuid)
    let name = text(Int32(NVML_DEVICE_NAME_BUFFER_SIZE), calls.name)
    var attributes = ["gpu": gpu.name, "utilization": "not told of MIG instances"]
    attributes["instance"] = number(calls.gpuInstance)
    attributes["compute instance"] = number(calls.computeInstance)
    var size = nvmlDeviceAttributes_t()
    if calls.attributes?(handle, &size) == nvmlReturn_t(NVML_SUCCESS) {
      attributes["multiprocessors"] = "\(size.multiprocessorCount)"
      attributes["slices"] = "\(size.gpuInstanceSliceCount)"
    }
    // The product's name ends with it: “NVIDIA H100 80GB HBM3 MIG 3g.40gb”.
    attributes["profile"] = name.flatMap(Self.profile)
    let label = device.identity.device.label
    return Device(
      id: context.device(.gpuPart, uuid ?? "\(gpu.name)/\(index)"), label: "\(label).\(index)",
      model: name ?? "", parent: gpu, attributes: attributes)
  }

  /// The profile that a MIG device's name ends with.
  static func profile(in name: String) -> String? {
    let words = name.split(separator: " ")
    guard let index = words.lastIndex(of: "MIG"), index + 1 < words.count else { return nil }
    return String(words[index + 1])
  }

  private static func provenance(of metric: Metric, every interval: Double) -> Provenance {
    switch metric {
    case .memoryUsed, .memoryTotal:
      Provenance(
        source: NVMLSource.sourceName, method: .instant,
        period: max(interval, NVMLSchedule.twoSecondPeriod),
        note: "nvmlDeviceGetMemoryInfo_v2 of the MIG instance")
    default:
      Provenance(
        source: NVMLSource.sourceName, method: .average,
        period: max(interval, NVMLSchedule.twoSecondPeriod), note: NVMLGPM.note(of: metric))
    }
  }
}
