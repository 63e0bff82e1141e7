import Glibc

/// A folder of its own for one test, gone afterwards with everything in it.
final class Folder {
  let path: String

  init() throws {
    var name = Array("/tmp/hippo-program-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw NoFolder() }
    path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  struct NoFolder: Error {}

  deinit { Self.remove(path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// The names in it, sorted.
  var names: [String] { Self.names(in: path) }

  func bytes(_ name: String) -> [UInt8]? { Self.bytes(file(name)) }

  func text(_ name: String) -> String? { Self.read(file(name)) }

  /// The text of a file anywhere.
  static func read(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      result += buffer[..<count]
    }
    return result
  }

  /// Writes a file, folders on the way included, and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) -> String {
    let parts = name.split(separator: "/")
    for count in 1..<max(1, parts.count) {
      mkdir(file(parts[..<count].joined(separator: "/")), 0o755)
    }
    guard let stream = fopen(file(name), "wb") else { return file(name) }
    fputs(text, stream)
    fclose(stream)
    return file(name)
  }

  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var result: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { result.append(name) }
    }
    return result.sorted()
  }

  private static func remove(_ path: String) {
    for name in names(in: path) {
      let inner = path + "/" + name
      if unlink(inner) != 0 { remove(inner) }
    }
    rmdir(path)
  }
}
