import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// Writes event files as TensorBoard's libraries do.
enum EventFile {
  static func varint(_ value: UInt64) -> [UInt8] {
    var value = value
    var bytes: [UInt8] = []
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    return bytes + [UInt8(value)]
  }

  static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func record(_ data: [UInt8]) -> [UInt8] {
    func masked(_ bytes: [UInt8]) -> [UInt8] {
      little(bytes.withUnsafeBufferPointer { TFEventsDecoder.masked($0) })
    }
    let length = little(UInt64(data.count))
    return length + masked(length) + data + masked(data)
  }

  static func event(_ time: Double, step: Int64, _ values: [UInt8]...) -> [UInt8] {
    var data: [UInt8] = [0x09] + little(time.bitPattern)
    if step != 0 { data += [0x10] + varint(UInt64(bitPattern: step)) }
    return record(data + field(5, values.flatMap { field(1, $0) }))
  }

  static func simple(_ tag: String, _ value: Float) -> [UInt8] {
    field(1, Array(tag.utf8)) + [0x15] + little(value.bitPattern)
  }

  static func tensor(_ tag: String, type: UInt8, _ content: [UInt8], plugin: String = "scalars")
    -> [UInt8]
  {
    field(1, Array(tag.utf8)) + field(8, [0x08, type, 0x12, 0x00] + content)
      + field(9, field(1, field(1, Array(plugin.utf8))))
  }

  static let version = record(
    [0x09] + little(Double(1_790_000_000).bitPattern) + field(3, Array("brain.Event:2".utf8)))
}

/// Changes bytes of a text at random, the same way every time.
func mutations(
  of bytes: [UInt8], rounds: Int, seed: UInt64 = 7, _ body: ([UInt8]) -> Void
) {
  var random = SeededRandom(seed)
  func next() -> Int { Int(random.next() >> 33) }
  for round in 0..<rounds {
    var copy = bytes
    for _ in 0...round % 5 where !copy.isEmpty {
      let place = next() % copy.count
      switch next() % 5 {
      case 0: copy[place] = UInt8(truncatingIfNeeded: next())
      case 1: copy[place] ^= 1 << UInt8(next() % 8)
      case 2: copy.removeSubrange(place..<min(copy.count, place + next() % 16))
      case 3: copy.insert(contentsOf: copy[place..<min(copy.count, place + 8)], at: place)
      default: copy.removeLast(min(copy.count, next() % 32))
      }
    }
    body(copy)
  }
}
