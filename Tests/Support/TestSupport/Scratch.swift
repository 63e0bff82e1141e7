import Glibc

/// A folder that is gone when the test is over.
package final class Scratch {
  package let path: String

  package init() {
    var template = Array("/tmp/hippowatt-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  private var names: Set<String> = []

  /// The path of a file in the folder.
  package func file(_ name: String) -> String {
    names.insert(name)
    return "\(path)/\(name)"
  }

  package enum Mode {
    case replace, append
  }

  /// Writes text to a file of the folder.
  package func write(_ text: String, to name: String, _ mode: Mode = .append) {
    write(Array(text.utf8), to: name, mode)
  }

  package func write(_ bytes: [UInt8], to name: String, _ mode: Mode = .append) {
    let flags = O_WRONLY | O_CREAT | (mode == .append ? O_APPEND : O_TRUNC)
    let number = open(file(name), flags, 0o600)
    guard number >= 0 else { return }
    defer { close(number) }
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count <= 0 { return }
        done += count
      }
    }
  }

  package func rename(_ from: String, to other: String) { Glibc.rename(file(from), file(other)) }
}
