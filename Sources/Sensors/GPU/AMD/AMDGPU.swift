import Glibc
import Linux
import Telemetry

/// One AMD GPU, read from `gpu_metrics` and, where that says nothing, from its other files.
///
/// `pcie_bw` is never read: the driver sleeps for a second in it.
struct AMDGPU {
  /// The PCI device id of the MI300A, whose socket contains processor cores.
  private static let mi300A = "74a0"

  let card: DRMCard
  var device: Device
  /// Whether its power contains that of a processor, which another meter may count as well.
  private(set) var isAPU: Bool
  /// Whether the processor's package is counted by its own meter.
  let packageIsCounted: Bool

  private let metricsFile: SystemFile
  private let usedMemory: SystemFile
  let busyFile: SystemFile
  private let memoryBusyFile: SystemFile
  private let totalMemory: SystemFile
  let sensors: AMDSensors

  /// The version of `gpu_metrics`; `nil` while it has not been understood.
  private(set) var version: String?
  var averagesPower = false
  private(set) var metricsAreRefused = false
  /// Whether power comes from the sensors though the rest does not.
  var sensesPower: Bool { powerChoice.usesSensors }
  var powerChoice = AMDPowerChoice()
  private var earlier: AMDMetrics?
  private var earlierTime = Timestamp(nanoseconds: 0)
  /// Microseconds the clocks were held back, by power and by heat.
  private var throttled = (power: 0.0, heat: 0.0)
  var counter = DRMEnergyCounter()
  private var said: [String: Int] = [:]

  /// What is to be told of the last reading, once each.
  private(set) var notes: [(kind: Event.Kind, text: String)] = []
  /// Readings that had been held back and can be given now.
  var late: [Reading] = []
  /// Why the last reading is not to be used.
  private(set) var failure: SystemError?
  /// Joules for the processes on it, since they were taken last.
  var spent = DRMEnergyMeter()

  /// Asks for everything that never changes; what the driver does not tell is left out.
  init(_ card: DRMCard, index: Int, packageIsCounted: Bool, context: SourceContext) {
    self.card = card
    self.packageIsCounted = packageIsCounted
    isAPU = card.model == Self.mi300A
    let folder = card.device
    metricsFile = SystemFile(folder + "/gpu_metrics", capacity: 4096)
    usedMemory = SystemFile(folder + "/mem_info_vram_used", capacity: 64)
    busyFile = SystemFile(folder + "/gpu_busy_percent", capacity: 64)
    memoryBusyFile = SystemFile(folder + "/mem_busy_percent", capacity: 64)
    totalMemory = SystemFile(folder + "/mem_info_vram_total", capacity: 64)
    sensors = AMDSensors(card.hwmon)
    var attributes = ["index": "\(index)", "pci": card.pci, "driver": card.driver]
    attributes["vbios"] = SystemFile.text(folder + "/vbios_version")
    attributes["uuid"] = SystemFile.text(folder + "/unique_id")
    attributes["partition"] = SystemFile.text(folder + "/current_compute_partition")
    let product = SystemFile.text(folder + "/product_name") ?? ""
    device = Device(
      id: context.device(.gpu, card.pci), label: "\(index)",
      model: product.isEmpty ? "AMD \(card.name(in: context))" : product,
      attributes: attributes.filter { !$0.value.isEmpty })
  }

  /// Whether it is known by now what its files tell.
  var isUnderstood: Bool { version != nil || metricsAreRefused }

  /// Reads every number once; what it does not have is missing.
  mutating func read(_ clock: any SessionClock) -> Reading {
    notes = []
    late = []
    failure = nil
    var reading = Reading(device: device.id, time: clock.now)
    let metrics = readMetrics()
    guard failure == nil else { return reading }
    let limit = AMDSensors.watts(sensors.cap)
    reading.set(.powerLimit, limit)
    reading.set(.powerLimitDefault, sensors.defaultCap)
    setPower(&reading, metrics, limit)
    setActivity(&reading, metrics)
    setState(&reading, metrics)
    reading.arrival = clock.now
    if let metrics { (earlier, earlierTime) = (metrics, reading.time) }
    return reading
  }

