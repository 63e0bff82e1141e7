import Formats

/// One scalar of an event file; the tag is valid only while it is handed over.
struct TFScalar {
  /// Seconds since 1970, by the writer's clock.
  var wallTime: Double
  var step: Int64
  var tag: UnsafeBufferPointer<UInt8>
  var value: Double
}

/// Reads TensorBoard's event files, however the bytes come in.
///
/// A record is its length (8 bytes, least first), a checksum of the length, the data and a checksum
/// of the data; a checksum is CRC-32C, rotated and shifted. A record that is not complete waits for
/// its end. After damage the next sound record is searched for, byte by byte. Records above 1 MiB
/// hold no scalars (graphs, images): they are passed over without being kept.
/// Source: tensorflow/tensorboard, `record_writer` and `event.proto`.
package struct TFEventsDecoder: Sendable {
  /// What is wrong with a file.
  struct Damage: Sendable, Hashable {
    /// The byte at which the first damaged record begins.
    var offset: Int64
    /// Damaged records and stretches so far.
    var count: Int
    /// Whether the next sound record has not been found yet.
    var isSearching: Bool
  }

  private enum State: Sendable {
    case record
    case searching
    case passing(left: UInt64, crc: UInt32, start: Int64)
  }

  private static let longestKept: UInt64 = 1 << 20
  private static let longestTrue: UInt64 = 1 << 32

  private var state = State.record
  private var pending: [UInt8] = []
  /// The place in the file of the first byte that has not been dealt with.
  private var offset: Int64 = 0
  private var firstDamage: Int64?
  private var damages = 0
  /// How many sound records were read.
  private(set) var records = 0

  /// What is wrong, if anything is.
  var damage: Damage? {
    firstDamage.map {
      var isSearching = false
      if case .searching = state { isSearching = true }
      return Damage(offset: $0, count: damages, isSearching: isSearching)
    }
  }

  /// Takes bytes and hands on the scalars of every record that they complete.
  mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (TFScalar) -> Void) {
    if pending.isEmpty {
      let used = take(bytes, body)
      pending.append(contentsOf: bytes[used...])
      return
    }
    var joined: [UInt8] = []
    swap(&joined, &pending)
    joined.append(contentsOf: bytes)
    let used = joined.withUnsafeBufferPointer { take($0, body) }
    joined.removeFirst(used)
    pending = joined
  }

  /// Deals with as many bytes as it can and returns how many.
  private mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (TFScalar) -> Void
  ) -> Int {
    var at = 0
    while at < bytes.count {
      var used = 0
      switch state {
      case .record: used = takeRecord(bytes, at, body)
      case .searching:
        used = search(bytes, at)
        // A record may begin right here: then no byte is used up by finding it.
        if used == 0, case .record = state { used = takeRecord(bytes, at, body) }
      case .passing(let left, let crc, let start):
        used = pass(bytes, at, left: left, crc: crc, start: start)
      }
      guard used > 0 else { break }
      at += used
      offset += Int64(used)
    }
    return at
  }

  private mutating func takeRecord(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ body: (TFScalar) -> Void
  ) -> Int {
    guard bytes.count - at >= 12 else { return 0 }
    guard let length = Self.length(bytes, at) else {
      harm(at: offset)
      state = .searching
      return 1
    }
    guard length <= Self.longestKept else {
      state = .passing(left: length, crc: 0, start: offset)
      return 12
    }
    let end = at + 12 + Int(length)
    guard bytes.count - end >= 4 else { return 0 }
    let data = bytes.part(at + 12..<end)
    if Self.masked(data) == bytes.littleEndian(UInt32.self, at: end) {
      records += 1
      TFEvent.scalars(in: data, body)
    } else {
      harm(at: offset)
    }
    return Int(length) + 16
  }

  private mutating func pass(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, left: UInt64, crc: UInt32, start: Int64
  ) -> Int {
    if left > 0 {
      let count = min(bytes.count - at, Int(clamping: left))
      let sum = CRC32.castagnoli.checksum(bytes.part(at..<at + count), after: crc)
      state = .passing(left: left - UInt64(count), crc: sum, start: start)
      return count
    }
    guard bytes.count - at >= 4 else { return 0 }
    if Self.mask(crc) == bytes.littleEndian(UInt32.self, at: at) {
      records += 1
    } else {
      harm(at: start)
    }
    state = .record
    return 4
  }

  private mutating func search(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    var place = at
    while bytes.count - place >= 12 {
      if Self.length(bytes, place) != nil {
        state = .record
        break
      }
      place += 1
    }
    return place - at
  }

  private mutating func harm(at place: Int64) {
    firstDamage = firstDamage ?? place
    damages += 1
  }

  /// The length of the record that begins at a place, if one does.
  private static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt64? {
    let length = bytes.littleEndian(UInt64.self, at: at)
    guard length <= longestTrue,
      masked(bytes.part(at..<at + 8)) == bytes.littleEndian(UInt32.self, at: at + 8)
    else { return nil }
    return length
  }

  /// The masked CRC-32C of TensorFlow's record files (TFRecord): rotated and shifted by a constant.
  package static func masked(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    mask(CRC32.castagnoli.checksum(bytes))
  }

  /// `kMaskDelta` of tensorflow/core/lib/hash/crc32c.h.
  private static let maskDelta: UInt32 = 0xA282_EAD8

  private static func mask(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ maskDelta }
}
