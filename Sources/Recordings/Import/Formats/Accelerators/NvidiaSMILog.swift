import Formats
import Telemetry

/// What `nvidia-smi --query-gpu=timestamp,…,power.draw --format=csv -l 1` writes, in every shape that
/// people keep it in.
///
/// Columns are found by their names, with or without units. `power.draw` is a mean over a second from
/// Ampere on; `power.draw.instant` is the device's power where nothing else is told. Time stamps have
/// no zone. Source: `nvidia-smi --help-query-gpu`.
enum NvidiaSMILog: PowerLogFormat {
  static let name = "nvidia-smi CSV"

  static let lexicon = PowerLogLexicon(
    subject: PowerLogSubject(note: "nvidia-smi CSV"),
    units: [
      .power: "W", .share: "%", .memory: "MiB", .temperature: "C", .clock: "MHz",
    ]
  ) { columns[$0] }

  private static let columns: [String: PowerLogColumn] = [
    "timestamp": .time, "time": .time, "datetime": .time, "date": .time,
    "uuid": .mark(.uuid), "gpu_uuid": .mark(.uuid),
    "pci.bus_id": .mark(.bus), "gpu_bus_id": .mark(.bus),
    "serial": .mark(.serial), "gpu_serial": .mark(.serial),
    "index": .mark(.index), "gpu": .mark(.number), "gpu_index": .mark(.number),
    "gpu_id": .mark(.number), "gpu id": .mark(.number),
    "name": .model, "gpu_name": .model,
    "hostname": .host, "host": .host, "node": .host,
    "power.draw.average": .value(.power, .power), "power.draw": .value(.power, .power, rank: 1),
    "power.draw.instant": .value(.powerInstant, .power),
    "module.power.draw.average": .value(.modulePower, .power),
    "module.power.draw.instant": .value(.modulePower, .power, rank: 1),
    "enforced.power.limit": .value(.powerLimit, .power),
    "power.limit": .value(.powerLimit, .power, rank: 1),
    "power.default_limit": .value(.powerLimitDefault, .power),
    "utilization.gpu": .value(.utilization, .share),
    "utilization.memory": .value(.memoryActivity, .share),
    "memory.used": .value(.memoryUsed, .memory), "memory.total": .value(.memoryTotal, .memory),
    "temperature.gpu": .value(.temperature, .temperature),
    "temperature.memory": .value(.memoryTemperature, .temperature),
    "clocks.current.sm": .value(.smClock, .clock),
    "clocks.sm": .value(.smClock, .clock, rank: 1),
    "clocks.current.memory": .value(.memoryClock, .clock),
    "clocks.mem": .value(.memoryClock, .clock, rank: 1),
    "fan.speed": .value(.fanSpeed, .share),
  ]

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head().contains { line in
      line.lowercased().contains("power.draw") && titles(line) != nil
    }
  }

  private static func titles(_ line: String) -> PowerLogColumns? {
    Array(line.utf8).withUnsafeBufferPointer { PowerLogColumns(titles: $0, lexicon) }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable { PowerLogCells.read(text, lexicon) }
}
