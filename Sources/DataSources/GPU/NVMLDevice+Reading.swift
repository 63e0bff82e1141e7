import CDrivers
import Telemetry

extension NVMLDevice {
  /// Above this no card's power is believed: watts.
  static let mostWatts = 4000.0
  /// Above this many times the enforced limit no power is believed; it is a mean over time.
  static let mostTimesLimit = 1.5
  /// The enforced limit is asked for again after this many seconds.
  static let limitPeriod = 10.0

  /// Asks for everything that changes, one call each.
  ///
  /// What the card cannot tell is left out; what it will never tell is not asked for again.
  /// - Throws: `NVMLFailure` when the card or the driver is out of reach.
  mutating func reading(
    from library: NVMLLibrary, at time: Timestamp
  ) throws(NVMLFailure) -> Reading {
    let handle = handle
    var reading = Reading(device: device.id, time: time)
    trouble = nil
    if limit.map({ time - $0.time >= Self.limitPeriod }) ?? true {
      var value: UInt32 = 0
      if try ask(.limit, library.limit, { $0(handle, &value) }), value > 0 {
        limit = (value, time)
        reading.set(.powerLimit, steps: Int64(value))
      }
    }
    var milliwatts: UInt32 = 0
    if try ask(.power, library.power, { $0(handle, &milliwatts) }), isPlausible(milliwatts) {
      reading.set(.power, steps: Int64(milliwatts))
    }
    var millijoules: UInt64 = 0
    if try ask(.energy, library.energy, { $0(handle, &millijoules) }),
      millijoules < UInt64(Int64.max / 1000)
    {
      reading.set(.energy, steps: Int64(millijoules) * 1000)
    }
    var shares = NVMLUtilization()
    if try ask(.utilization, library.utilization, { $0(handle, &shares) }) {
      reading.set(.utilization, Double(shares.gpu) / 100)
      reading.set(.memoryActivity, Double(shares.memory) / 100)
    }
    try readMemory(from: library, into: &reading)
    var value: UInt32 = 0
    if try ask(.temperature, library.temperature, { $0(handle, NVML_TEMPERATURE_GPU, &value) }) {
      reading.set(.temperature, steps: Int64(value) * 1000)
    }
    if try ask(.smClock, library.clock, { $0(handle, NVML_CLOCK_SM, &value) }) {
      reading.set(.smClock, steps: Int64(value) * 1_000_000)
    }
    if try ask(.memoryClock, library.clock, { $0(handle, NVML_CLOCK_MEMORY, &value) }) {
      reading.set(.memoryClock, steps: Int64(value) * 1_000_000)
    }
    var bits: UInt64 = 0
    if try ask(.reasons, library.reasons, { $0(handle, &bits) }) {
      reading.set(.eventReasons, steps: Int64(truncatingIfNeeded: bits))
    }
    return reading
  }

  /// The newer call tells used memory without what the driver reserves; the older one is for
  /// drivers and cards that do not know it.
  private mutating func readMemory(
    from library: NVMLLibrary, into reading: inout Reading
  ) throws(NVMLFailure) {
    let handle = handle
    var new = NVMLMemoryV2()
    new.version = NVML_MEMORY_V2
    if try ask(.memoryV2, library.memoryV2, { $0(handle, &new) }) {
      reading.set(.memoryUsed, steps: Int64(clamping: new.used))
      reading.set(.memoryTotal, steps: Int64(clamping: new.total))
    }
    guard library.memoryV2 == nil || unsupported.contains(.memoryV2) else { return }
    var old = NVMLMemory()
    if try ask(.memory, library.memory, { $0(handle, &old) }) {
      reading.set(.memoryUsed, steps: Int64(clamping: old.used))
      reading.set(.memoryTotal, steps: Int64(clamping: old.total))
    }
  }

  /// Makes one call, unless it is missing or was refused for good; says whether it gave a value.
  private mutating func ask<Function>(
    _ number: Number, _ call: NVMLLibrary.Call<Function>?, _ body: (Function) -> Int32
  ) throws(NVMLFailure) -> Bool {
    guard let call, !unsupported.contains(number) else { return false }
    let failure = NVMLFailure(body(call.function))
    if failure.code == 0 { return true }
    if failure.isLost || failure.isFatal { throw failure }
    if failure.isUnsupported {
      unsupported.insert(number)
    } else if failure.code == NVMLFailure.noPermission {
      unsupported.insert(number)
      remarks.append("GPU \(index): \(failure.message) for \(call.name); \(failure.remedy)")
    } else {
      trouble = failure
    }
    return false
  }

  /// Some drivers answer nonsense while a card starts or sleeps; a wrong number is worse than none.
  private mutating func isPlausible(_ milliwatts: UInt32) -> Bool {
    let watts = Double(milliwatts) * 1e-3
    let bound = limit.map { Double($0.milliwatts) * 1e-3 * Self.mostTimesLimit } ?? .infinity
    if watts <= min(bound, Self.mostWatts) { return true }
    let most = bound < Self.mostWatts ? "1.5 times its limit" : "4000 W"
    remarks.append("GPU \(index): power readings above \(most) are not believed and left out")
    return false
  }

  /// The birth certificate of one of its series; notes name the call, as the driver spells it.
  func provenance(
    of metric: Metric, in library: NVMLLibrary, every interval: Double
  ) -> Provenance {
    let memory = unsupported.contains(.memoryV2) ? nil : library.memoryV2?.name
    let note: String
    switch metric {
    case .power:
      note = "nvmlDeviceGetPowerUsage, whole board, \(isPowerMean ? "mean of 1 s" : "at once")"
    case .energy: note = "nvmlDeviceGetTotalEnergyConsumption, since the driver was loaded"
    case .powerLimit: note = "nvmlDeviceGetEnforcedPowerLimit"
    case .utilization: note = "nvmlDeviceGetUtilizationRates.gpu, share of time with a kernel"
    case .memoryActivity:
      note = "nvmlDeviceGetUtilizationRates.memory, share of time with an access"
    case .memoryUsed:
      note = memory ?? "nvmlDeviceGetMemoryInfo, what the driver reserves included"
    case .memoryTotal: note = memory ?? "nvmlDeviceGetMemoryInfo"
    case .temperature: note = "nvmlDeviceGetTemperature"
    case .smClock: note = "nvmlDeviceGetClockInfo, SM"
    case .memoryClock: note = "nvmlDeviceGetClockInfo, memory"
    case .eventReasons: note = library.reasons?.name ?? ""
    default: note = ""
    }
    let method: Provenance.Method =
      metric.isCounter ? .counter : metric == .power && isPowerMean ? .average : .instant
    let period = metric == .powerLimit ? max(interval, Self.limitPeriod) : max(interval, 1e-3)
    return Provenance(
      source: "nvml", method: method,
      period: method == .average ? max(interval, 1) : period, note: note)
  }
}
