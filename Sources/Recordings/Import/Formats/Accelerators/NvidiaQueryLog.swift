import Formats
import Telemetry

/// What `nvidia-smi -q` writes, once or again and again with `-l`.
///
///     ==============NVSMI LOG==============
///     Timestamp                       : Thu May 28 11:00:00 2026
///     GPU 00000000:01:00.0
///         GPU UUID                    : GPU-…
///         GPU Power Readings
///             Average Power Draw      : 69.85 W
///
/// Older drivers say `Power Readings` and `Power Draw`. Memory and module have readings of their own,
/// which are no boards'. Source: `nvidia-smi -q` of drivers 470 to 610.
enum NvidiaQueryLog: PowerLogFormat {
  static let name = "nvidia-smi -q"

  static func recognises(_ text: PowerLogText) -> Bool {
    let head = text.head(16)
    return head.contains { $0.contains("==NVSMI LOG==") }
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var query = NvidiaQuery(text.table())
    var section = ""
    text.forEachLine { line in
      guard line.isWhole else {
        query.table.addTorn(line: line.number)
        return true
      }
      let text = line.text
      let parts = text.split(separator: ":", maxSplits: 1)
      let key = Self.trimmed(parts.first ?? "")
      let value = parts.count > 1 ? Self.trimmed(parts[1]) : ""
      if text.contains("==NVSMI LOG==") {
        query.endGPU()
        query.time = nil
      } else if text.hasPrefix("GPU "), !text.hasPrefix("GPU  ") {
        query.endGPU()
        query.beginGPU(String(text.dropFirst(4)), line: line.number)
      } else if text.hasPrefix("Timestamp") {
        query.time = PowerLogTime(Array(value.utf8))
      } else if text.hasPrefix("    "), !text.hasPrefix("     ") {
        section = key
        if key == "Product Name" { query.model = value }
        if key == "GPU UUID" { query.uuid = value }
      } else if let meaning = meanings[section]?[key] {
        query.take(value, meaning)
      }
      return true
    }
    query.endFile()
    return try query.finished()
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static let powers: [String: NvidiaQuery.Meaning] = [
    "Average Power Draw": .power, "Power Draw": .power,
    "Instantaneous Power Draw": .instant, "Current Power Limit": .limit,
    "Enforced Power Limit": .limit,
  ]
  private static let meanings: [String: [String: NvidiaQuery.Meaning]] = [
    "GPU Power Readings": powers, "Power Readings": powers,
    "Utilization": ["GPU": .utilization, "Gpu": .utilization],
    "Temperature": ["GPU Current Temp": .temperature],
  ]
}

/// What one page of `nvidia-smi -q` says of the GPU it is at, in either of its two spellings.
struct NvidiaQuery {
  /// What a value is.
  enum Meaning: Sendable { case power, instant, limit, utilization, temperature }

  var table: PowerLogTable
  var time: PowerLogTime?
  var uuid = ""
  var model = ""
  private var bus: String?
  private var line = 0
  private var values: [PowerLogValue] = []
  private var isTimeless = false

  init(_ table: PowerLogTable) { self.table = table }

  mutating func beginGPU(_ bus: String, line: Int) {
    self.bus = bus
    self.line = line
    (uuid, model, values) = ("", "", [])
  }

  mutating func take(_ text: String, _ meaning: Meaning) {
    let (metric, quantity): (Metric, PowerLogQuantity) =
      switch meaning {
      case .power: (.power, .power)
      case .instant: (.powerInstant, .power)
      case .limit: (.powerLimit, .power)
      case .utilization: (.utilization, .share)
      case .temperature: (.temperature, .temperature)
      }
    // The first one counts: what is said again below is said of parts.
    guard bus != nil, !values.contains(where: { $0.metric == metric && $0.content.isNumber }) else {
      return
    }
    values.removeAll { $0.metric == metric }
    values.append(PowerLogValue(metric, quantity.read(Array(text.utf8)[...], unit: nil)))
  }

  mutating func endGPU() {
    defer { bus = nil }
    guard let bus else { return }
    guard let time else {
      isTimeless = true
      table.addBroken(line: line, "a GPU without a time")
      return
    }
    var marks: [PowerLogSubject.Mark: String] = [.bus: bus]
    if !uuid.isEmpty { marks[.uuid] = uuid }
    let subject = PowerLogSubject(marks: marks, model: model, note: "nvidia-smi -q")
    table.add(line: line, time: time, subject: table.place(of: subject), values)
  }

  /// Ends the last GPU, which may have been cut before its name.
  mutating func endFile() {
    let isCut = uuid.isEmpty && table.subjects.contains { $0.marks[.uuid] != nil }
    if bus != nil, values.isEmpty || isCut {
      table.addTorn(line: line)
      bus = nil
    }
    endGPU()
  }

  /// Leaves out the GPU it is at, which is cut.
  mutating func dropGPU() { bus = nil }

  func finished() throws(ImportError) -> PowerLogTable {
    if table.isEmpty, isTimeless {
      throw ImportError(line: table.broken.line, "has no times")
    }
    return table
  }
}
