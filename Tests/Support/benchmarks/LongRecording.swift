import Glibc
import Recordings
import Telemetry

/// A recording of weeks, as eight or sixty-four GPUs with 28 values each would leave it.
///
///     benchmarks --recording FILE [--gpus 8] [--days 30] [--hertz 1]
struct LongRecording {
  var gpus = 8
  var days = 30.0
  var hertz = 1.0

  private static let metrics: [Metric] = [
    .power, .energy, .utilization, .memoryActivity, .memoryUsed, .memoryTotal, .temperature,
    .memoryTemperature, .fanSpeed, .smClock, .memoryClock, .eventReasons, .powerLimit, .smActive,
    .smOccupancy, .tensorActive, .hmmaActive, .immaActive, .dramActive, .pcieReceived, .pcieSent,
    .nvlinkReceived, .nvlinkSent, .pcieReceiveRate, .pcieSendRate, .throttledByPower,
    .throttledByThermal, .throttledByBoard,
  ]

  /// Writes it, and says how large it is and what each reading took.
  func write(to path: String) throws {
    let start = Timestamp(nanoseconds: 1_760_000_000_000_000_000)
    let writer = try RecordingWriter(
      path: path,
      header: RecordingHeader(
        machine: "box", programVersion: "benchmark", startedAt: start, isSimulated: true))
    let ids = (0..<gpus).map { DeviceID(machine: "box", kind: .gpu, name: "GPU-\($0)") }
    for (index, id) in ids.enumerated() {
      try writer.append(
        .device(Device(id: id, label: "\(index)", model: "NVIDIA H100 80GB HBM3")))
      for metric in Self.metrics {
        try writer.append(
          .series(
            SeriesDescriptor(
              device: id, metric: metric,
              provenance: Provenance(
                source: "simulate", method: metric.isCounter ? .counter : .instant,
                period: 1 / hertz))))
      }
    }
    var dice = SplitMix(state: 1)
    var counters = [[Double]](repeating: [0, 0, 0, 0, 0, 0, 0, 0], count: gpus)
    let processor = Benchmark.processorTime()
    let count = Int(days * 86_400 * hertz)
    for step in 0..<count {
      let second = Double(step) / hertz
      // Steps of training with a checkpoint every ten minutes, and a night without work each week.
      let isIdle = Int(second / 43_200) % 14 == 13
      let isSaving = Int(second) % 600 < 20
      for (gpu, id) in ids.enumerated() {
        let load = isIdle ? 0.0 : isSaving ? 0.1 : 0.9 + 0.1 * dice.unit
        let watts = (70 + 600 * load + 30 * dice.unit).rounded(to: 0.001)
        let busy = (load * 100).rounded() / 100
        let time = start + (second + (0.001 * dice.unit / hertz).rounded(to: 1e-6))
        var reading = Reading(device: id, time: time, arrival: time + 0.0004 * dice.unit)
        counters[gpu][0] += (watts / hertz).rounded(to: 0.001)
        counters[gpu][1] += (load * 2e8 * dice.unit / hertz).rounded()
        counters[gpu][2] += (load * 5e7 * dice.unit / hertz).rounded()
        counters[gpu][3] += (load * 4e10 * (0.9 + 0.1 * dice.unit) / hertz).rounded(to: 1024)
        counters[gpu][4] += (load * 4e10 * (0.9 + 0.1 * dice.unit) / hertz).rounded(to: 1024)
        if load > 0.95 { counters[gpu][5] += 0.01 / hertz }
        let heat = (35 + 30 * load + 2 * dice.unit).rounded()
        let values: [Double] = [
          watts, counters[gpu][0], busy, (load * 60 + 5 * dice.unit).rounded() / 100,
          isIdle ? 6e8 : 7.1e10 + 2_097_152 * Double(step / 300 % 7), 85_520_809_984, heat,
          heat + 8, isIdle ? 0.3 : 0.6,
          isIdle ? 3.45e8 : 1.98e9 - 1.5e7 * (3 * dice.unit).rounded(),
          2.619e9, isIdle ? 1 : load > 0.95 ? 4 : 0, 700, load * (0.9 + 0.1 * dice.unit),
          load * 0.3,
          load * (0.5 + 0.1 * dice.unit), load * 0.5, 0, load * (0.6 + 0.1 * dice.unit),
          counters[gpu][1], counters[gpu][2], counters[gpu][3], counters[gpu][4],
          (load * 2e8 * dice.unit).rounded(to: 1000), (load * 5e7 * dice.unit).rounded(to: 1000),
          counters[gpu][5], 0, 0,
        ]
        for (metric, value) in zip(Self.metrics, values) { reading.set(metric, value) }
        try writer.append(.reading(reading))
      }
    }
    try writer.close()
    let seconds = Benchmark.processorTime() - processor
    var status = stat()
    stat(path, &status)
    let readings = Double(count * gpus)
    print(
      "\(count * gpus) readings of \(Self.metrics.count) values: "
        + "\((Double(status.st_size) / 1e6).rounded()) MB, "
        + "\((Double(status.st_size) / readings).rounded(to: 0.1)) bytes each; "
        + "\((seconds / readings * 1e6).rounded(to: 0.1)) µs each to make and write, "
        + "\((seconds / (days * 86_400) * 100).rounded(to: 0.001)) % of a core")
  }
}

/// Numbers by Steele, Lea and Flood's SplitMix64, alike on every machine.
private struct SplitMix {
  var state: UInt64

  /// The next number in 0..<1.
  var unit: Double {
    mutating get {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ z >> 31) >> 11) * 0x1p-53
    }
  }
}

extension Double {
  fileprivate func rounded(to step: Double) -> Double { (self / step).rounded() * step }
}
