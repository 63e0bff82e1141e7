import Formats

/// Reads the frame of W&B's transaction log, however the bytes come in.
///
/// The file begins with `:W&B`, the magic number 0xBEE1 and a version. Blocks of 32 KiB follow; in
/// them stand pieces of a checksum (CRC-32 of type and data), a length (2 bytes), a type (1 whole,
/// 2 first, 3 middle, 4 last) and data. The last piece of a file that is being written waits for
/// its end; after damage reading goes on at the next block.
/// Source: wandb/wandb, `sdk/internal/datastore.py`, after LevelDB's log format.
struct WandBLog: Sendable {
  private static let block: Int64 = 32 * 1024
  /// The longest record that is put together; longer ones hold tables, not numbers.
  private static let longestRecord = 4 << 20

  private var pending: [UInt8] = []
  private var offset: Int64 = 0
  private var record: [UInt8] = []
  private var isOpen = false
  private var isTooLong = false
  /// Whether the file is none of W&B's.
  private(set) var isForeign = false
  /// The first byte of the first damaged piece, if there is one.
  private(set) var firstDamage: Int64?
  private(set) var damages = 0

  /// The first bytes of a file: `:W&B`, `LEVELDBLOG_HEADER_MAGIC` 0xBEE1 in little-endian order, and
  /// version 0.
  private static let fileHeader: [UInt8] = [0x3A, 0x57, 0x26, 0x42, 0xE1, 0xBE, 0x00]

  /// Bytes of checksum, length and type before the data of a piece (`LEVELDBLOG_HEADER_LEN`).
  private static let headerLength = 7

  /// What a piece is of its record.
  private enum PieceType: UInt8 {
    case whole = 1
    case first, middle, last
  }

  /// Whether bytes can be the beginning of such a file.
  static func isStart(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: fileHeader) }

  /// Takes bytes and hands on every record that they complete.
  mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var joined: [UInt8] = []
    swap(&joined, &pending)
    joined.append(contentsOf: bytes)
    let used = joined.withUnsafeBufferPointer { buffer in
      var at = 0
      while let step = take(buffer, at, body), step > 0 {
        at += step
        offset += Int64(step)
      }
      return at
    }
    joined.removeFirst(used)
    pending = isForeign ? [] : joined
  }

  /// Deals with the piece at a place; returns its length, or `nil` when it is not complete.
  private mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) -> Int? {
    guard !isForeign else { return nil }
    let rest = bytes.count - at
    if offset == 0 {
      guard rest >= Self.fileHeader.count else { return nil }
      isForeign = !Self.isStart(bytes[at...])
      return isForeign ? nil : Self.fileHeader.count
    }
    let room = Int(Self.block - offset % Self.block)
    let header = Self.headerLength
    if room < header { return rest >= room ? room : nil }
    guard rest >= header else { return nil }
    let length = Int(bytes.littleEndian(UInt16.self, at: at + 4))
    guard length <= room - header, let type = PieceType(rawValue: bytes[at + 6]) else {
      return rest >= room ? skip(room) : nil
    }
    guard rest >= header + length else { return nil }
    let sum = CRC32.zlib.checksum(bytes.part(at + 6..<at + header))
    let data = bytes.part(at + header..<at + header + length)
    guard CRC32.zlib.checksum(data, after: sum) == bytes.littleEndian(UInt32.self, at: at) else {
      return rest >= room ? skip(room) : nil
    }
    join(data, type, body)
    return header + length
  }

  private mutating func skip(_ room: Int) -> Int {
    firstDamage = firstDamage ?? offset
    damages += 1
    close()
    return room
  }

  private mutating func join(
    _ data: UnsafeBufferPointer<UInt8>, _ type: PieceType,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    if type == .whole {
      close()
      body(data)
      return
    }
    if type == .first {
      close()
      isOpen = true
    }
    // A middle without a beginning belongs to something that was damaged.
    guard isOpen else { return }
    if record.count + data.count > Self.longestRecord {
      isTooLong = true
      record = []
    }
    if !isTooLong { record.append(contentsOf: data) }
    guard type == .last else { return }
    if !isTooLong { record.withUnsafeBufferPointer(body) }
    close()
  }

  private mutating func close() {
    record.removeAll(keepingCapacity: record.capacity <= 1 << 16)
    isOpen = false
    isTooLong = false
  }
}
