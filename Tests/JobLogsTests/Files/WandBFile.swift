import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// Writes W&B's transaction log.
struct WandBFile {
  private(set) var bytes: [UInt8] = [0x3A, 0x57, 0x26, 0x42, 0xE1, 0xBE, 0x00]

  mutating func add(_ record: [UInt8]) {
    var rest = record[...]
    var isFirst = true
    repeat {
      let room = 32_768 - bytes.count % 32_768
      if room < 7 {
        bytes += [UInt8](repeating: 0, count: room)
        continue
      }
      let part = rest.prefix(room - 7)
      rest = rest.dropFirst(part.count)
      let type: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : (rest.isEmpty ? 4 : 3)
      let sum = ([type] + part).withUnsafeBufferPointer { CRC32.zlib.checksum($0) }
      bytes += EventFile.little(sum) + EventFile.little(UInt16(part.count)) + [type] + part
      isFirst = false
    } while !rest.isEmpty
  }

  static func item(_ key: String, _ json: String, nested: Bool = false) -> [UInt8] {
    let name =
      nested
      ? key.split(separator: "/").flatMap { EventFile.field(2, Array($0.utf8)) }
      : EventFile.field(1, Array(key.utf8))
    return name + EventFile.field(16, Array(json.utf8))
  }

  static func history(step: UInt64, time: Double, _ items: [UInt8]...) -> [UInt8] {
    let all = items + [item("_timestamp", "\(time)")]
    return EventFile.field(
      2,
      all.flatMap { EventFile.field(1, $0) }
        + EventFile.field(2, step == 0 ? [] : [0x08] + EventFile.varint(step)))
  }
}
