import Formats
import Telemetry

/// The series by which exporters tell power and energy, for every format that Prometheus' series are
/// kept in.
///
/// Sources: dcgm-exporter's default-counters.csv and DCGM's names since 2026, node_exporter's
/// rapl_linux.go and hwmon_linux.go, Kepler's metrics.md, Scaphandre's exporter documentation.
struct PrometheusPowerSeries: Sendable {
  let metric: Metric
  /// How many of the metric's unit one is.
  let factor: Double
  /// What a series speaks of, by its labels; `nil` where it repeats what others say.
  let subject: @Sendable (Labels) -> PowerLogSubject?

  /// The labels of a series.
  struct Labels {
    let value: (String) -> String?

    /// The first label of these that is not empty.
    func first(_ names: String...) -> String? {
      names.lazy.compactMap { value($0) }.first { !$0.isEmpty }
    }
  }

  /// The series by their names.
  static let byName: [String: PrometheusPowerSeries] = {
    var all: [String: PrometheusPowerSeries] = [:]
    for (name, metric, factor) in boards {
      all[name] = Self(metric: metric, factor: factor) { isPart($0) ? nil : board($0, name) }
    }
    for (name, metric, factor, kind) in zones {
      all[name] = Self(metric: metric, factor: factor) { isPart($0) ? nil : zone($0, name, kind) }
    }
    for (name, metric, factor) in sensors {
      all[name] = Self(metric: metric, factor: factor) { sensor($0, name) }
    }
    all["scaph_host_power_microwatts"] = Self(metric: .power, factor: 1e-6) { labels in
      PowerLogSubject(
        kind: .cpu, role: .processor, marks: [.name: "packages"], host: host(labels),
        note: scaphandre)
    }
    all["scaph_socket_power_microwatts"] = Self(metric: .power, factor: 1e-6) { labels in
      labels.first("socket_id").map {
        PowerLogSubject(
          kind: .cpu, role: .processorPart, marks: [.name: "socket-\($0)"], host: host(labels),
          parent: "packages", note: scaphandre)
      }
    }
    return all
  }()

  private static let scaphandre = "Scaphandre, what RAPL counts of the host, µW"

  private static let boards: [(String, Metric, Double)] = [
    ("DCGM_FI_DEV_POWER_USAGE", .power, 1), ("DCGM_FI_DEV_BOARD_POWER_WATTS", .power, 1),
    ("DCGM_FI_DEV_BOARD_POWER_RAW_WATTS", .powerInstant, 1),
    ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", .energy, 1e-3),
    ("DCGM_FI_DEV_ENFORCED_POWER_LIMIT", .powerLimit, 1),
    ("DCGM_FI_DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS", .powerLimit, 1),
    ("DCGM_FI_DEV_GPU_UTIL", .utilization, 0.01), ("DCGM_FI_DEV_GPU_UTIL_RATIO", .utilization, 1),
    ("DCGM_FI_DEV_GPU_TEMP", .temperature, 1), ("DCGM_FI_DEV_GPU_TEMP_CELSIUS", .temperature, 1),
    ("nvidia_smi_power_draw_watts", .power, 1), ("nv_gpu_power_usage", .power, 1),
    ("nv_energy_consumption", .energy, 1), ("all_smi_gpu_power_consumption_watts", .power, 1),
    ("kepler_node_gpu_joules_total", .energy, 1), ("kepler_node_gpu_watts", .power, 1),
  ]

  private static let zones: [(String, Metric, Double, String?)] = [
    ("node_rapl_package_joules_total", .energy, 1, "package"),
    ("node_rapl_dram_joules_total", .energy, 1, "dram"),
    ("node_rapl_core_joules_total", .energy, 1, "core"),
    ("node_rapl_uncore_joules_total", .energy, 1, "uncore"),
    ("node_rapl_psys_joules_total", .energy, 1, "psys"),
    ("kepler_node_cpu_joules_total", .energy, 1, nil), ("kepler_node_cpu_watts", .power, 1, nil),
  ]

  private static let sensors: [(String, Metric, Double)] = [
    ("node_hwmon_power_watt", .power, 1), ("node_hwmon_power_input_watt", .power, 1),
    ("node_hwmon_power_average_watt", .power, 1), ("node_hwmon_energy_joule_total", .energy, 1),
  ]

  /// Whether a series is of one mode only, as those of older Keplers are: “idle” and “dynamic” joules of a
  /// device have the same name, and one of them alone would pass for all.
  private static func isPart(_ labels: Labels) -> Bool { labels.first("mode") != nil }

  /// The host, or where it was asked: one exporter speaks of one machine.
  private static func host(_ labels: Labels) -> String? {
    labels.first("Hostname", "hostname", "node", "node_name", "instance")
  }

  /// A board, which all rows of its parts repeat.
  private static func board(_ labels: Labels, _ name: String) -> PowerLogSubject {
    var marks: [PowerLogSubject.Mark: String] = [:]
    marks[.uuid] = labels.first("UUID", "uuid", "gpu_uuid")
    marks[.bus] = labels.first("pci_bus_id")
    marks[.index] = labels.first("gpu", "index", "minor_number")
    if marks.isEmpty { marks[.name] = labels.first("device", "instance") ?? "all" }
    return PowerLogSubject(
      marks: marks, model: labels.first("modelName", "gpu_name", "name") ?? "",
      host: host(labels), method: .instant, note: "Prometheus, \(exporter(name))")
  }

  private static func zone(_ labels: Labels, _ name: String, _ kind: String?) -> PowerLogSubject? {
    guard let zone = kind ?? labels.first("zone")?.lowercased() else { return nil }
    let role: DeviceRole
    switch zone.prefix(while: { $0 != "-" }) {
    case "package": role = .processor
    case "dram": role = .memory
    case "core", "uncore": role = .processorPart
    case "psys": role = .platform
    default: return nil
    }
    // The path is that of the kernel's file: `…/intel-rapl:0:2`.
    let place =
      labels.first("path").flatMap { $0.split(separator: "/").last.map(String.init) }
      ?? labels.first("index")
    return PowerLogSubject(
      kind: .cpu, role: role, marks: [.name: place.map { "\(zone)-\($0)" } ?? zone],
      host: host(labels), method: .instant, note: "Prometheus, \(exporter(name))")
  }

  private static func sensor(_ labels: Labels, _ name: String) -> PowerLogSubject? {
    guard let chip = labels.first("chip") else { return nil }
    return PowerLogSubject(
      kind: .meter, role: .sensor, marks: [.name: "\(chip)-\(labels.first("sensor") ?? "power")"],
      host: host(labels), method: .instant, note: "Prometheus, \(exporter(name))")
  }

  /// Whose series it is, so that power and energy of one device are of one.
  private static func exporter(_ name: String) -> String {
    switch name.prefix(while: { $0 != "_" }) {
    case "DCGM": "dcgm-exporter"
    case "node": "node_exporter"
    case "kepler": "Kepler"
    default: name
    }
  }
}
