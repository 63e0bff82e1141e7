import CDrivers
import Telemetry

/// The processes on one GPU: who they are, what memory they hold, their share, their energy.
///
/// Layouts: `nvmlProcessInfo_t` in its three sizes and `nvmlProcessUtilizationSample_t` of the
/// NVML API reference.
struct NVMLProcesses {
  private static let mostEntries = 4096

  private var roster: ProcessRoster
  /// Room for a list of processes; grows with the lists.
  private var listRoom = 64
  private var sampleRoom = 128
  /// The newest sample of the processes' shares that was seen, in the driver's microseconds.
  private var lastSample: UInt64 = 0
  /// Whether nobody was on the GPU at the last look; `nil` where that is not known.
  private(set) var isEmpty: Bool?
  /// Whether the list of graphics processes was empty; then it is asked for at the slow round only.
  private var drawsNothing = false
  // At the last look.
  private var lastTime: Timestamp?
  private var lastEnergy: Int64?
  private var lastPower: Int64?

  init(_ context: SourceContext, gpu: DeviceID) {
    roster = ProcessRoster(
      context, source: NVMLSource.sourceName, gpu: gpu, areHostPIDs: true)
  }

  /// Forgets what was drawn before; the next look charges nothing.
  mutating func forgetEnergy() { (lastTime, lastEnergy, lastPower) = (nil, nil, nil) }

  /// Looks who is on the GPU and charges what it drew since the last look.
  ///
  /// `isSeldom` is true at the slow round, which also asks again for lists that were empty. With MIG
  /// enabled the driver tells no shares.
  mutating func look(
    _ device: inout NVMLDevice, _ reading: Reading, isSeldom: Bool, isMIGEnabled: Bool,
    to observations: inout [Observation]
  ) {
    let calls = device.library.calls
    isEmpty = nil
    guard var list = list(.processes, calls.computeProcesses, &device) else { return }
    if isSeldom || !drawsNothing {
      let drawing = self.list(.graphicsProcesses, calls.graphicsProcesses, &device) ?? []
      drawsNothing = drawing.isEmpty
      for process in drawing where !list.contains(where: { $0.pid == process.pid }) {
        list.append(process)
      }
    }
    if !list.isEmpty, !isMIGEnabled, let shares = shares(&device) {
      for index in list.indices { list[index].smShare = shares[list[index].pid] ?? 0 }
    }
    isEmpty = list.isEmpty
    let joules = charge(reading, limit: device.limit)
    roster.report(list, joules: joules, at: reading.time, to: &observations)
  }

  /// The joules since the last look: by the counter, else by power over a stretch without a gap.
  private mutating func charge(_ reading: Reading, limit: UInt64?) -> Double? {
    func steps(_ metric: Metric) -> Int64? {
      reading.values.first { $0.metric == metric }?.steps
    }
    let (energy, power) = (steps(.energy), steps(.power))
    defer { (lastTime, lastEnergy, lastPower) = (reading.time, energy, power) }
    guard let lastTime, reading.time > lastTime else { return nil }
    let elapsed = reading.time - lastTime
    if let energy, let lastEnergy {
      // A counter that fell was reset, and nobody knows what was drawn.
      guard energy >= lastEnergy else { return nil }
      let joules = Double(energy - lastEnergy) * 1e-6
      // Counters move in steps of a tenth of a second, so short stretches may seem steep.
      let isPossible = NVMLDevice.isPlausible(
        UInt64(min(1e12, joules * 1000 / (elapsed + 0.2))), limit: limit)
      return isPossible ? joules : nil
    }
    guard let power, let lastPower, elapsed <= max(5, 3 * NVMLSchedule.twoSecondPeriod) else {
      return nil
    }
    return Double(power + lastPower) / 2000 * elapsed
  }

