import Glibc
import Linux

/// The files that tests read: small made-up ones, and real ones where somebody has them.
///
/// The made-up files lie in `Tests/Fixtures`, one of each format, named after it. Real files are no
/// part of the project; a test reads them besides where they are there.
package enum Fixtures {
  /// The folder of all tests, three steps above this file.
  private static let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  /// The folder of the made-up files.
  package static let folder = tests + "/Fixtures"

  /// The folder of real files, which the environment names; `nil` where it does not.
  private static let realFolder = getenv("HIPPOWATT_FIXTURES").map { String(cString: $0) }

  /// The path of a made-up file.
  package static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// The path of a real file; `nil` where it is not there.
  package static func real(_ name: String) -> String? {
    guard let realFolder else { return nil }
    let path = "\(realFolder)/\(name)"
    return access(path, R_OK) == 0 ? path : nil
  }

  /// What the file of a format is called: its name in small letters, with hyphens between words.
  package static func name(_ format: String) -> String {
    format.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
      .joined(separator: "-")
  }

  /// The names of the made-up files in a folder, sorted.
  package static func names(in name: String) -> [String] {
    (SystemFile.names(in: path(name)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The text of a made-up file; empty where there is none.
  package static func text(_ name: String) -> String {
    String(decoding: readFile(path(name)), as: UTF8.self)
  }

  /// The names of what lies in a folder of the project, sorted.
  package static func projectFolder(_ name: String) -> [String] {
    (SystemFile.names(in: "\(tests)/../\(name)") ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The names of the themes that come with the program.
  package static let themes = (SystemFile.names(in: tests + "/../themes") ?? [])
    .filter { $0.hasSuffix(".theme") }.map { String($0.dropLast(6)) }.sorted()

  /// The text of a file of the project, such as `README.md`.
  package static func project(_ name: String) -> String {
    String(decoding: readFile("\(tests)/../\(name)"), as: UTF8.self)
  }

  /// A whole file.
  package static func readFile(_ path: String) -> [UInt8] {
    var bytes: [UInt8] = []
    let reader = ChunkReader(path)
    while let chunk = reader?.next() { bytes += chunk }
    return bytes
  }
}

/// Reads a whole file in pieces.
package struct ChunkReader {
  private let descriptor: FileDescriptor

  package init?(_ path: String) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    descriptor = FileDescriptor(number)
  }

  package func next() -> [UInt8]? {
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(descriptor.number, buffer.baseAddress, 1 << 16))
    }
    return chunk.isEmpty ? nil : chunk
  }
}
