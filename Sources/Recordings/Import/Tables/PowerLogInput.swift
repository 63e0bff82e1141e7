import Glibc

/// A file that is read from its beginning, again each time, in the memory of some of its lines.
package final class PowerLogInput {
  /// How a file writes its characters.
  enum Encoding: Sendable, Hashable {
    case utf8
    /// Two bytes each, the less significant one at this place of them.
    case utf16(low: Int)
  }

  private let descriptor: Int32
  /// How many bytes the file has.
  package let size: Int
  let encoding: Encoding
  /// How many bytes stand before the text.
  let skipped: Int
  /// Is told from time to time how many bytes have been read; false ends the reading.
  package var progress: ((Int) -> Bool)?
  /// Why not all of it was read.
  package private(set) var failure: String?
  private var knownLineEnd: UInt8?

  private let blockSize: Int
  /// How long a line may be; no log has such.
  private static let longestLine = 64 << 20

  /// Opens a file; `nil` where it cannot be read.
  ///
  /// - Parameter blockSize: how much is read at a time; an even number.
  package init?(path: String, blockSize: Int = 1 << 20) {
    self.blockSize = blockSize
    // Without waiting: what looks like a log may be a pipe that nobody writes.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    var status = stat()
    guard file >= 0, fstat(file, &status) == 0 else {
      if file >= 0 { close(file) }
      return nil
    }
    descriptor = file
    size = Int(status.st_size)
    var start = [UInt8](repeating: 0, count: 4)
    let count = start.withUnsafeMutableBytes { pread(file, $0.baseAddress, 4, 0) }
    (encoding, skipped) = PowerLogText.encoding(Array(start.prefix(max(0, count))))
  }

  deinit { close(descriptor) }

  /// The first bytes as they stand in the file.
  package func head(_ limit: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(limit, size))
    let count = bytes.withUnsafeMutableBytes { fill($0, at: 0) }
    return Array(bytes.prefix(count))
  }

  /// All of the file as it stands there.
  func whole() -> [UInt8] { head(.max) }

  /// Reads bytes from a place on, and says how many there were.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(place + done)
      )
      if count < 0, errno == EINTR { continue }
      if count < 0 { failure = failure ?? "cannot be read: \(String(cString: strerror(errno)))" }
      guard count > 0 else { break }
      done += count
    }
    return done
  }

  /// Hands on the text in pieces, as UTF-8, until one of them wants no more.
  private func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
    defer { block.deallocate() }
    var place = skipped
    var carried: [UInt16] = []
    while true {
      let count = fill(block, at: place)
      guard count > 0 else { return }
      place += count
      if let progress, !progress(min(place, size)) {
        failure = failure ?? "was not read to its end"
        return
      }
      let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
      guard case .utf16(let low) = encoding else {
        guard body(bytes) else { return }
        continue
      }
      let text = utf8(bytes, low: low, &carried)
      guard text.withUnsafeBytes(body) else { return }
    }
  }

  /// UTF-16 as UTF-8; half a character waits for the rest.
  ///
  /// A block has no half of a unit, and half a unit at the end of a file is left out.
  private func utf8(
    _ bytes: UnsafeRawBufferPointer, low: Int, _ carried: inout [UInt16]
  ) -> [UInt8] {
    var units = carried
    units.reserveCapacity(bytes.count / 2 + 1)
    for place in 0..<bytes.count / 2 {
      units.append(UInt16(bytes[2 * place + low]) | UInt16(bytes[2 * place + 1 - low]) << 8)
    }
    carried = []
    if let last = units.last, 0xD800..<0xDC00 ~= last, bytes.count == blockSize {
      carried = [last]
      units.removeLast()
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// What ends lines: a file without a single line feed may end them as old systems did.
  private var lineEnd: UInt8 {
    if let knownLineEnd { return knownLineEnd }
    let told = progress
    progress = nil
    defer { progress = told }
    var end: UInt8 = 0x0D
    forEachPiece { piece in
      if let base = piece.baseAddress, memchr(base, 0x0A, piece.count) != nil { end = 0x0A }
      return end == 0x0D
    }
    knownLineEnd = end
    return end
  }

  /// Hands on each line until one of them wants no more.
  func forEachLine(_ body: (PowerLogText.Line) -> Bool) {
    let end = lineEnd
    var number = 0
    // What stands before the first line end of a piece began in those before it.
    var begun: [UInt8] = []
    var isOver = false
    func line(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
      number += 1
      return bytes.withMemoryRebound(to: UInt8.self) {
        body(PowerLogText.Line(number: number, raw: $0, isWhole: isWhole))
      }
    }
    forEachPiece { piece in
      guard let base = piece.baseAddress else { return true }
      var start = 0
      while start < piece.count,
        let found = memchr(base.advanced(by: start), Int32(end), piece.count - start)
      {
        let stop = UnsafeRawPointer(found) - base
        let bytes = UnsafeRawBufferPointer(rebasing: piece[start..<stop])
        start = stop + 1
        if begun.isEmpty {
          isOver = !line(bytes, isWhole: true)
        } else {
          begun.append(contentsOf: bytes)
          isOver = !begun.withUnsafeBytes { line($0, isWhole: true) }
          begun.removeAll(keepingCapacity: true)
        }
        if isOver { return false }
      }
      begun.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[start...]))
      if begun.count > Self.longestLine {
        failure = "line \(number + 1) is longer than 64 MB: no log that can be read"
      }
      return failure == nil
    }
    guard !isOver, failure == nil, !begun.isEmpty else { return }
    _ = begun.withUnsafeBytes { line($0, isWhole: false) }
  }
}
