import Formats
import Telemetry

/// One line of a metric's file in MLflow's file store: milliseconds, value and step.
///
///     1664364007310 3.2727866172790527 0
///
/// Source: mlflow/mlflow, `store/tracking/file_store.py`. Newer versions may add fields behind.
struct MLflowMetric: Sendable, Equatable {
  var time: Timestamp
  var value: Double
  var step: Int64

  /// Reads a line; `nil` when it is none.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    let parts = line.split(maxSplits: 8, whereSeparator: { $0 == 0x20 || $0 == 0x0D })
    guard parts.count >= 2, let time = PlainNumber.whole(parts[0]),
      let value = PlainNumber.parse(parts[1]),
      let step = parts.count > 2 ? PlainNumber.whole(parts[2]) : 0
    else { return nil }
    self.init(milliseconds: time, value: value, step: step)
  }

  /// A value at a time in milliseconds since 1970; `nil` when that is of another century.
  init?(milliseconds: Int64, value: Double, step: Int64) {
    guard 946_684_800_000...4_102_444_800_000 ~= milliseconds else { return nil }
    time = Timestamp(nanoseconds: milliseconds * 1_000_000)
    self.value = value
    self.step = step
  }
}

/// What MLflow's system monitor calls the power of the machine's GPUs.
///
///     system/gpu_0_power_usage_watts    system/gpu_0_utilization_percentage
///
/// A sample every ten seconds unless told otherwise. Source: mlflow/mlflow,
/// `system_metrics/metrics/gpu_monitor.py`.
struct MLflowGPUMetric: Sendable, Equatable {
  var index: String
  var metric: Metric
  private var factor: Double

  /// Reads the name of a metric; `nil` when it is none of the power of a GPU.
  init?(_ key: String) {
    let start = "system/gpu_"
    guard key.hasPrefix(start) else { return nil }
    let rest = key.dropFirst(start.count)
    index = String(rest.prefix { $0.isASCII && $0.isNumber })
    guard 1...4 ~= index.count else { return nil }
    switch rest.dropFirst(index.count) {
    case "_power_usage_watts": (metric, factor) = (.power, 1)
    case "_utilization_percentage": (metric, factor) = (.utilization, 0.01)
    default: return nil
    }
  }

  /// What a value of the metric says of its GPU.
  func sample(_ value: MLflowMetric) -> SecondHandGPUs.Sample {
    SecondHandGPUs.Sample(
      time: value.time, index: index, values: [(metric, value.value * factor)])
  }

  /// The GPUs of the machine that a run was on.
  static func gpus(_ source: String, _ context: SourceContext) -> SecondHandGPUs {
    SecondHandGPUs(
      machine: context.machine, teller: "mlflow", source: source, method: .instant,
      note: "MLflow's own measurement of the machine's GPUs, whoever used them")
  }
}
