import CDrivers
import Linux
import Telemetry

/// One open GPU: its numbers, by one call for many of them and single calls for the rest.
struct NVMLDevice {
  let identity: NVMLIdentity
  let handle: nvmlDevice_t
  let library: NVMLLibrary
  let fields: NVMLFields
  var query = NVMLQuery()
  /// The limit that binds, in milliwatts, as last heard.
  private(set) var limit: UInt64?
  /// A power in watts that was left out of the last reading because it cannot be.
  private(set) var implausiblePower: Double?
  /// Whether the GPU has no memory of its own and uses the host's.
  private(set) var sharesMemory = false
  private let hostMemory: SystemFile

  /// The last answer of the energy counter.
  private var lastEnergy: (millijoules: UInt64, time: Timestamp)?

  init(
    identity: NVMLIdentity, handle: nvmlDevice_t, library: NVMLLibrary, context: SourceContext
  ) {
    self.identity = identity
    self.handle = handle
    self.library = library
    var missing: Set<NVMLField> = []
    if !identity.averagesPower { missing.insert(.averagePower) }
    // Drivers that do not know the scope answer for the GPU alone.
    if !identity.isModule { missing.formUnion([.moduleAverage, .moduleInstant]) }
    if library.driverBranch ?? 0 < NVMLField.powerBrakeBranch {
      missing.insert(.hwPowerBrakeSlowdown)
    }
    fields = NVMLFields(leavingOut: missing)
    hostMemory = SystemFile(context.path("/proc/meminfo"))
  }

  /// Asks for what is due; what it does not have is missing from the reading.
  mutating func read(_ due: NVMLSchedule.Due, _ clock: any SessionClock) -> Reading {
    query.begin()
    implausiblePower = nil
    let handle = handle
    fields.read(full: due.second, handle, library, &query)
    var usage = fields[identity.averagesPower ? .averagePower : .instantPower]
    if usage == nil, due.second || !identity.averagesPower {
      usage = query.ask(.power, library.calls.power) { $0(handle, &$1) }.map(UInt64.init)
    }
    let energy =
      fields[.energy] ?? fields[.totalEnergyConsumption]
      ?? query.ask(.energy, library.calls.energy, from: UInt64(0)) { $0(handle, &$1) }
    // Power and energy are integrated over time, so the reading takes its time right after them.
    var reading = Reading(device: identity.device.id, time: clock.now)
    if due.second { setLimits(&reading, isSeldom: due.pair) }
    set(.power, usage, &reading)
    if identity.averagesPower { set(.powerInstant, fields[.instantPower], &reading) }
    reading.set(.energy, steps: plausible(energy, at: reading.time))
    if due.second { setCounters(&reading) }
    if due.second { setActivity(&reading) }
    if due.pair { setState(&reading) }
    if due.slow { setRest(&reading) }
    reading.arrival = clock.now
    return reading
  }

  /// The energy counter in µJ; `nil` if it grew by more than the board can draw since the last
  /// reading.
  ///
  /// A counter that drops out for a moment would be charged all it ever counted when it is back. A
  /// fall is passed on: it is a driver's restart, which the timeline knows.
  private mutating func plausible(_ energy: UInt64?, at time: Timestamp) -> Int64? {
    guard let energy, let steps = Self.steps(energy, times: 1000) else { return nil }
    defer { lastEnergy = (energy, time) }
    guard let lastEnergy, energy > lastEnergy.millijoules else {
      return energy == 0 && lastEnergy.map { $0.millijoules > 0 } ?? false ? nil : steps
    }
    let most = 1.5 * Double(limit ?? 4_000_000) * (time - lastEnergy.time + 1)
    return Double(energy - lastEnergy.millijoules) <= max(most, 10_000) ? steps : nil
  }

  /// Adds a power (mW) if it is plausible.
  private mutating func set(_ metric: Metric, _ power: UInt64?, _ reading: inout Reading) {
    guard let power else { return }
    if Self.isPlausible(power, limit: limit) {
      reading.set(metric, steps: Int64(power))
    } else {
      implausiblePower = Double(power) / 1000
    }
  }

