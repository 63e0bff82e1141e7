import Telemetry

extension AMDGPU {
  /// Source, method and period of one of its metrics.
  func provenance(of metric: Metric, every interval: Double) -> Provenance {
    var method = metric.isCounter ? Provenance.Method.counter : .instant
    let file = version.map { "gpu_metrics \($0)" } ?? "hwmon"
    let note: String
    switch metric {
    case .power, .modulePower:
      if averagesPower { method = .average }
      note =
        switch (metric, isAPU) {
        case (.modulePower, _): "\(file), the whole socket, processor included"
        case (_, true): "\(file), graphics part of the socket"
        default: sensesPower ? "hwmon power1, µW, whole board" : "\(file), W, whole board"
        }
    case .energy: note = "\(file), counted by the card; checked against its power"
    case .powerLimit: note = "hwmon power1_cap, µW"
    case .powerLimitDefault: note = "hwmon power1_cap_default, µW"
    case .throttledByPower, .throttledByThermal:
      note = "\(file), share of its rounds in which a limit was binding, times the time passed"
    case .utilization: note = "share of time with the graphics or compute engines busy"
    case .memoryActivity: note = "share of time with the memory controller busy; not bandwidth"
    case .memoryUsed: note = "mem_info_vram_used"
    case .memoryTotal: note = "mem_info_vram_total"
    case .temperature: note = "\(file), °C of the edge, or of the hottest spot where it has none"
    case .memoryTemperature: note = "\(file), °C of the memory"
    case .smClock: note = "\(file), MHz of the graphics engine, the first of several"
    case .memoryClock: note = "\(file), MHz of the memory"
    case .eventReasons: note = "\(file), its throttling bits in NVML's order"
    case .fanSpeed: note = "share of hwmon fan1_max"
    case .xgmiReceived: note = "\(file), KiB read from other GPUs, all links together"
    case .xgmiSent: note = "\(file), KiB written to other GPUs, all links together"
    default: note = ""
    }
    return Provenance(
      source: AMDSource.sourceName, method: method, period: interval, note: note)
  }
}

extension DRMEnergyCounter.Fault {
  var kind: Event.Kind { self == .reset ? .note : .gap }

  /// What is wrong, as the end of a sentence.
  var words: String {
    switch self {
    case .frozen: "its energy counter stands still while it draws power; left out"
    case .disagrees(let factor):
      "its energy counter says \(tenths(factor)) times what its power says; left out"
    case .jumped(let watts):
      "its energy counter leapt by what would take \(Int(min(watts, 1e9))) W; not counted"
    case .reset: "its energy counter began anew"
    }
  }

  private func tenths(_ value: Double) -> Double { (min(value, 1e9) * 10).rounded() / 10 }
}
