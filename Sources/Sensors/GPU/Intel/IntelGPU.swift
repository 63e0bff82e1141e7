import Glibc
import Linux
import Telemetry

/// One Intel GPU, read from the files of the i915 or xe driver.
///
/// Layouts: the kernel's `sysfs-driver-intel-i915-hwmon`, `sysfs-driver-intel-xe-hwmon` and
/// `sysfs-driver-intel-xe-gt`: energies in µJ, powers in µW, temperatures in m°C, clocks in MHz.
struct IntelGPU {
  /// An energy counter of the card, or of the package on it.
  private struct Meter {
    let name: String
    let file: SystemFile
    /// The limits of its domain, what binds longest first; one that is 0 is switched off.
    let limits: [SystemFile]
    /// The limit that its domain is sold with, in watts.
    let defaultLimit: Double?
    /// What the meter's power cannot exceed, in watts.
    let highest: Double?
    var counter = DRMEnergyCounter()
  }

  let card: DRMCard
  let device: Device
  /// Whether it is part of a processor: then its energy is in the package's, and is not read.
  let isIntegrated: Bool

  private var meters: [Meter] = []
  private let clock: SystemFile?
  private let temperature: SystemFile?
  private let memoryTemperature: SystemFile?
  private let totalMemory: Int64?

  /// The PCI address of graphics inside the processor, in any domain: bus 0, device 2, function 0.
  static let integratedAddress = ":00:02.0"

  /// The share of its time in which its clients kept it busy, and when that was looked at.
  private var activity: (share: Double, time: Timestamp)?

  /// How often something was said of a counter; a broken one could go on for ever.
  private var told = 0

  /// What is to be told of the last reading.
  private(set) var notes: [(kind: Event.Kind, text: String)] = []
  /// Readings that had been held back and can be given now.
  private(set) var late: [Reading] = []
  /// Why the last reading is not to be used.
  private(set) var failure: SystemError?
  /// Joules for the processes on it, since they were taken last.
  var spent = DRMEnergyMeter()
  /// The counter whose values are given: `card` or `pkg`.
  var meterName: String { meters.first?.name ?? "" }

  /// Asks for everything that never changes; what the driver does not tell is left out.
  init(_ card: DRMCard, index: Int, context: SourceContext) {
    self.card = card
    isIntegrated = card.pci.hasSuffix(Self.integratedAddress)
    let hwmon = card.hwmon
    if !isIntegrated, let hwmon { meters = Self.meters(hwmon) }
    clock = Self.first([
      card.device + "/tile0/gt0/freq0/act_freq", card.device + "/tile0/gt0/freq0/cur_freq",
      card.path + "/gt/gt0/rps_act_freq_mhz", card.path + "/gt_act_freq_mhz",
      card.path + "/gt_cur_freq_mhz",
    ])
    let xe = hwmon.map { [$0 + "/temp2_input", $0 + "/temp1_input"] } ?? []
    temperature = isIntegrated ? nil : Self.first(xe)
    memoryTemperature = hwmon.flatMap { folder in
      SystemFile.text(folder + "/temp3_label") == "vram"
        ? SystemFile(folder + "/temp3_input", capacity: 64) : nil
    }
    let sizes = ["/device/tile0/physical_vram_size_bytes", "/lmem_total_bytes"]
    totalMemory = sizes.lazy.compactMap { Self.size(card.path + $0) }.first
    var attributes = ["index": "\(index)", "pci": card.pci, "driver": card.driver]
    if isIntegrated { attributes[Device.integratedKey] = "yes" }
    device = Device(
      id: context.device(.gpu, card.pci), label: isIntegrated ? "iGPU" : "\(index)",
      model: "Intel \(card.name(in: context))", attributes: attributes)
  }

