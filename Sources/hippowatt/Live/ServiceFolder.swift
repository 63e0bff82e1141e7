import Glibc
import Recordings
import SwiftOverlayShims
import Telemetry

/// Where a recorder that runs as a service keeps its recordings, and how many of them.
///
/// Each start makes a file of its own, so that none is ever written into twice; what is too old or too
/// much goes, the oldest first. Only files that this program named itself are touched.
struct ServiceFolder {
  let path: String
  let retention: Retention

  /// The folder of a service: the one that systemd names, else the user's own for the state of programs.
  static func path(_ host: HostEnvironment) -> String? {
    if let folder = host.environment["STATE_DIRECTORY"], folder.hasPrefix("/") {
      return folder.split(separator: ":").first.map(String.init)
    }
    if host.user == nil { return "/var/lib/hippowatt" }
    if let folder = host.environment["XDG_STATE_HOME"], folder.hasPrefix("/") {
      return folder + "/hippowatt"
    }
    return host.environment["HOME"].map { $0 + "/.local/state/hippowatt" }
  }

  /// Makes the folder, for its owner alone, and those it is in.
  ///
  /// - Throws: `Failure` where that cannot be done.
  func make() throws {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o700) != 0, errno != EEXIST {
        throw Failure("\(made) cannot be made: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// A recording in the folder that is over, as far as its name and age tell.
  private struct Entry {
    var path: String
    var bytes: Int64
    /// Whether it has a log beside it: it is being written, or a crash left it so.
    var isOpen: Bool
    /// Seconds since 1970 at which it was written last.
    var written: Double
  }

  /// Removes what is older, or more, than is to be kept beside the recording that is being made.
  ///
  /// A file that has companions is being written, or a crash left it; it goes by its age alone.
  /// - Returns: the names of what was removed.
  func tidy(keeping present: String, now: Timestamp) -> [String] {
    var entries = entries().filter { $0.path != present }.sorted { $0.written < $1.written }
    var removed: [String] = []
    func remove(_ entry: Entry) {
      guard unlink(entry.path) == 0 else { return }
      for companion in ["-wal", "-shm", "-journal"] { unlink(entry.path + companion) }
      removed.append(entry.path)
    }
    if let seconds = retention.seconds {
      while let oldest = entries.first, now.seconds - oldest.written > seconds {
        remove(oldest)
        entries.removeFirst()
      }
    }
    if let bytes = retention.bytes {
      var total = entries.reduce(File.size(present)) { $0 + $1.bytes }
      for oldest in entries where !oldest.isOpen && total > bytes {
        remove(oldest)
        total -= oldest.bytes
      }
    }
    return removed
  }

  private func entries() -> [Entry] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var result: [Entry] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix("hippowatt-"), name.hasSuffix(".hippo") else { continue }
      let path = self.path + "/" + name
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      // What came last may be in the log beside it.
      var log = stat()
      let isOpen = lstat(path + "-wal", &log) == 0
      let newest = max(status.st_mtim.tv_sec, isOpen ? log.st_mtim.tv_sec : 0)
      let bytes = Int64(status.st_size) + (isOpen ? Int64(log.st_size) : 0)
      result.append(Entry(path: path, bytes: bytes, isOpen: isOpen, written: Double(newest)))
    }
    return result
  }
}
