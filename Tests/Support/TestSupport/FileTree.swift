import Glibc
import Linux
import Telemetry

/// A folder that stands for `/` and goes away with the test.
package final class FileTree {
  package let root: String

  package init() {
    var template = Array("/tmp/hippowatt-tree-XXXXXX".utf8CString)
    root = mkdtemp(&template).map { String(cString: $0) } ?? ""
    chmod(root, 0o755)
  }

  deinit { remove("") }

  /// A context that looks everything up in this tree.
  package var context: SourceContext { SourceContext(machine: "box", root: root) }

  /// Writes a file and the folders above it.
  package func write(_ path: String, _ text: String) { write(path, Array(text.utf8)) }

  /// Writes a file of bytes and the folders above it.
  package func write(_ path: String, _ bytes: [UInt8]) {
    folder(path.split(separator: "/").dropLast().joined(separator: "/"))
    guard let file = fopen(root + path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// Makes a folder and those above it.
  package func folder(_ path: String) {
    var made = root
    for part in path.split(separator: "/") {
      made += "/" + part
      mkdir(made, 0o755)
    }
  }

  /// Makes a symbolic link with exactly that target.
  package func link(_ path: String, to target: String) {
    folder(path.split(separator: "/").dropLast().joined(separator: "/"))
    symlink(target, root + path)
  }

  /// Removes a file or a folder with everything in it.
  package func remove(_ path: String) {
    if SystemFile.linkTarget(root + path) == nil {
      for name in SystemFile.names(in: root + path) ?? [] { remove(path + "/" + name) }
    }
    Glibc.remove(root + path)
  }
}

/// Runs `body` with the rights of a user who owns nothing.
///
/// Changes the calling thread alone. `nil` when the process may not do so.
package func asNobody<Value>(_ body: () -> Value) -> Value? {
  typealias Call = @convention(c) (UInt32) -> Int32
  guard let symbol = dlsym(nil, "setfsuid") else { return nil }
  let setUser = unsafeBitCast(symbol, to: Call.self)
  let nobody: UInt32 = 65534
  let before = setUser(nobody)
  defer { _ = setUser(UInt32(bitPattern: before)) }
  // Asking for what cannot be had is the documented way to learn what one has.
  return setUser(.max) == Int32(bitPattern: nobody) ? body() : nil
}

/// What a source said, sorted.
package struct Said {
  package var devices: [Device] = []
  package var series: [SeriesDescriptor] = []
  package var readings: [Reading] = []
  package var events: [Event] = []

  package init(_ observations: [Observation]) {
    for observation in observations {
      switch observation {
      case .device(let device): devices.append(device)
      case .series(let descriptor): series.append(descriptor)
      case .reading(let reading): readings.append(reading)
      case .event(let event): events.append(event)
      case .state, .grid: break
      }
    }
  }

  /// The whole steps of one value of one device.
  package func steps(_ metric: Metric, of device: String) -> Int64? {
    readings.first { $0.device.name == device }?.values.first { $0.metric == metric }?.steps
  }

  package func provenance(_ metric: Metric, of device: String) -> Provenance? {
    series.first { $0.device.name == device && $0.metric == metric }?.provenance
  }
}

extension DataSource {
  /// Asks for what is new at a time in seconds.
  package mutating func said(at seconds: Double) throws(SourceFailure) -> Said {
    Said(try sample(FixedClock(Timestamp(seconds: seconds))))
  }
}
