import Formats
import Telemetry

/// What `amd-smi monitor --csv` and `amd-smi metric --csv` write.
///
/// Seconds since 1970, the GPU's number, and numbers whose units are W, °C, per cent and MHz. Source:
/// amd-smi's CLI documentation.
enum AMDSMILog: PowerLogFormat {
  static let name = "amd-smi CSV"

  private static let lexicon = PowerLogLexicon(
    subject: PowerLogSubject(note: "amd-smi, socket power"),
    units: [.power: "W", .temperature: "C", .share: "%", .clock: "MHz"]
  ) { columns[$0] }

  private static let columns: [String: PowerLogColumn] = [
    "timestamp": .time, "gpu": .mark(.index), "uuid": .mark(.uuid), "bdf": .mark(.bus),
    "power_usage": .value(.power, .power), "socket_power": .value(.power, .power, rank: 1),
    "current_socket_power": .value(.power, .power, rank: 2),
    "average_socket_power": .value(.power, .power, rank: 3),
    "hotspot_temperature": .value(.temperature, .temperature),
    "hotspot": .value(.temperature, .temperature, rank: 1),
    "memory_temperature": .value(.memoryTemperature, .temperature),
    "gfx": .value(.utilization, .share), "gfx_activity": .value(.utilization, .share, rank: 1),
    "gfx_clock": .value(.smClock, .clock), "mem_clock": .value(.memoryClock, .clock),
  ]

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains { line in
      line.contains("gpu,") && (line.contains("power_usage") || line.contains("socket_power"))
    }
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    let table = PowerLogCells.read(text, lexicon)
    if table.isEmpty, !text.head(8).contains(where: { $0.contains("timestamp") }) {
      throw ImportError("has no times; log with `amd-smi monitor -w 1 --csv`")
    }
    return table
  }
}
