import Glibc
import Telemetry

/// Why the operating system did not let a file be read.
package struct SystemError: Error, Hashable {
  /// The value of `errno`.
  package var code: Int32
  /// The file that could not be read.
  package var path: String

  /// The error `code` (`errno`) at a path.
  package init(_ code: Int32, _ path: String) {
    self.code = code
    self.path = path
  }

  /// Whether the right to read is what is missing.
  package var isDenied: Bool { code == EACCES || code == EPERM }
  /// Whether there is nothing to read, now and for as long as this kernel runs.
  package var isAbsent: Bool {
    code == ENOENT || code == ENODEV || code == ENXIO || code == EOPNOTSUPP || code == ENOTDIR
  }

  /// The state of a source that has nothing else to read.
  package var health: SourceState.Health { isDenied ? .denied : isAbsent ? .absent : .failed }

  /// The path and what is wrong with it.
  package var words: String {
    switch code {
    case ENOENT: "\(path) does not exist"
    case EACCES, EPERM: "\(path) may not be read by this user"
    default: "\(path): \(String(cString: strerror(code)))"
    }
  }

  /// The failure of a source that has nothing else to read.
  package func failure(remedy: String = "") -> SourceFailure {
    SourceFailure(health, words, remedy: remedy)
  }
}
