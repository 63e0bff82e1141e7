import Telemetry

extension NVMLDevice {
  /// Source, method and period of one of its metrics.
  func provenance(of metric: Metric, every interval: Double) -> Provenance {
    var method = metric.isCounter ? Provenance.Method.counter : .instant
    var range = 0.0
    var note = note(of: metric)
    switch metric {
    case .power where identity.averagesPower: method = .average
    case .modulePower where fields.has(.moduleAverage): method = .average
    case .smActive, .smOccupancy, .tensorActive, .hmmaActive, .immaActive, .dramActive,
      .pcieReceiveRate, .pcieSendRate, .nvlinkReceiveRate, .nvlinkSendRate:
      method = .average
    case .pcieReceived where fields.narrow.contains(.pcieReceived),
      .pcieSent where fields.narrow.contains(.pcieSent):
      range = 4_294_967_296
      note += "; starts over every 4 GiB, so beyond 2 GiB between two looks it tells too little"
    default: break
    }
    // The window of the driver's mean, however often it is read.
    let window = metric == .power || metric == .modulePower ? 1.0 : nil
    return Provenance(
      source: NVMLSource.sourceName, method: method,
      period: method == .average
        ? window ?? max(interval, leastPeriod(of: metric)) : max(interval, leastPeriod(of: metric)),
      range: range, note: note)
  }

  /// The least time between two values.
  private func leastPeriod(of metric: Metric) -> Double {
    switch metric {
    case .power, .energy, .powerInstant: 0
    case .memoryUsed, .memoryTotal, .temperature, .memoryTemperature, .smClock, .eventReasons:
      NVMLSchedule.twoSecondPeriod
    case .throttledByPower where !fields.has(.perfPolicyPower),
      .throttledByThermal where !fields.has(.perfPolicyThermal),
      .throttledByBoard
    where !fields.has(.perfPolicyBoardLimit) && !fields.has(.hwPowerBrakeSlowdown):
      NVMLSchedule.tenSecondPeriod
    case .powerLimit where !fields.has(.limit): NVMLSchedule.twoSecondPeriod
    case .memoryClock, .fanSpeed, .powerLimitDefault: NVMLSchedule.tenSecondPeriod
    default: NVMLSchedule.oneSecondPeriod
    }
  }

  /// What a power at a moment is, on this chip.
  private var moment: String {
    identity.samplesPartly
      ? "mW, whole board, ±5 %; seen in 25 ms of each 100 ms, so that short steps are missed"
      : "mW at that moment, whole board, ±5 %"
  }

  private func note(of metric: Metric) -> String {
    switch metric {
    case .power where fields.has(.averagePower):
      "NVML field 185, mW, mean over the last second, whole board, ±5 %"
    case .power where identity.averagesPower:
      "nvmlDeviceGetPowerUsage, mW, mean over the last second, whole board, ±5 %"
    case .power where fields.has(.instantPower): "NVML field 186, \(moment)"
    case .power where !identity.isKnownChip:
      "nvmlDeviceGetPowerUsage, mW, whole board, ±5 %; whether a mean, the driver does not tell"
    case .power: "nvmlDeviceGetPowerUsage, \(moment)"
    case .powerInstant: "NVML field 186, \(moment)"
    case .energy where fields.has(.energy): "NVML field 191, mJ since driver load"
    case .energy where fields.has(.totalEnergyConsumption): "NVML field 83, mJ since driver load"
    case .energy: "nvmlDeviceGetTotalEnergyConsumption, mJ since driver load"
    case .powerLimit where fields.has(.limit): "NVML field 190, mW, the limit that binds"
    case .powerLimit: "nvmlDeviceGetEnforcedPowerLimit, mW"
    case .powerLimitDefault: "NVML field 189, mW, as sold"
    case .modulePower: "NVML fields 185 and 186 of the module, mW; contains the GPU's power"
    case .throttledByPower where !fields.has(.perfPolicyPower),
      .throttledByThermal where !fields.has(.perfPolicyThermal),
      .throttledByBoard
    where !fields.has(.perfPolicyBoardLimit) && !fields.has(.hwPowerBrakeSlowdown):
      "nvmlDeviceGetViolationStatus, ns clocks were held back"
    case .throttledByPower: "NVML field 74, ns clocks were held back by the power limit"
    case .throttledByThermal: "NVML field 75, ns clocks were held back by heat"
    case .throttledByBoard where !fields.has(.hwPowerBrakeSlowdown):
      "NVML field 77, ns held back by board limit; the power brake is not known"
    case .throttledByBoard where !fields.has(.perfPolicyBoardLimit):
      "NVML field 271, ns held back by power brake; the board limit is not known"
    case .throttledByBoard: "NVML fields 77 and 271, ns held back by board limit and power brake"
    case .pcieReceived: "NVML field 198, bytes over PCIe towards the GPU"
    case .pcieSent: "NVML field 197, bytes over PCIe from the GPU"
    case .nvlinkReceived: "NVML field 139, KiB of data over all NVLinks towards the GPU"
    case .nvlinkSent: "NVML field 138, KiB of data over all NVLinks from the GPU"
    case .memoryTemperature: "NVML field 82, °C of the memory"
    case .utilization: "nvmlDeviceGetUtilizationRates, share of time with a kernel running"
    case .memoryActivity:
      "nvmlDeviceGetUtilizationRates, share of time with memory accessed; not bandwidth"
    case .memoryUsed where sharesMemory:
      "/proc/meminfo, MemTotal less MemAvailable: memory is shared with the host"
    case .memoryTotal where sharesMemory: "/proc/meminfo, MemTotal: memory is shared with the host"
    case .memoryUsed where query.refused.contains(.memoryV2):
      "nvmlDeviceGetMemoryInfo, with what the driver reserves"
    case .memoryUsed: "nvmlDeviceGetMemoryInfo_v2, without what the driver reserves"
    case .memoryTotal: "nvmlDeviceGetMemoryInfo"
    case .temperature: "nvmlDeviceGetTemperature, °C of the chip"
    case .smClock: "nvmlDeviceGetClockInfo, MHz of the streaming multiprocessors"
    case .memoryClock: "nvmlDeviceGetClockInfo, MHz of the memory"
    case .fanSpeed: "nvmlDeviceGetFanSpeed, share of the full speed that is asked of the fans"
    case .eventReasons: "nvmlDeviceGetCurrentClocksEventReasons, the driver's bits"
    default: NVMLGPM.note(of: metric)
    }
  }
}
