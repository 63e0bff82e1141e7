import Formats
import Telemetry

/// The GPUs of which a page of Triton tells power and energy.
///
/// `nv_gpu_power_usage` in watts, `nv_gpu_power_limit`, `nv_energy_consumption` in joules and
/// `nv_gpu_utilization` from 0 to 1, by `gpu_uuid`, of whole GPUs whoever used them. Source:
/// triton-inference-server/server, docs/user_guide/metrics.md.
enum ServerGPUs {
  private static let metrics: [String: Metric] = [
    "nv_gpu_power_usage": .power, "nv_gpu_power_limit": .powerLimit,
    "nv_energy_consumption": .energy, "nv_gpu_utilization": .utilization,
    "nv_gpu_memory_used_bytes": .memoryUsed, "nv_gpu_memory_total_bytes": .memoryTotal,
  ]

  /// The series that are read.
  static let names = metrics.keys.sorted()

  /// What a page tells of each GPU; without a UUID nobody knows which is meant.
  static func read(_ page: PrometheusPage, at time: Timestamp) -> [SecondHandGPUs.Sample] {
    var order: [String] = []
    var values: [String: [(metric: Metric, value: Double)]] = [:]
    for sample in page.samples {
      guard let metric = metrics[sample.name], let uuid = sample.label("gpu_uuid"), !uuid.isEmpty,
        sample.value.isFinite, sample.value >= 0
      else { continue }
      if values[uuid] == nil { order.append(uuid) }
      values[uuid, default: []].append((metric, sample.value))
    }
    return order.enumerated().map { place, uuid in
      SecondHandGPUs.Sample(
        time: time, index: "\(place)", uuid: String(uuid.prefix(80)), values: values[uuid] ?? [])
    }
  }
}
