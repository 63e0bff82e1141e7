/// A cyclic redundancy check of 32 bits, eight bytes at a time through tables ("slicing by 8").
package struct CRC32: Sendable {
  /// CRC-32C, of TensorBoard's event files.
  package static let castagnoli = CRC32(polynomial: 0x82F6_3B78)
  /// CRC-32 as zlib computes it, of W&B's files.
  package static let zlib = CRC32(polynomial: 0xEDB8_8320)

  /// Eight tables of 256 entries.
  private let tables: [UInt32]

  private init(polynomial: UInt32) {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    self.tables = tables
  }

  /// The checksum of `bytes`, or of what `before` is the checksum of with `bytes` behind it.
  package func checksum(_ bytes: UnsafeBufferPointer<UInt8>, after before: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      let raw = UnsafeRawBufferPointer(bytes)
      var crc = ~before
      var at = 0
      while at &+ 8 <= raw.count {
        let low = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)) ^ crc
        let high = UInt32(
          littleEndian: raw.loadUnaligned(fromByteOffset: at &+ 4, as: UInt32.self))
        let first =
          table[1792 &+ Int(low & 0xFF)] ^ table[1536 &+ Int(low >> 8 & 0xFF)]
          ^ table[1280 &+ Int(low >> 16 & 0xFF)] ^ table[1024 &+ Int(low >> 24)]
        let second =
          table[768 &+ Int(high & 0xFF)] ^ table[512 &+ Int(high >> 8 & 0xFF)]
          ^ table[256 &+ Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
        crc = first ^ second
        at &+= 8
      }
      while at < raw.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(raw[at])) & 0xFF)]
        at &+= 1
      }
      return ~crc
    }
  }
}
