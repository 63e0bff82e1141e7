import Formats
import Telemetry

/// What `gpustat --json` writes, again and again into one file.
///
///     {"hostname": "n1", "driver_version": "…", "query_time": "2026-05-28T11:00:00.123456",
///      "gpus": [{"index": 0, "uuid": "GPU-…", "name": "…", "power.draw": 300, …}]}
///
/// Power is in whole watts, times are the machine's own. Source: wookayin/gpustat, core.py.
enum GPUStatLog: PowerLogFormat {
  static let name = "gpustat JSON"

  static func recognises(_ text: PowerLogText) -> Bool {
    let start = text.head(64).joined(separator: " ")
    return start.hasPrefix("{") && start.contains("\"query_time\"") && start.contains("\"gpus\"")
  }

  /// What stands before the list of GPUs.
  private struct Query {
    var host: String?
    var time: PowerLogTime?
    var line = 0
    var gpus: [JSONFlat] = []
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    let bytes = try text.whole()
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      var line = 1
      var counted = 0
      while scanner.peek() != nil {
        line += bytes[counted..<scanner.at].count { $0 == 0x0A }
        counted = scanner.at
        guard let query = try? query(&scanner, line) else {
          table.addTorn(line: line)
          return
        }
        add(query, &table)
        _ = scanner.take(UInt8(ascii: ","))
      }
    }
    return table
  }

  private static func query(_ scanner: inout JSONScanner, _ line: Int) throws(JSONFault) -> Query {
    var query = Query()
    query.line = line
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "hostname") {
        if case .text(let host)? = try scanner.scalar() { query.host = host }
      } else if scanner.equals(key, "query_time") {
        if case .text(let time)? = try scanner.scalar() {
          query.time = PowerLogTime(Array(time.utf8))
        }
      } else if scanner.equals(key, "gpus") {
        try scanner.expect(UInt8(ascii: "["), "“[”")
        if scanner.take(UInt8(ascii: "]")) { continue }
        repeat {
          query.gpus.append(try JSONFlat(next: &scanner))
        } while scanner.take(
          UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
      } else {
        try scanner.skipLoosely()
      }
    }
    return query
  }

  private static let columns: [(key: String, metric: Metric, factor: Double)] = [
    ("power.draw", .power, 1), ("enforced.power.limit", .powerLimit, 1),
    ("utilization.gpu", .utilization, 0.01), ("temperature.gpu", .temperature, 1),
    ("memory.used", .memoryUsed, 1_048_576), ("memory.total", .memoryTotal, 1_048_576),
  ]

  private static func add(_ query: Query, _ table: inout PowerLogTable) {
    guard let time = query.time else {
      table.addBroken(line: query.line, "has no query_time")
      return
    }
    for gpu in query.gpus {
      var marks: [PowerLogSubject.Mark: String] = [:]
      marks[.index] = gpu.whole("index").map { "\($0)" }
      marks[.uuid] = gpu.text("uuid")
      let subject = PowerLogSubject(
        marks: marks, model: gpu.text("name") ?? "", host: query.host, note: "gpustat, whole W")
      let values = columns.map { column in
        PowerLogValue(
          column.metric,
          gpu.double(column.key).map { .number($0 * column.factor) } ?? .absent("null"))
      }
      table.add(line: query.line, time: time, subject: table.place(of: subject), values)
    }
  }
}
