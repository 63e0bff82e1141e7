import Formats
import Telemetry

/// The system metrics of a run of Weights & Biases as JSON lines: `wandb-events.jsonl` of older
/// versions, and what `run.history(stream="events")` gives.
///
///     {"system.gpu.0.powerWatts": 61.2, "system.gpu.0.gpu": 98, "_timestamp": 1700196788.8, …}
///
/// Source: wandb/wandb, `sdk/internal/stats.py`.
enum WandBEventsLog: PowerLogFormat {
  static let name = "W&B system metrics"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(16).contains { line in
      line.hasPrefix("{") && line.contains("\"system.gpu.") && line.contains("\"_timestamp\"")
    }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      guard let entry = try? JSONFlat(line.bytes) else {
        if line.isWhole {
          table.addBroken(line: line.number, "is no JSON")
        } else {
          table.addTorn(line: line.number)
        }
        return true
      }
      let keys = entry.values.keys.filter { $0.hasPrefix("system.gpu.") }
      guard !keys.isEmpty else { return true }
      guard let stamp = entry.double("_timestamp"), 6e8..<6e9 ~= stamp else {
        table.addBroken(line: line.number, "has no _timestamp")
        return true
      }
      var values: [Int: [PowerLogValue]] = [:]
      for key in keys.sorted() {
        let parts = key.split(separator: ".")
        guard parts.count == 4, let index = Int(parts[2]), 0..<1024 ~= index,
          let (metric, factor) = metrics[parts[3]], let value = entry.double(key)
        else { continue }
        values[index, default: []].append(PowerLogValue(metric, .number(value * factor)))
      }
      for (index, values) in values.sorted(by: { $0.key < $1.key })
      where values.contains(where: { $0.metric == .power }) {
        let subject = PowerLogSubject(
          marks: [.index: "\(index)"],
          note: "W&B's own measurement of the machine's GPUs, whoever used them",
          attributes: [Device.tellerKey: "wandb-events"])
        table.add(
          line: line.number, time: .instant(Int64((stamp * 1e6).rounded()) * 1000),
          subject: table.place(of: subject), values)
      }
      return true
    }
    return table
  }

  private static let metrics: [Substring: (metric: Metric, factor: Double)] = [
    "powerWatts": (.power, 1), "enforcedPowerLimitWatts": (.powerLimit, 1),
    "gpu": (.utilization, 0.01), "temp": (.temperature, 1),
  ]
}
