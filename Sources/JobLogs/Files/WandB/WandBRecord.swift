import Formats
import Telemetry

/// What one record of W&B's log says, as far as it concerns us.
enum WandBRecord: Sendable {
  /// Numbers logged together, with the count of the call.
  case history(values: [(name: String, value: Double)], step: Int64?)
  /// The last value of some numbers.
  case summary(values: [(name: String, value: Double)])
  /// Watts by accelerator, and the accelerators the process itself uses.
  case stats(time: Timestamp?, watts: [Int: Double], own: Set<Int>)
  case run(id: String, name: String, project: String)
  case exit(code: Int64)

  /// Reads a record; `nil` when it is of another sort or makes no sense.
  ///
  /// Source: wandb/wandb, `wandb/proto/wandb_internal.proto`.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      guard let content = value.content else { continue }
      switch field {
      case 2: self = Self.history(content)
      case 3: self = .summary(values: Self.items(content).map { ($0.name, $0.value) })
      case 7: self = Self.stats(content)
      case 17: self = Self.run(content)
      case 18:
        var exit = ProtoReader(content)
        var code: Int64 = 0
        while let (field, value) = exit.next() {
          if field == 1 { code = Int64(Int32(truncatingIfNeeded: value.number ?? 0)) }
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
      guard field == 2, let content = value.content else { continue }
      var inner = ProtoReader(content)
      while let (field, value) = inner.next() {
        if field == 1 { step = value.number.map { Int64(bitPattern: $0) } }
      }
      // Zero is left out of a message.
      step = step ?? 0
    }
    return .history(values: items(bytes), step: step)
  }

  private static func stats(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var watts: [Int: Double] = [:]
    var own: Set<Int> = []
    var time: Timestamp?
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      guard field == 2, let content = value.content else { continue }
      var stamp = ProtoReader(content)
      var nanoseconds: Int64 = 0
      while let (field, value) = stamp.next() {
        guard let number = value.number, number < 4_102_444_800 else { continue }
        nanoseconds &+= field == 1 ? Int64(number) &* 1_000_000_000 : Int64(number)
      }
      time = Timestamp(nanoseconds: nanoseconds)
    }
    for item in items(bytes, listField: 3) {
      let parts = item.name.split(separator: ".")
      guard parts.count >= 3, parts[0] == "gpu" else { continue }
      if parts[1] == "process", let index = Int(parts[2]), 0..<1024 ~= index {
        own.insert(index)
      } else if parts[2] == "powerWatts", let index = Int(parts[1]), 0..<1024 ~= index,
        0...1e5 ~= item.value
      {
        watts[index] = item.value
      }
    }
    return .stats(time: time, watts: watts, own: own)
  }

  private static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> WandBRecord {
    var (id, project, name) = ("", "", "")
    var reader = ProtoReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1: id = value.text() ?? id
      case 3: project = value.text() ?? project
      case 9: name = value.text() ?? name
      default: break
      }
    }
    return .run(id: id, name: name, project: project)
  }

  /// The numbers of a message's items: 1 key, 2 parts of a key, 16 value as JSON.
  private static func items(
    _ bytes: UnsafeBufferPointer<UInt8>, listField: Int = 1
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
        case 1: name = value.text() ?? ""
        case 2 where parts.count < 16: if let part = value.text() { parts.append(part) }
        case 16: number = value.content.flatMap(Self.number)
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
