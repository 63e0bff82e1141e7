import Formats
import Quantities
import Telemetry

/// The series of a dcgm-exporter, under the names of before and after DCGM's renaming of 2026.
///
/// Units after dcgm-exporter's default-counters.csv and dcgm_fields.h: watts, millijoules, MiB,
/// per cent in the old names and shares of one in the new.
enum DCGMTable {
  static let prefix = "DCGM_FI_"

  struct Field: Sendable {
    let metric: Metric
    /// Names behind the prefix, each with how many of the metric's unit one is.
    let names: [(name: String, scale: Double)]
    let method: Provenance.Method
    let note: String

    /// Whether it is the same for every part of a card.
    var isOfBoard: Bool { DCGMTable.ofBoard.contains(metric) }
  }

  /// What the board measures as a whole, whatever part of it a row is of.
  private static let ofBoard: Set<Metric> = [
    .power, .powerInstant, .energy, .powerLimit, .modulePower, .temperature, .memoryTemperature,
    .smClock, .memoryClock,
  ]

  static let fields: [Field] = [
    Field(
      metric: .power,
      names: [("DEV_POWER_USAGE", 1), ("DEV_BOARD_POWER_WATTS", 1)], method: .instant,
      note: "W of the whole board, the driver's mean over a second"),
    Field(
      metric: .powerInstant, names: [("DEV_BOARD_POWER_RAW_WATTS", 1)], method: .instant,
      note: "W at that moment"),
    Field(
      metric: .energy, names: [("DEV_TOTAL_ENERGY_CONSUMPTION", 1e-3)], method: .counter,
      note: "mJ since driver load"),
    Field(
      metric: .powerLimit,
      names: [("DEV_ENFORCED_POWER_LIMIT", 1), ("DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS", 1)],
      method: .instant, note: "W, the limit that binds"),
    Field(
      metric: .modulePower, names: [("DEV_MODULE_POWER", 1), ("MODULE_POWER", 1)],
      method: .instant, note: "W of processor and accelerator together"),
    Field(
      metric: .utilization, names: [("DEV_GPU_UTIL", 1e-2), ("DEV_GPU_UTIL_RATIO", 1)],
      method: .average, note: "share of time with a kernel running"),
    Field(
      metric: .memoryActivity, names: [("DEV_MEM_COPY_UTIL", 1e-2)], method: .average,
      note: "share of time with memory accessed; not bandwidth"),
    Field(
      metric: .smActive, names: [("PROF_SM_ACTIVE", 1), ("PROF_SM_UTIL_RATIO", 1)],
      method: .average, note: "share of cycles with a warp on the multiprocessors"),
    Field(
      metric: .tensorActive,
      names: [("PROF_PIPE_TENSOR_ACTIVE", 1), ("PROF_TENSOR_UTIL_RATIO", 1)], method: .average,
      note: "share of cycles in which a tensor pipe was busy"),
    Field(
      metric: .dramActive, names: [("PROF_DRAM_ACTIVE", 1), ("PROF_DRAM_UTIL_RATIO", 1)],
      method: .average, note: "share of cycles in which the memory's interface was active"),
    Field(
      metric: .temperature, names: [("DEV_GPU_TEMP", 1), ("DEV_GPU_TEMP_CELSIUS", 1)],
      method: .instant, note: "°C of the chip"),
    Field(
      metric: .memoryTemperature,
      names: [("DEV_MEMORY_TEMP", 1), ("DEV_MEMORY_TEMP_CELSIUS", 1)], method: .instant,
      note: "°C of the memory"),
    Field(
      metric: .smClock, names: [("DEV_SM_CLOCK", 1e6)], method: .instant,
      note: "MHz of the multiprocessors"),
    Field(
      metric: .memoryClock, names: [("DEV_MEM_CLOCK", 1e6)], method: .instant,
      note: "MHz of the memory"),
    Field(
      metric: .memoryUsed, names: [("DEV_FB_USED", 1_048_576)], method: .instant,
      note: "MiB of the frame buffer"),
    // The exporter publishes these as rates, whatever a comment in its table says.
    Field(
      metric: .pcieReceiveRate, names: [("PROF_PCIE_RX_BYTES", 1)], method: .average,
      note: "B/s towards the GPU, headers and all"),
    Field(
      metric: .pcieSendRate, names: [("PROF_PCIE_TX_BYTES", 1)], method: .average,
      note: "B/s from the GPU, headers and all"),
    Field(
      metric: .pcieReceived, names: [("PROF_PCIE_RX_BYTES_TOTAL", 1)], method: .counter,
      note: "bytes towards the GPU, headers and all"),
    Field(
      metric: .pcieSent, names: [("PROF_PCIE_TX_BYTES_TOTAL", 1)], method: .counter,
      note: "bytes from the GPU, headers and all"),
  ]

  /// The field and scale behind a series' whole name.
  static let byName: [String: (field: Int, scale: Double)] = {
    var result: [String: (field: Int, scale: Double)] = [:]
    for (index, field) in fields.enumerated() {
      for (name, scale) in field.names { result[prefix + name] = (index, scale) }
    }
    return result
  }()

  static let selection = PrometheusSelection(names: byName.keys, prefixes: [prefix])

  /// Whether a value in the metric's unit can be true.
  static func isPlausible(_ value: Double, _ metric: Metric) -> Bool {
    // DCGM writes values near 2^31 and 2^63 where it knows nothing.
    guard value.isFinite, value >= 0, value < 9e15 else { return false }
    switch metric {
    case .power, .powerInstant, .powerLimit, .modulePower: return value <= 10_000
    case .temperature, .memoryTemperature: return value <= 200
    case _ where metric.unit == .ratio: return value <= 1.000_001
    default: return true
    }
  }
}
