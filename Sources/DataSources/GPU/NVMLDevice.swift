import CDrivers
import Telemetry

/// One GPU as NVML shows it, with the memory of what it cannot answer.
struct NVMLDevice {
  /// A number that is asked for with a call of its own.
  enum Number: String {
    case power, energy, utilization, memory, temperature
    case limit = "power limit"
    case memoryV2 = "memory (version 2)"
    case temperatureV = "temperature (version 1)"
    case smClock = "SM clock"
    case memoryClock = "memory clock"
    case eventReasons = "clocks event reasons"
  }

  let identity: NVMLIdentity
  private let handle: nvmlDevice_t
  /// What this GPU will never answer; not asked again.
  private var refused: Set<Number> = []
  /// Refusals for want of permission since the last reading.
  private(set) var denied: [Number] = []
  /// The last error of this round, if any.
  private(set) var trouble: NVMLError?
  /// A power in watts that was left out of the last reading because it cannot be.
  private(set) var implausiblePower: Double?

  init(identity: NVMLIdentity, handle: nvmlDevice_t) {
    self.identity = identity
    self.handle = handle
  }

  /// Asks for every number once; those it does not have are missing from the reading.
  mutating func read(_ library: NVMLLibrary, _ clock: any SessionClock) -> Reading {
    trouble = nil
    denied = []
    implausiblePower = nil
    let handle = handle
    let limit = ask(.limit, library.enforcedLimit) { $0(handle, &$1) }
    let power = ask(.power, library.power) { $0(handle, &$1) }
    let energy = ask(.energy, library.energy, from: UInt64(0)) { $0(handle, &$1) }
    // The two that are integrated deserve the time closest to them.
    var reading = Reading(device: identity.device.id, time: clock.now)
    if let power {
      if Self.isPlausible(power, limit: limit) {
        reading.set(.power, steps: Int64(power))
      } else {
        implausiblePower = Double(power) / 1000
      }
    }
    reading.set(.energy, steps: energy.flatMap(Self.microjoules))
    reading.set(.powerLimit, steps: limit.map(Int64.init))
    setActivity(&reading, library)
    setMemory(&reading, library)
    setState(&reading, library)
    reading.arrival = clock.now
    return reading
  }

  /// Whether a board may draw that much, both in milliwatts: half more than its limit, or 4 kW.
  private static func isPlausible(_ power: UInt32, limit: UInt32?) -> Bool {
    if let limit, limit > 0, Double(power) > 1.5 * Double(limit) { return false }
    return power <= 4_000_000
  }

  private mutating func setActivity(_ reading: inout Reading, _ library: NVMLLibrary) {
    let handle = handle
    let rates = ask(.utilization, library.utilization, from: nvmlUtilization_t()) {
      $0(handle, &$1)
    }
    reading.set(.utilization, steps: rates.map { Int64($0.gpu) * 10_000 })
    reading.set(.memoryActivity, steps: rates.map { Int64($0.memory) * 10_000 })
  }

  private mutating func setMemory(_ reading: inout Reading, _ library: NVMLLibrary) {
    let handle = handle
    var used: UInt64?
    var total: UInt64?
    var request = nvmlMemory_v2_t()
    request.version = NVML_MEMORY_V2
    if let memory = ask(.memoryV2, library.memoryV2, from: request, { $0(handle, &$1) }) {
      (used, total) = (memory.used, memory.total)
    } else if let memory = ask(.memory, library.memory, from: nvmlMemory_t(), { $0(handle, &$1) }) {
      (used, total) = (memory.used, memory.total)
    }
    // GPUs that share the host's memory may state a total of zero, which is no statement.
    guard let total, total > 0 else { return }
    reading.set(.memoryUsed, steps: used.flatMap { Int64(exactly: $0) })
    reading.set(.memoryTotal, steps: Int64(exactly: total))
  }

