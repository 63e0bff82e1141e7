import Formats
import Glibc

/// The text of a power log, in UTF-8 whatever it was written in, line by line.
///
/// PowerShell writes UTF-16 with a byte order mark, Windows ends lines with CR LF, and a log that was
/// truncated under its writer begins with zero bytes.
package struct PowerLogText {
  /// The text in UTF-8, without a byte order mark; of a file only its beginning.
  private let start: [UInt8]
  /// The file whose text it is; `nil` where all of it stands here.
  private let file: PowerLogInput?
  /// Where rows that are read from it may lie.
  package let store: PowerLogStore

  /// How many bytes of a file show what it is.
  private static let headSize = 1 << 20
  /// How many bytes a file may have that is read as one.
  package static let wholeSize = 256 << 20

  /// One line, without its end.
  package struct Line {
    /// The line's number, from 1.
    package let number: Int
    /// The bytes, valid for as long as they are looked at.
    package let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a line end follows; where none does, the last number may have been cut.
    package let isWhole: Bool

    /// The line as a text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A line as it stands between line ends.
    @inline(__always)
    init(number: Int, raw: UnsafeBufferPointer<UInt8>, isWhole: Bool) {
      var bytes = raw
      while bytes.first == 0 { bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst()) }
      if bytes.last == 0x0D { bytes = UnsafeBufferPointer(rebasing: bytes.dropLast()) }
      (self.number, self.bytes, self.isWhole) = (number, bytes, isWhole)
    }
  }

  /// Takes the bytes of a file.
  package init(_ bytes: [UInt8], store: PowerLogStore = PowerLogStore()) {
    start = Self.decoded(bytes)
    file = nil
    self.store = store
  }

  /// Takes a text.
  package init(_ text: String) { self.init(Array(text.utf8)) }

  /// Takes a file, which is read when it is asked for.
  package init(_ file: PowerLogInput, store: PowerLogStore) {
    start = Self.decoded(file.head(Self.headSize))
    self.file = file.size > Self.headSize ? file : nil
    self.store = store
  }

  /// A table to put its rows into.
  package func table() -> PowerLogTable { PowerLogTable(store) }

  /// All of the text at once.
  ///
  /// - Throws: `ImportError` where that is too much.
  func whole() throws(ImportError) -> [UInt8] {
    guard let file else { return start }
    try checkWhole()
    return Self.decoded(file.whole())
  }

  /// Sees to it that a text is not too large for a format whose rows are known at its end only.
  ///
  /// - Throws: `ImportError` where it is.
  func checkWhole() throws(ImportError) {
    guard let file, file.size > Self.wholeSize else { return }
    throw ImportError(
      "has \(file.size >> 20) MB, and a file of this format is read as one, with at most "
        + "\(Self.wholeSize >> 20) MB: export shorter times into several files")
  }

  /// How a file writes its characters, by its first bytes, and how many stand before them.
  static func encoding(_ start: [UInt8]) -> (PowerLogInput.Encoding, skipped: Int) {
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
    if start.starts(with: [0xFF, 0xFE]) { return (.utf16(low: 0), 2) }
    if start.starts(with: [0xFE, 0xFF]) { return (.utf16(low: 1), 2) }
    if start.count >= 4, start[1] == 0, start[3] == 0, start[0] > 0, start[2] > 0 {
      return (.utf16(low: 0), 0)
    }
    return (.utf8, 0)
  }

  private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    switch encoding(Array(bytes.prefix(4))) {
    case (.utf8, 0): bytes
    case (.utf8, let skipped): Array(bytes.dropFirst(skipped))
    case (.utf16(let low), let skipped): utf8(bytes.dropFirst(skipped), low: low)
    }
  }

  /// UTF-16 as UTF-8; half a unit at the end is left out.
  private static func utf8(_ bytes: ArraySlice<UInt8>, low: Int) -> [UInt8] {
    let start = bytes.startIndex
    let units = (0..<bytes.count / 2).map { place in
      UInt16(bytes[start + 2 * place + low]) | UInt16(bytes[start + 2 * place + 1 - low]) << 8
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// Hands on each line until one of them wants no more.
  package func forEachLine(_ body: (Line) -> Bool) {
    if let file { return file.forEachLine(body) }
    forEachLineOfStart(body)
  }

  /// Hands on each line of what was read at first, until one of them wants no more.
  package func forEachLineOfStart(_ body: (Line) -> Bool) {
    start.withUnsafeBufferPointer { all in
      // A file without a single line feed may end its lines as old systems did.
      guard let base = all.baseAddress else { return }
      let end: UInt8 = memchr(base, 0x0A, all.count) != nil ? 0x0A : 0x0D
      var start = 0
      var number = 0
      while start < all.count {
        let found = memchr(base + start, Int32(end), all.count - start)
        let stop = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? all.count
        number += 1
        let line = UnsafeBufferPointer(rebasing: all[start..<stop])
        guard body(Line(number: number, raw: line, isWhole: stop < all.count)) else { return }
        start = stop + 1
      }
    }
  }

  /// The first lines that are not blank, for a look at what a file is.
  package func head(_ count: Int = 64) -> [String] {
    var lines: [String] = []
    forEachLineOfStart { line in
      if !line.isBlank { lines.append(String(decoding: line.bytes.prefix(65_536), as: UTF8.self)) }
      return lines.count < count && line.number < 1024
    }
    return lines
  }
}

extension PowerLogText.Line {
  /// Whether nothing but white space stands in it.
  package var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
