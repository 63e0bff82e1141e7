import Telemetry

/// How buckets are packed, from version 3 on: each as what the one before it does not foretell.
///
/// A bucket begins with a byte of flags and then has, each as a zigzag varint unless said otherwise:
///
/// - the number of widths since the last bucket's, if it is not one;
/// - its time within the width, less that of the last one, in µs where that is exact, else in ns;
/// - its value in steps of the metric, less the last one's; or eight bytes where that is not exact;
/// - by how many steps its smallest value lies below and its largest above; nothing where both are
///   missing or the same as in the last bucket; or four bytes each where that is not exact;
/// - the bits of its integral, less those of the last one's carried on at the same rate;
/// - the bits of the seconds known, less those of the last one's and the time since.
///
/// The first of a chunk has integral and seconds in eight bytes each. Two bytes at the end check all
/// before them. All is exact: what is foretold is computed alike when it is read.
extension Rollup {
  private enum Flag {
    static let isNextWidth: UInt8 = 1
    static let isRawValue: UInt8 = 2
    static let hasNoExtremes: UInt8 = 4
    static let hasSameExtremes: UInt8 = 8
    static let hasRawExtremes: UInt8 = 16
    static let isInMicroseconds: UInt8 = 32
  }

  /// What the buckets so far foretell.
  private struct State {
    var slot: Int64
    var offset: Int64 = 0
    var steps: Int64 = 0
    var low = UInt32(0)
    var high = UInt32(0)
    var last: Tier.Bucket?
    var rate = 0.0

    init(chunk: Int64, width: Int64) { slot = chunk / width - 1 }

    func foretold(_ time: Timestamp) -> (cumulative: UInt64, covered: UInt64) {
      guard let last else { return (0, 0) }
      let elapsed = time - last.time
      return ((last.cumulative + rate * elapsed).bitPattern, (last.covered + elapsed).bitPattern)
    }

    mutating func take(_ bucket: Tier.Bucket) {
      if let last, bucket.covered > last.covered {
        rate = (bucket.cumulative - last.cumulative) / (bucket.covered - last.covered)
      }
      low = bucket.low.bitPattern
      high = bucket.high.bitPattern
      last = bucket
    }
  }

  /// A value as whole steps, if that says it exactly.
  private static func steps(_ value: Double, _ scale: Double) -> Int64? {
    let steps = (value / scale).rounded()
    guard abs(steps) < 9e15 else { return nil }
    return (steps * scale).bitPattern == value.bitPattern ? Int64(steps) : nil
  }

  private static func steps(_ value: Float, _ scale: Double) -> Int64? {
    guard value.isFinite else { return nil }
    let steps = (Double(value) / scale).rounded()
    guard abs(steps) < 9e15 else { return nil }
    return Float(steps * scale).bitPattern == value.bitPattern ? Int64(steps) : nil
  }

  /// Packs the buckets of one chunk.
  static func pack(
    _ buckets: some Collection<Tier.Bucket>, chunk: Int64, width: Int64, scale: Double
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(buckets.count * 24)
    var state = State(chunk: chunk, width: width)
    for bucket in buckets {
      let slot = bucket.time.nanoseconds / width
      let offset = bucket.time.nanoseconds - slot * width
      let value = steps(bucket.value, scale)
      let low = value == nil ? nil : steps(bucket.low, scale)
      let high = value == nil ? nil : steps(bucket.high, scale)
      let hasNone = bucket.low.isNaN && bucket.high.isNaN
      let isSame =
        state.last != nil && bucket.low.bitPattern == state.low
        && bucket.high.bitPattern == state.high
      var flags: UInt8 = slot == state.slot + 1 ? Flag.isNextWidth : 0
      let shift = offset - state.offset
      if shift % 1000 == 0 { flags |= Flag.isInMicroseconds }
      if value == nil { flags |= Flag.isRawValue }
      if hasNone {
        flags |= Flag.hasNoExtremes
      } else if isSame {
        flags |= Flag.hasSameExtremes
      } else if low == nil || high == nil {
        flags |= Flag.hasRawExtremes
      }
      bytes.append(flags)
      if flags & Flag.isNextWidth == 0 { put(slot - state.slot, &bytes) }
      put(shift % 1000 == 0 ? shift / 1000 : shift, &bytes)
      if let value {
        put(value - state.steps, &bytes)
        state.steps = value
      } else {
        put(raw: bucket.value.bitPattern, &bytes)
      }
      if flags & Flag.hasRawExtremes != 0 {
        put(raw: bucket.low.bitPattern, &bytes)
        put(raw: bucket.high.bitPattern, &bytes)
      } else if !hasNone, !isSame, let value, let low, let high {
        put(value - low, &bytes)
        put(high - value, &bytes)
      }
      let (cumulative, covered) = state.foretold(bucket.time)
      if state.last == nil {
        put(raw: bucket.cumulative.bitPattern, &bytes)
        put(raw: bucket.covered.bitPattern, &bytes)
      } else {
        put(Int64(bitPattern: bucket.cumulative.bitPattern &- cumulative), &bytes)
        put(Int64(bitPattern: bucket.covered.bitPattern &- covered), &bytes)
      }
      state.slot = slot
      state.offset = offset
      state.take(bucket)
    }
    let check = bytes.withUnsafeBytes { self.check($0) }
    put(raw: check, &bytes)
    return bytes
  }