  /// Whether a board can draw this power (mW): at most 1.5 times its power limit, if known, and at
  /// most 4 kW.
  static func isPlausible(_ power: UInt64, limit: UInt64?) -> Bool {
    if let limit, limit > 0, Double(power) > 1.5 * Double(limit) { return false }
    return power <= 4_000_000
  }

  private mutating func setLimits(_ reading: inout Reading, isSeldom: Bool) {
    let handle = handle
    var now = fields[.limit]
    if now == nil, isSeldom {
      now = query.ask(.limit, library.calls.enforcedLimit) { $0(handle, &$1) }.map(UInt64.init)
    }
    // Above 10 kW the value is no limit.
    if let now, now > 0, now <= 10_000_000 {
      limit = now
      reading.set(.powerLimit, steps: Int64(now))
    }
    reading.set(.powerLimitDefault, steps: fields[.defaultLimit].flatMap { Int64(exactly: $0) })
    // A module draws what several boards do, so the limit of its GPU says nothing.
    if let module = fields[.moduleAverage] ?? fields[.moduleInstant], module <= 8_000_000 {
      reading.set(.modulePower, steps: Int64(module))
    }
  }

  /// What the driver counts: time held back, bytes over the links.
  private func setCounters(_ reading: inout Reading) {
    func microseconds(_ field: NVMLField) -> Int64? {
      fields[field].flatMap { Int64(exactly: $0 / 1000) }
    }
    reading.set(.throttledByPower, steps: microseconds(.perfPolicyPower))
    reading.set(.throttledByThermal, steps: microseconds(.perfPolicyThermal))
    // A sum with one part missing would look like a counter that was reset.
    let parts = [NVMLField.perfPolicyBoardLimit, .hwPowerBrakeSlowdown].filter(fields.has)
    let held = parts.compactMap(microseconds)
    if !held.isEmpty, held.count == parts.count {
      reading.set(.throttledByBoard, steps: held.reduce(0, &+))
    }
    // A fast link passes 4 GiB several times between two looks; the chip's own rates do not.
    if fields.narrow.isEmpty || identity.gpm != .works {
      reading.set(.pcieReceived, steps: fields[.pcieReceived].flatMap { Int64(exactly: $0) })
      reading.set(.pcieSent, steps: fields[.pcieSent].flatMap { Int64(exactly: $0) })
    }
    reading.set(
      .nvlinkReceived, steps: fields[.nvlinkReceived].flatMap { Self.steps($0, times: 1024) })
    reading.set(.nvlinkSent, steps: fields[.nvlinkSent].flatMap { Self.steps($0, times: 1024) })
  }

  private mutating func setActivity(_ reading: inout Reading) {
    let handle = handle
    let rates = query.ask(.utilization, library.calls.utilization, from: nvmlUtilization_t()) {
      $0(handle, &$1)
    }
    guard let rates, rates.gpu <= 100, rates.memory <= 100 else { return }
    reading.set(.utilization, steps: Int64(rates.gpu) * 10_000)
    reading.set(.memoryActivity, steps: Int64(rates.memory) * 10_000)
  }

  private mutating func setState(_ reading: inout Reading) {
    let handle = handle
    setMemory(&reading)
    let sensor = Int32(NVML_TEMPERATURE_GPU)
    var request = nvmlTemperature_t()
    request.version = UInt32(nvmlTemperature_v1)
    request.sensorType = sensor
    let degrees =
      query.ask(.temperatureV, library.calls.temperatureV, from: request) { $0(handle, &$1) }
      .map { Int64($0.temperature) }
      ?? query.ask(.temperature, library.calls.temperature) { $0(handle, sensor, &$1) }
      .map(Int64.init)
    reading.set(.temperature, steps: degrees.flatMap(Self.millidegrees))
    // Boards without a sensor may say zero.
    let memory = fields[.memoryTemperature].flatMap { $0 > 0 ? Int64(exactly: $0) : nil }
    reading.set(.memoryTemperature, steps: memory.flatMap(Self.millidegrees))
    reading.set(.smClock, steps: clock(.smClock, Int32(NVML_CLOCK_SM)))
    let reasons = query.ask(.eventReasons, library.calls.eventReasons, from: UInt64(0)) {
      $0(handle, &$1)
    }
    reading.set(.eventReasons, steps: reasons.map(Int64.init(bitPattern:)))
  }

