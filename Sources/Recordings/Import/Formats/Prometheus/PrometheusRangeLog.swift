import Formats
import Telemetry

/// An answer of Prometheus to `query_range` about the power or energy of GPUs, processors or
/// sensors.
///
///     {"status": "success", "data": {"resultType": "matrix", "result": [
///       {"metric": {"__name__": "DCGM_FI_DEV_POWER_USAGE", "gpu": "0", "UUID": "GPU-…"},
///        "values": [[1779966000, "300.5"], …]}]}}
///
/// A series for each part of a card (`GPU_I_ID`) repeats the card's power. Source:
/// prometheus.io/docs/prometheus/latest/querying/api.
enum PrometheusRangeLog: PowerLogFormat {
  static let name = "Prometheus query_range"

  static func recognises(_ text: PowerLogText) -> Bool {
    let start = text.head(8).joined().prefix(4096)
    return start.first == "{" && start.contains("\"resultType\"") && start.contains("\"matrix\"")
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    var others: Set<String> = []
    let bytes = try text.whole()
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      do throws(JSONFault) {
        try enter(&scanner, "data")
        try enter(&scanner, "result")
        try scanner.expect(UInt8(ascii: "["), "“[”")
        if scanner.take(UInt8(ascii: "]")) { return }
        repeat { try readSeries(&scanner, &table, &others) } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
      } catch {
        table.addTorn(line: 1 + bytes[..<min(bytes.count, scanner.at)].count { $0 == 0x0A })
      }
    }
    if table.isEmpty, let name = others.min() {
      throw ImportError("“\(name)” is no series of power that is known")
    }
    return table
  }

  /// Opens an object and goes on to the value of one of its members.
  private static func enter(
    _ scanner: inout JSONScanner, _ member: StaticString
  ) throws(JSONFault) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, member) { return }
      try scanner.skipValue()
    }
    throw JSONFault("it has no “\(member)”")
  }

  private static func readSeries(
    _ scanner: inout JSONScanner, _ table: inout PowerLogTable, _ others: inout Set<String>
  ) throws(JSONFault) {
    var labels = JSONFlat()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "metric") {
        labels = try JSONFlat(next: &scanner)
      } else if scanner.equals(key, "values") {
        try readValues(&scanner, labels, &table, &others)
      } else {
        try scanner.skipValue()
      }
    }
  }

  private static func readValues(
    _ scanner: inout JSONScanner, _ labels: JSONFlat, _ table: inout PowerLogTable,
    _ others: inout Set<String>
  ) throws(JSONFault) {
    let name = labels.text("__name__") ?? ""
    let known = PrometheusPowerSeries.byName[name]
    if known == nil, others.count < 64 { others.insert(name) }
    let subject = known?.subject(PrometheusPowerSeries.Labels { labels.text($0) })
    if known != nil, subject == nil, let mode = labels.text("mode"), others.count < 64 {
      others.insert("\(name){mode=\(mode)}")
    }
    let place = subject.map { table.place(of: $0) }
    try scanner.expect(UInt8(ascii: "["), "“[”")
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat {
      try scanner.expect(UInt8(ascii: "["), "“[”")
      let seconds = try scanner.number().double
      try scanner.expect(UInt8(ascii: ","), "“,”")
      let text = try scanner.string()
      try scanner.expect(UInt8(ascii: "]"), "“]”")
      guard let place, let known, 6e8..<6e9 ~= seconds else { continue }
      let number = PlainNumber.parse(text.utf8)
      table.add(
        line: 1, time: .instant(Int64((seconds * 1e6).rounded()) * 1000), subject: place,
        [
          PowerLogValue(
            known.metric, number.map { .number($0 * known.factor) } ?? .unreadable(text))
        ])
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
  }
}