  /// Appends the buckets of a chunk; false if it is damaged.
  static func unpack(
    _ bytes: UnsafeRawBufferPointer, chunk: Int64, width: Int64, scale: Double,
    into buckets: inout [Tier.Bucket]
  ) -> Bool {
    guard bytes.count >= 2 else { return false }
    let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 2)])
    var end = bytes.count - 2
    guard let stored: UInt16 = raw(bytes, &end), stored == check(body) else { return false }
    var state = State(chunk: chunk, width: width)
    var at = 0
    while at < body.count {
      let flags = body[at]
      at += 1
      var ahead: Int64 = 1
      if flags & Flag.isNextWidth == 0 {
        guard let told = varint(body, &at) else { return false }
        ahead = told
      }
      guard let shift = varint(body, &at) else { return false }
      state.slot &+= ahead
      state.offset &+= flags & Flag.isInMicroseconds == 0 ? shift : shift &* 1000
      let time = Timestamp(nanoseconds: state.slot &* width &+ state.offset)
      var bucket = Tier.Bucket(
        time: time, value: 0, cumulative: 0, covered: 0, low: .nan, high: .nan)
      if flags & Flag.isRawValue != 0 {
        guard let bits: UInt64 = raw(body, &at) else { return false }
        bucket.value = Double(bitPattern: bits)
      } else {
        guard let change = varint(body, &at) else { return false }
        state.steps &+= change
        bucket.value = Double(state.steps) * scale
      }
      if flags & Flag.hasSameExtremes != 0 {
        bucket.low = Float(bitPattern: state.low)
        bucket.high = Float(bitPattern: state.high)
      } else if flags & Flag.hasRawExtremes != 0 {
        guard let low: UInt32 = raw(body, &at), let high: UInt32 = raw(body, &at) else {
          return false
        }
        bucket.low = Float(bitPattern: low)
        bucket.high = Float(bitPattern: high)
      } else if flags & Flag.hasNoExtremes == 0 {
        guard let low = varint(body, &at), let high = varint(body, &at) else { return false }
        bucket.low = Float(Double(state.steps &- low) * scale)
        bucket.high = Float(Double(state.steps &+ high) * scale)
      }
      if state.last == nil {
        guard let cumulative: UInt64 = raw(body, &at), let covered: UInt64 = raw(body, &at) else {
          return false
        }
        bucket.cumulative = Double(bitPattern: cumulative)
        bucket.covered = Double(bitPattern: covered)
      } else {
        let (cumulative, covered) = state.foretold(time)
        guard let more = varint(body, &at), let longer = varint(body, &at) else { return false }
        bucket.cumulative = Double(bitPattern: cumulative &+ UInt64(bitPattern: more))
        bucket.covered = Double(bitPattern: covered &+ UInt64(bitPattern: longer))
      }
      state.take(bucket)
      buckets.append(bucket)
    }
    return true
  }

  /// A sum of the bytes times their places, modulo a prime: it finds every change of one byte.
  private static func check(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    var sum: UInt64 = 0
    var place: UInt64 = 1
    for byte in bytes {
      sum &+= UInt64(byte) &* place
      place &+= 1
    }
    return UInt16(sum % 65_521)
  }

  private static func put(_ value: Int64, _ bytes: inout [UInt8]) {
    var rest = UInt64(bitPattern: value &<< 1 ^ value >> 63)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func put(raw value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func raw<Value: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ at: inout Int
  ) -> Value? {
    let size = MemoryLayout<Value>.size
    guard at + size <= bytes.count else { return nil }
    defer { at += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Value.self))
  }

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.count, shift < 64 {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
      }
      shift += 7
    }
    return nil
  }
}
