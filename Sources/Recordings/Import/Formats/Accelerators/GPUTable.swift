import Telemetry

/// A table of GPUs as people's own scripts write it: a time, a GPU's number, and power with its unit
/// in the title.
///
///     timestamp,gpu_index,temperature_C,utilization_gpu_percent,power_W
///
/// Power without a unit is not believed, and a table with steps or losses is a job's.
enum GPUTable: PowerLogFormat {
  static let name = "GPU table"

  private static let lexicon = PowerLogLexicon(
    subject: PowerLogSubject(method: .instant, note: "a table of GPUs")
  ) { columns[$0] }

  private static let columns: [String: PowerLogColumn] = {
    var columns: [String: PowerLogColumn] = [
      "timestamp": .time, "time": .time, "datetime": .time, "ts": .time, "unix_time": .time,
      "hostname": .host, "host": .host, "node": .host,
      "uuid": .mark(.uuid), "gpu_uuid": .mark(.uuid),
      "gpu": .mark(.index), "gpu_index": .mark(.index), "gpu_id": .mark(.index),
      "index": .mark(.index), "device": .mark(.number), "device_id": .mark(.number),
      "gpu_name": .model, "name": .model,
    ]
    // The engine finds units in brackets; these have them behind an underscore.
    for stem in ["power", "gpu_power", "power_draw", "power_usage", "power_gpu", "gpu_power_draw"] {
      columns[stem] = .value(.power, .power)
    }
    return columns
  }()

  /// Titles with the unit behind an underscore, in brackets.
  private static func bracketed(_ line: String) -> String {
    let separator: Character = line.contains(";") ? ";" : line.contains("\t") ? "\t" : ","
    return line.split(separator: separator, omittingEmptySubsequences: false).map { cell in
      let title = cell.filter { $0 != "\"" && $0 != " " }
      for (ending, unit) in [
        ("_mw", "mW"), ("_milliwatts", "mW"), ("_w", "W"), ("_watts", "W"), ("_watt", "W"),
      ] where title.lowercased().hasSuffix(ending) {
        return "\(title.dropLast(ending.count)) [\(unit)]"
      }
      return String(title)
    }.joined(separator: String(separator))
  }

  private static func titles(_ text: PowerLogText) -> PowerLogColumns? {
    guard let line = text.head(1).first else { return nil }
    let lower = line.lowercased()
    guard !["loss", "step", "epoch", "iter"].contains(where: lower.contains) else { return nil }
    let columns = Array(bracketed(line).utf8).withUnsafeBufferPointer {
      PowerLogColumns(titles: $0, lexicon)
    }
    let hasMark = columns?.uses.contains { use in
      if case .mark = use.column { true } else { false }
    }
    return hasMark == true ? columns : nil
  }

  static func recognises(_ text: PowerLogText) -> Bool { titles(text) != nil }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    PowerLogCells.read(text, lexicon, columns: titles(text), startsWithTitles: true)
  }
}
