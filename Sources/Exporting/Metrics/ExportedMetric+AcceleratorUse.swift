import Accounting
import Quantities
import Telemetry

extension ExportedMetric {
  /// What the joules of accelerators were for.
  static let acceleratorUse: [ExportedMetric] = [gpuJudged, gpuWasted, gpuJudgedTime, gpuWaitTime]

  /// Joules whose use was judged.
  public static let gpuJudged = ExportedMetric(
    "gpu_judged_joules_total", .counter,
    "Energy of an accelerator of which it was judged what it was for; the whole of the wasted joules "
      + "beside it",
    by: acceleratorLabels
  ) { each($0) { query, gpu in growth(.judgedEnergy, of: gpu, query) } }

  /// Joules that bought nothing.
  public static let gpuWasted = ExportedMetric(
    "gpu_wasted_joules_total", .counter,
    "Energy that an accelerator drew without work, by what it waited for: data, other ranks (peers), its "
      + "job's own main thread (program), something unknown while a job held it, or nothing (idle); and "
      + "while heat or its board held it back",
    by: acceleratorLabels + ["cause"]
  ) { query in
    query.ledger.inventory.gpus.flatMap { gpu in
      AllocationUse.Cause.allCases.compactMap { cause in
        growth(cause.energy, of: gpu, query).map { Sample(labels(gpu) + [cause.rawValue], $0) }
      }
    }
  }

  /// Seconds that were judged.
  public static let gpuJudgedTime = ExportedMetric(
    "gpu_judged_seconds_total", .counter,
    "Time for which it was judged what an accelerator did; the whole of the waits beside it",
    by: acceleratorLabels
  ) { each($0) { query, gpu in growth(.judgedTime, of: gpu, query) } }

  /// Seconds without work.
  public static let gpuWaitTime = ExportedMetric(
    "gpu_wait_seconds_total", .counter,
    "Time that an accelerator spent without work, by what it waited for",
    by: acceleratorLabels + ["cause"]
  ) { query in
    query.ledger.inventory.gpus.flatMap { gpu in
      AllocationUse.Cause.allCases.compactMap { cause in
        cause.time.flatMap { growth($0, of: gpu, query) }
          .map { Sample(labels(gpu) + [cause.rawValue], $0) }
      }
    }
  }

  private static func growth(_ metric: Metric, of gpu: Device, _ query: ExportQuery) -> Double? {
    query.growth(metric, of: AllocationUse.Cause.judged(gpu))
  }
}

extension AllocationUse.Cause {
  /// The counter of its joules.
  var energy: Metric {
    switch self {
    case .data: .dataWaitEnergy
    case .peers: .peerWaitEnergy
    case .program: .hostWaitEnergy
    case .unknown: .gapEnergy
    case .idle: .idleEnergy
    case .heldBack: .heldBackEnergy
    }
  }

  /// The counter of its seconds; `nil` where it is no wait.
  var time: Metric? {
    switch self {
    case .data: .dataWaitTime
    case .peers: .peerWaitTime
    case .program: .hostWaitTime
    case .unknown: .gapTime
    case .idle: .idleTime
    case .heldBack: nil
    }
  }

  /// The device that the counters of an accelerator are of.
  static func judged(_ gpu: Device) -> DeviceID {
    DeviceID(machine: gpu.id.machine, kind: .waiting, name: gpu.id.name)
  }
}
