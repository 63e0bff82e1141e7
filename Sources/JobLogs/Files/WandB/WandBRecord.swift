import Formats
import Telemetry

/// What one record of W&B's log says, as far as it concerns us.
enum WandBRecord: Sendable {
  /// Numbers logged together, with the count of the call.
  case history(values: [(name: String, value: Double)], step: Int64?)
  /// The last value of some numbers.
  case summary(values: [(name: String, value: Double)])
  /// What was measured of accelerators, and which of them the process itself uses.
  case stats(time: Timestamp?, gpus: [Int: [Metric: Double]], own: Set<Int>)
  case run(id: String, name: String, project: String, host: String)
  case exit(code: Int64)
  /// How a number is to be plotted: against another one, by its name or its place.
  case metric(name: String, axis: String, place: Int)

  /// Field numbers of `Record`.
  private enum Field {
    static let history = 2
    static let summary = 3
    static let stats = 7
    static let metric = 12
    static let run = 17
    static let exit = 18
  }

  /// `item` of `HistoryRecord` and `update` of `SummaryRecord`.
  private static let items = 1
  /// `step` of `HistoryRecord`, and its `num`.
  private static let (historyStep, stepNumber) = (2, 1)
  /// `timestamp` of `StatsRecord`, its `seconds`, and `item`.
  private static let (statsTime, seconds, statsItems) = (2, 1, 3)
  /// `exit_code` of `RunExitRecord`.
  private static let exitCode = 1

  /// Field numbers of `RunRecord`.
  private enum RunField {
    static let id = 1
    static let project = 3
    static let name = 9
    static let host = 13
  }

  /// Field numbers of the items of history, summary and statistics.
  private enum ItemField {
    static let key = 1
    /// The parts of a key within others.
    static let nestedKey = 2
    static let valueJSON = 16
  }

  /// Reads a record; `nil` when it is of another sort or makes no sense.
  ///
  /// Source: wandb/wandb, `wandb/proto/wandb_internal.proto`.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      guard let content = value.content else { continue }
      switch field {
      case Field.history: self = Self.history(content)
      case Field.summary: self = .summary(values: Self.items(content).map { ($0.name, $0.value) })
      case Field.stats: self = Self.stats(content)
      case Field.run: self = Self.run(content)
      case Field.metric: self = Self.metric(content)
      case Field.exit:
        var exit = ProtoReader(content)
        var code: Int64 = 0
        while let (field, value) = exit.next() {
          if field == Self.exitCode { code = Int64(Int32(truncatingIfNeeded: value.number ?? 0)) }
        }
        self = .exit(code: code)
      default: continue
      }
      return
    }
    return nil
  }

  private static func history(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var reader = ProtoReader(bytes)
    var step: Int64?
    while let (field, value) = reader.next() {
      guard field == historyStep, let content = value.content else { continue }
      var inner = ProtoReader(content)
      while let (field, value) = inner.next() {
        if field == stepNumber { step = value.number.map { Int64(bitPattern: $0) } }
      }
      // Zero is left out of a message.
      step = step ?? 0
    }
    return .history(values: items(bytes), step: step)
  }

  private static func stats(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var gpus: [Int: [Metric: Double]] = [:]
    var own: Set<Int> = []
    var time: Timestamp?
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      guard field == statsTime, let content = value.content else { continue }
      var stamp = ProtoReader(content)
      var nanoseconds: Int64 = 0
      while let (field, value) = stamp.next() {
        guard let number = value.number, number < 4_102_444_800 else { continue }
        nanoseconds &+= field == seconds ? Int64(number) &* 1_000_000_000 : Int64(number)
      }
      time = Timestamp(nanoseconds: nanoseconds)
    }
    for item in items(bytes, listField: statsItems) {
      let parts = item.name.split(separator: ".")
      guard parts.count >= 3, parts[0] == "gpu" else { continue }
      if parts[1] == "process", let index = Int(parts[2]), 0..<1024 ~= index {
        own.insert(index)
      } else if let (metric, factor) = measured[parts[2]], let index = Int(parts[1]),
        parts.count == 3, 0..<1024 ~= index, item.value.isFinite
      {
        gpus[index, default: [:]][metric] = item.value * factor
      }
    }
    return .stats(time: time, gpus: gpus, own: own)
  }

  /// What W&B calls what it measures of an accelerator.
  private static let measured: [Substring: (metric: Metric, factor: Double)] = [
    "powerWatts": (.power, 1), "enforcedPowerLimitWatts": (.powerLimit, 1),
    "gpu": (.utilization, 0.01), "temp": (.temperature, 1),
    "memoryAllocatedBytes": (.memoryUsed, 1),
  ]

  private static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var (id, project, name, host) = ("", "", "", "")
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case RunField.id: id = value.text() ?? id
      case RunField.project: project = value.text() ?? project
      case RunField.name: name = value.text() ?? name
      case RunField.host: host = value.text() ?? host
      default: break
      }
    }
    return .run(id: id, name: name, project: project, host: host)
  }

  /// `name`, `glob_name`, `step_metric` and `step_metric_index` of `MetricRecord`.
  private static func metric(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var (name, axis, place) = ("", "", 0)
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1, 2: name = value.text() ?? name
      case 4: axis = value.text() ?? axis
      case 5: place = value.number.map { Int(truncatingIfNeeded: $0) } ?? place
      default: break
      }
    }
    return .metric(name: name, axis: axis, place: place)
  }

  /// The numbers of a message's items.
  private static func items(
    _ bytes: UnsafeBufferPointer<UInt8>, listField: Int = items
  ) -> [(name: String, value: Double)] {
    var result: [(name: String, value: Double)] = []
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      guard field == listField, let content = value.content else { continue }
      var item = ProtoReader(content)
      var name = ""
      var parts: [String] = []
      var number: Double?
      while let (field, value) = item.next() {
        switch field {
        case ItemField.key: name = value.text() ?? ""
        case ItemField.nestedKey where parts.count < 16:
          if let part = value.text() { parts.append(part) }
        case ItemField.valueJSON: number = value.content.flatMap(Self.number)
        default: break
        }
      }
      guard !item.isBroken, let number, result.count < 4096 else { continue }
      result.append((parts.isEmpty ? name : parts.joined(separator: "/"), number))
    }
    return result
  }

  /// The number that a JSON text is; W&B writes `NaN` and `Infinity` between quotes or without.
  private static func number(_ json: UnsafeBufferPointer<UInt8>) -> Double? {
    guard 1...64 ~= json.count else { return nil }
    var scanner = JSONScanner(json)
    guard let value = try? scanner.scalar(), scanner.peek() == nil else { return nil }
    switch value {
    case .number(let number): return number.double
    case .special(let value): return value
    case .text(let text):
      return ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity][text]
    case .boolean: return nil
    }
  }
}
