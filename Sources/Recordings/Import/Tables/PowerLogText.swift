import Formats

/// The text of a power log, in UTF-8 whatever it was written in, line by line.
///
/// PowerShell writes UTF-16 with a byte order mark, Windows ends lines with CR LF, and a log that was
/// truncated under its writer begins with zero bytes.
package struct PowerLogText: Sendable {
  /// The text in UTF-8, without a byte order mark.
  package let bytes: [UInt8]

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
  }

  /// Takes the bytes of a file.
  package init(_ bytes: [UInt8]) {
    let start = Array(bytes.prefix(4))
    if start.starts(with: [0xEF, 0xBB, 0xBF]) {
      self.bytes = Array(bytes.dropFirst(3))
    } else if start.starts(with: [0xFF, 0xFE]) {
      self.bytes = Self.utf8(bytes.dropFirst(2), low: 0)
    } else if start.starts(with: [0xFE, 0xFF]) {
      self.bytes = Self.utf8(bytes.dropFirst(2), low: 1)
    } else if start.count == 4, start[1] == 0, start[3] == 0, start[0] > 0, start[2] > 0 {
      self.bytes = Self.utf8(bytes[...], low: 0)
    } else {
      self.bytes = bytes
    }
  }

  /// Takes a text.
  package init(_ text: String) { bytes = Array(text.utf8) }

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
    bytes.withUnsafeBufferPointer { all in
      // A file without a single line feed may end its lines as old systems did.
      let end: UInt8 = all.contains(0x0A) ? 0x0A : 0x0D
      var start = 0
      var number = 0
      while start < all.count {
        var stop = start
        while stop < all.count, all[stop] != end { stop += 1 }
        number += 1
        var line = UnsafeBufferPointer(rebasing: all[start..<stop])
        while line.first == 0 { line = UnsafeBufferPointer(rebasing: line.dropFirst()) }
        if line.last == 0x0D { line = UnsafeBufferPointer(rebasing: line.dropLast()) }
        guard body(Line(number: number, bytes: line, isWhole: stop < all.count)) else { return }
        start = stop + 1
      }
    }
  }

  /// The first lines that are not blank, for a look at what a file is.
  package func head(_ count: Int = 64) -> [String] {
    var lines: [String] = []
    forEachLine { line in
      if !line.isBlank { lines.append(String(decoding: line.bytes.prefix(4096), as: UTF8.self)) }
      return lines.count < count && line.number < 1024
    }
    return lines
  }
}

extension PowerLogText.Line {
  /// Whether nothing but white space stands in it.
  package var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