  /// A size in decimal or, with `0x`, hexadecimal digits.
  private static func size(_ path: String) -> Int64? {
    guard let text = SystemFile.text(path) else { return nil }
    let size = text.hasPrefix("0x") ? Int64(text.dropFirst(2), radix: 16) : Int64(text)
    return size.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func first(_ paths: [String]) -> SystemFile? {
    paths.first(where: SystemFile.exists).map { SystemFile($0, capacity: 64) }
  }

  /// The counters of a chip, the whole card's before the package's.
  ///
  /// Of the limits `max` is that of seconds (PL1), `cap` that of milliseconds (PL2), `rated_max` what
  /// the product is made for, and `crit` a current's (I1), which is far above.
  private static func meters(_ folder: String) -> [Meter] {
    var meters: [Meter] = []
    for number in 1...2 {
      let path = "\(folder)/energy\(number)_input"
      guard SystemFile.exists(path) else { continue }
      let label = SystemFile.text("\(folder)/energy\(number)_label")
      // The powers of a domain mostly have its counter's number; where they are labelled, its name.
      let power =
        (1...2).first { label != nil && SystemFile.text("\(folder)/power\($0)_label") == label }
        ?? number
      let limit = { (name: String) in "\(folder)/power\(power)_\(name)" }
      let highest = ["crit", "cap", "max", "rated_max"].compactMap {
        SystemFile.number(limit($0))
      }.max()
      meters.append(
        Meter(
          name: label ?? (number == 1 ? "card" : "pkg"), file: SystemFile(path, capacity: 64),
          limits: ["max", "cap", "rated_max"].map(limit).filter(SystemFile.exists).map {
            SystemFile($0, capacity: 64)
          },
          defaultLimit: SystemFile.number(limit("rated_max")).flatMap(watts),
          highest: highest.flatMap(watts)))
    }
    return meters.filter { $0.name == "card" } + meters.filter { $0.name != "card" }
  }

  private static func watts(_ microwatts: Int64) -> Double? {
    microwatts > 0 ? Double(microwatts) * 1e-6 : nil
  }

  /// Reads every number once; `usage` is what its clients do, if that was looked at just now.
  mutating func read(_ clock: any SessionClock, usage: DRMClients.Usage?) -> Reading {
    notes = []
    late = []
    failure = nil
    var reading = Reading(device: device.id, time: clock.now)
    if !SystemFile.exists(card.device) {
      failure = SystemError(ENOENT, card.device)
      return reading
    }
    if let busy = usage?.busy { activity = (busy, reading.time) }
    setEnergy(&reading)
    reading.set(.utilization, usage?.busy)
    if !isIntegrated {
      reading.set(.memoryUsed, steps: usage?.memory)
      reading.set(.memoryTotal, steps: totalMemory)
    }
    reading.set(.temperature, steps: Self.number(temperature, 1...200_000))
    reading.set(.memoryTemperature, steps: Self.number(memoryTemperature, 1...200_000))
    reading.set(.smClock, steps: Self.number(self.clock, 0...20_000).map { $0 * 1_000_000 })
    reading.arrival = clock.now
    return reading
  }

  /// Whether its clients worked on it when they were looked at last, a moment ago.
  private func isBusy(at time: Timestamp) -> Bool {
    guard let activity else { return false }
    return activity.share >= 0.1 && time - activity.time <= 2 * DRMClients.period
  }

  private static func number(_ file: SystemFile?, _ range: ClosedRange<Int64>) -> Int64? {
    AMDSensors.number(file).flatMap { range ~= $0 ? $0 : nil }
  }

  private mutating func setEnergy(_ reading: inout Reading) {
    guard !meters.isEmpty else { return }
    reading.set(.powerLimit, meters[0].limits.lazy.compactMap { AMDSensors.watts($0) }.first)
    reading.set(.powerLimitDefault, meters[0].defaultLimit)
    guard let energy = AMDSensors.number(meters[0].file), energy >= 0 else { return }
    let (values, fault) = meters[0].counter.take(
      energy, power: nil, limit: meters[0].highest, isBusy: isBusy(at: reading.time),
      at: reading.time)
    for value in values {
      spent.add(counter: value.microjoules)
      if value.time == reading.time {
        reading.set(.energy, steps: value.microjoules)
      } else {
        var earlier = Reading(device: device.id, time: value.time, arrival: reading.time)
        earlier.set(.energy, steps: value.microjoules)
        late.append(earlier)
      }
    }
    if let fault, told < 8 {
      told += 1
      let other = meters.count > 1 && meters[0].counter.isRejected ? meters[1].name : nil
      let end = other.map { "; that of the \($0) serves" } ?? ""
      notes.append((fault.kind, "\(meters[0].name): \(fault.words)\(end)"))
    }
    if meters.count > 1, meters[0].counter.isRejected { meters.removeFirst() }
  }
}

extension IntelGPU {
  /// Source, method and period of one of its metrics.
  func provenance(of metric: Metric, every interval: Double) -> Provenance {
    var method = metric.isCounter ? Provenance.Method.counter : .instant
    var period = interval
    let note: String
    switch metric {
    case .energy: note = "\(card.driver) hwmon, energy of the \(meterName) as the driver counts, µJ"
    case .powerLimit: note = "\(card.driver) hwmon, limit of the \(meterName), µW"
    case .powerLimitDefault: note = "\(card.driver) hwmon, rated limit of the \(meterName), µW"
    case .utilization:
      method = .average
      period = max(DRMClients.period, interval)
      note = "engine time of the clients this user may see, of the busiest kind of engine"
    case .memoryUsed:
      period = max(DRMClients.period, interval)
      note = "memory of the clients this user may see"
    case .memoryTotal: note = "the card's own memory"
    case .temperature: note = "\(card.driver) hwmon, °C of the package"
    case .memoryTemperature: note = "\(card.driver) hwmon, °C of the memory"
    case .smClock: note = "\(card.driver), MHz of the first graphics engine"
    default: note = ""
    }
    return Provenance(
      source: IntelSource.sourceName, method: method, period: period, note: note)
  }
}