  /// One of the driver's lists; `nil` where it gives none.
  private mutating func list(
    _ number: NVMLQuery.Quantity, _ function: nvmlGetProcesses_t?, _ device: inout NVMLDevice
  ) -> [GPUProcess]? {
    guard device.query.mayAsk(number) else { return nil }
    guard let function else {
      device.query.refuse(number)
      return nil
    }
    let stride = device.library.calls.processStride
    // It says how many there are when the room is too small; more may start before it is asked
    // again.
    for _ in 0..<3 {
      let room = listRoom
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: room * stride, alignment: 8)
      defer { buffer.deallocate() }
      buffer.initializeMemory(as: UInt8.self, repeating: 0, count: room * stride)
      var count = UInt32(room)
      let code = function(device.handle, &count, buffer)
      guard let error = NVMLError(code) else {
        device.query.answered()
        return (0..<min(Int(count), room)).compactMap { Self.process(buffer + $0 * stride) }
      }
      guard Int(code) == NVML_ERROR_INSUFFICIENT_SIZE, room < Self.mostEntries else {
        if Int(code) != NVML_ERROR_INSUFFICIENT_SIZE { device.query.take(error, of: number) }
        return nil
      }
      listRoom = min(Self.mostEntries, max(room, Int(count)) * 2 + 5)
    }
    return nil
  }

  /// An entry of a list; the sizes differ only in what follows.
  private static func process(_ entry: UnsafeMutableRawPointer) -> GPUProcess? {
    let pid = entry.load(as: UInt32.self)
    guard pid > 0, let number = Int32(exactly: pid) else { return nil }
    let used = entry.load(fromByteOffset: 8, as: UInt64.self)
    // All ones stand for “not known”, and have no room in the result either.
    return GPUProcess(pid: number, memory: Int64(exactly: used))
  }

  /// Every process's share of the processing time since the last look.
  ///
  /// The driver lists only those that had any, so who is not named had none. `nil` where it tells
  /// nothing at all.
  private mutating func shares(_ device: inout NVMLDevice) -> [Int32: Double]? {
    guard device.query.mayAsk(.processUtilization) else { return nil }
    guard let call = device.library.calls.processUtilization else {
      device.query.refuse(.processUtilization)
      return nil
    }
    for _ in 0..<3 {
      let room = sampleRoom
      var samples = [nvmlProcessUtilizationSample_t](
        repeating: nvmlProcessUtilizationSample_t(), count: room)
      var count = UInt32(room)
      let code = call(device.handle, &samples, &count, lastSample)
      switch Int(code) {
      case NVML_SUCCESS: return mean(samples.prefix(min(Int(count), room)))
      case NVML_ERROR_NOT_FOUND: return [:]
      case NVML_ERROR_INSUFFICIENT_SIZE where room < Self.mostEntries:
        sampleRoom = min(Self.mostEntries, max(room, Int(count)) * 2 + 5)
      default:
        if let error = NVMLError(code), Int(code) != NVML_ERROR_INSUFFICIENT_SIZE {
          device.query.take(error, of: .processUtilization)
        }
        return nil
      }
    }
    return nil
  }

  /// The mean of every process over the samples that are new.
  private mutating func mean(_ samples: ArraySlice<nvmlProcessUtilizationSample_t>)
    -> [Int32: Double]
  {
    let newest = samples.map(\.timeStamp).max() ?? 0
    // At the first look the driver hands out all it has kept.
    let since = lastSample > 0 ? lastSample : newest - min(newest, 1_000_000)
    var sums: [Int32: (total: Double, count: Double)] = [:]
    for sample in samples where sample.timeStamp > since && sample.smUtil <= 100 {
      guard let pid = Int32(exactly: sample.pid), pid > 0 else { continue }
      let sum = sums[pid] ?? (0, 0)
      sums[pid] = (sum.total + Double(sample.smUtil), sum.count + 1)
    }
    lastSample = max(lastSample, newest)
    return sums.mapValues { $0.total / $0.count / 100 }
  }
}