  private mutating func readMetrics() -> AMDMetrics? {
    guard !metricsAreRefused else {
      if !SystemFile.exists(card.device) { failure = SystemError(ENOENT, card.device) }
      return nil
    }
    do {
      switch try metricsFile.readBytes({ bytes in
        Result<AMDMetrics, AMDMetrics.ParseError> { () throws(AMDMetrics.ParseError) in
          try AMDMetrics(bytes)
        }
      }) {
      case .success(let metrics):
        version = metrics.version
        averagesPower = metrics.averagesPower
        if metrics.isAPU { (isAPU, device.label) = (true, "iGPU") }
        return metrics
      case .failure(.short):
        guard SystemFile.exists(card.device) else {
          failure = SystemError(ENOENT, card.device)
          return nil
        }
        say(.note, "gpu_metrics is cut short; left out while it is")
      case .failure(.unknown(let version, let size)):
        metricsAreRefused = true
        say(
          .note, "gpu_metrics \(version) of \(size) bytes is not known; its sensors are read",
          like: "version")
      }
    } catch {
      if !SystemFile.exists(card.device) || version != nil {
        // While it is reset, too, the driver refuses what it gave before.
        failure = error
      } else {
        metricsAreRefused = true
        if error.isDenied { say(.note, "\(error.words); its sensors are read") }
      }
    }
    return nil
  }

  private func setActivity(_ reading: inout Reading, _ metrics: AMDMetrics?) {
    let percent = { (value: Int64?) in
      value.flatMap { 0...100 ~= $0 ? $0 * 10_000 : nil }
    }
    reading.set(.utilization, steps: percent(metrics?.gfxActivity ?? AMDSensors.number(busyFile)))
    reading.set(
      .memoryActivity, steps: percent(metrics?.umcActivity ?? AMDSensors.number(memoryBusyFile)))
    guard let total = AMDSensors.number(totalMemory), total > 0 else { return }
    reading.set(.memoryUsed, steps: AMDSensors.number(usedMemory).flatMap { $0 >= 0 ? $0 : nil })
    reading.set(.memoryTotal, steps: total)
  }

  private mutating func setThrottled(_ reading: inout Reading, _ metrics: AMDMetrics) {
    guard metrics.accumulationCounter != nil, let earlier else { return }
    if let shares = metrics.throttledShares(since: earlier) {
      let microseconds = (reading.time - earlierTime) * 1e6
      throttled.power += shares.power * microseconds
      throttled.heat += shares.heat * microseconds
    }
    reading.set(.throttledByPower, throttled.power * 1e-6)
    reading.set(.throttledByThermal, throttled.heat * 1e-6)
  }

  private mutating func setState(_ reading: inout Reading, _ metrics: AMDMetrics?) {
    if let metrics {
      reading.set(.temperature, metrics.temperature)
      reading.set(.memoryTemperature, metrics.memoryTemperature)
      reading.set(.smClock, steps: metrics.clock.map { $0 * 1_000_000 })
      reading.set(.memoryClock, steps: metrics.memoryClock.map { $0 * 1_000_000 })
      setThrottled(&reading, metrics)
      let moved = earlier.flatMap { metrics.reasons(since: $0) }
      let reasons = metrics.eventReasons ?? moved
      reading.set(.eventReasons, steps: reasons.map { Int64(bitPattern: $0.rawValue) })
      reading.set(.xgmiReceived, steps: metrics.linkReceived)
      reading.set(.xgmiSent, steps: metrics.linkSent)
    } else if metricsAreRefused {
      let sane = { (file: SystemFile?, range: ClosedRange<Int64>) in
        AMDSensors.number(file).flatMap { range ~= $0 ? $0 : nil }
      }
      reading.set(.temperature, steps: sane(sensors.temperature, 1...200_000))
      reading.set(.memoryTemperature, steps: sane(sensors.memoryTemperature, 1...200_000))
      reading.set(.smClock, steps: sane(sensors.clock, 0...20_000_000_000))
      reading.set(.memoryClock, steps: sane(sensors.memoryClock, 0...20_000_000_000))
    }
    guard let fastest = sensors.maxFanSpeed,
      let turns = metrics?.fan ?? AMDSensors.number(sensors.fan), turns >= 0
    else { return }
    reading.set(.fanSpeed, min(1, Double(turns) / Double(fastest)))
  }

  /// Tells something unless the like of it was told as often as is of use.
  mutating func say(
    _ kind: Event.Kind, _ text: String, like: String? = nil, upTo times: Int = 1
  ) {
    guard said[like ?? text, default: 0] < times else { return }
    said[like ?? text, default: 0] += 1
    notes.append((kind, text))
  }
}