  /// What changes seldom or slowly.
  private mutating func setRest(_ reading: inout Reading) {
    let handle = handle
    reading.set(.memoryClock, steps: clock(.memoryClock, Int32(NVML_CLOCK_MEM)))
    let percent = query.ask(.fanSpeed, library.calls.fanSpeed) { $0(handle, &$1) }
    // Fans may be told to turn faster than their nominal speed.
    reading.set(.fanSpeed, steps: percent.flatMap { $0 <= 200 ? Int64($0) * 10_000 : nil })
    setViolationTime(
      .throttledByPower, .perfPolicyPower, policy: NVML_PERF_POLICY_POWER, unless: .perfPolicyPower,
      &reading)
    setViolationTime(
      .throttledByThermal, .perfPolicyThermal, policy: NVML_PERF_POLICY_THERMAL,
      unless: .perfPolicyThermal, &reading)
    setViolationTime(
      .throttledByBoard, .perfPolicyBoardLimit, policy: NVML_PERF_POLICY_BOARD_LIMIT,
      unless: .perfPolicyBoardLimit, &reading)
    if !fields.has(.defaultLimit) {
      let limit = query.ask(.defaultLimit, library.calls.defaultLimit) { $0(handle, &$1) }
      reading.set(.powerLimitDefault, steps: limit.map(Int64.init))
    }
  }

  /// Asks for a time held back with a call of its own where no field tells it.
  private mutating func setViolationTime(
    _ metric: Metric, _ number: NVMLQuery.Quantity, policy: Int, unless field: NVMLField,
    _ reading: inout Reading
  ) {
    guard !fields.has(field), !fields.has(.hwPowerBrakeSlowdown) || metric != .throttledByBoard
    else {
      return
    }
    let handle = handle
    let time = query.ask(number, library.calls.violation, from: nvmlViolationTime_t()) {
      $0(handle, Int32(policy), &$1)
    }
    reading.set(metric, steps: time.flatMap { Int64(exactly: $0.violationTime / 1000) })
  }

  private mutating func setMemory(_ reading: inout Reading) {
    let handle = handle
    let calls = library.calls
    var used: UInt64?
    var total: UInt64?
    var request = nvmlMemory_v2_t()
    request.version = UInt32(nvmlMemory_v2)
    if let memory = query.ask(.memoryV2, calls.memoryV2, from: request, { $0(handle, &$1) }) {
      (used, total) = (memory.used, memory.total)
    } else if let memory = query.ask(
      .memory, calls.memory, from: nvmlMemory_t(), { $0(handle, &$1) })
    {
      (used, total) = (memory.used, memory.total)
    }
    if let total, total > 0 {
      reading.set(.memoryUsed, steps: used.flatMap { Int64(exactly: $0) })
      reading.set(.memoryTotal, steps: Int64(exactly: total))
    } else if total == 0 || query.unsupported.contains(.memory) {
      // GB10 and other chips that have no memory of their own.
      sharesMemory = true
      guard let sizes = try? hostMemory.read({ MemorySizes.read(&$0) }) else { return }
      reading.set(.memoryUsed, steps: sizes.used)
      reading.set(.memoryTotal, steps: sizes.total)
    }
  }

  private mutating func clock(_ number: NVMLQuery.Quantity, _ which: Int32) -> Int64? {
    let handle = handle
    let megahertz = query.ask(number, library.calls.clock) { $0(handle, which, &$1) }
    return megahertz.flatMap { $0 < 100_000 ? Int64($0) * 1_000_000 : nil }
  }

  /// Degrees as steps; `nil` beyond what a chip survives.
  private static func millidegrees(_ degrees: Int64) -> Int64? {
    (-60...200).contains(degrees) ? degrees * 1000 : nil
  }

  private static func steps(_ value: UInt64, times factor: UInt64) -> Int64? {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? nil : Int64(exactly: product)
  }
}