  private mutating func setState(_ reading: inout Reading, _ library: NVMLLibrary) {
    let handle = handle
    let sensor = Int32(NVML_TEMPERATURE_GPU)
    var request = nvmlTemperature_t()
    request.version = NVML_TEMPERATURE_V1
    request.sensorType = sensor
    let degrees =
      ask(.temperatureV, library.temperatureV, from: request) { $0(handle, &$1) }
      .map { Int64($0.temperature) }
      ?? ask(.temperature, library.temperature) { $0(handle, sensor, &$1) }.map(Int64.init)
    reading.set(.temperature, steps: degrees.map { $0 * 1000 })
    let smClock = ask(.smClock, library.clock) { $0(handle, Int32(NVML_CLOCK_SM), &$1) }
    reading.set(.smClock, steps: smClock.map { Int64($0) * 1_000_000 })
    let memoryClock = ask(.memoryClock, library.clock) { $0(handle, Int32(NVML_CLOCK_MEM), &$1) }
    reading.set(.memoryClock, steps: memoryClock.map { Int64($0) * 1_000_000 })
    let reasons = ask(.eventReasons, library.eventReasons, from: UInt64(0)) { $0(handle, &$1) }
    reading.set(.eventReasons, steps: reasons.map(Int64.init(bitPattern:)))
  }

  /// Makes one call, unless it was refused before or the GPU has stopped answering this round.
  private mutating func ask<Function, Value>(
    _ number: Number, _ function: Function?, from initial: Value,
    _ call: (Function, inout Value) -> nvmlReturn_t
  ) -> Value? {
    guard !refused.contains(number), trouble?.isLoss != true else { return nil }
    guard let function else {
      refused.insert(number)
      return nil
    }
    var value = initial
    guard let error = NVMLError(call(function, &value)) else { return value }
    if error.isRefusal {
      refused.insert(number)
      if error.isDenial { denied.append(number) }
    } else {
      trouble = error
    }
    return nil
  }

  private mutating func ask<Function>(
    _ number: Number, _ function: Function?, _ call: (Function, inout UInt32) -> nvmlReturn_t
  ) -> UInt32? {
    ask(number, function, from: UInt32(0), call)
  }

  private static func microjoules(_ millijoules: UInt64) -> Int64? {
    let (value, overflow) = millijoules.multipliedReportingOverflow(by: 1000)
    return overflow ? nil : Int64(exactly: value)
  }
}

extension NVMLDevice {
  /// The birth certificate of one of its numbers.
  func provenance(of metric: Metric, every interval: Double) -> Provenance {
    var method = metric.isCounter ? Provenance.Method.counter : .instant
    var period = interval
    let note: String
    switch metric {
    case .power where identity.averagesPower:
      method = .average
      period = max(1, interval)
      note = "nvmlDeviceGetPowerUsage, mW, mean over the last second, whole board, ±5 %"
    case .power: note = "nvmlDeviceGetPowerUsage, mW at that moment, whole board, ±5 %"
    case .energy: note = "nvmlDeviceGetTotalEnergyConsumption, mJ since driver load"
    case .powerLimit: note = "nvmlDeviceGetEnforcedPowerLimit, mW"
    case .utilization: note = "nvmlDeviceGetUtilizationRates, share of time with a kernel running"
    case .memoryActivity:
      note = "nvmlDeviceGetUtilizationRates, share of time with memory accessed; not bandwidth"
    case .memoryUsed where refused.contains(.memoryV2):
      note = "nvmlDeviceGetMemoryInfo, with what the driver reserves"
    case .memoryUsed: note = "nvmlDeviceGetMemoryInfo_v2, without what the driver reserves"
    case .memoryTotal: note = "nvmlDeviceGetMemoryInfo"
    case .temperature: note = "nvmlDeviceGetTemperature, °C of the chip"
    case .smClock: note = "nvmlDeviceGetClockInfo, MHz of the streaming multiprocessors"
    case .memoryClock: note = "nvmlDeviceGetClockInfo, MHz of the memory"
    case .eventReasons: note = "nvmlDeviceGetCurrentClocksEventReasons, the driver's bits"
    default: note = ""
    }
    return Provenance(source: NVMLSource.sourceName, method: method, period: period, note: note)
  }
}
