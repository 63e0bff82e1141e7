import Glibc
import Telemetry

/// Looks for files below a folder, within bounds.
///
/// Links to folders are not followed, and after `limit` entries the walk ends.
package struct FolderWalk {
  /// A regular file that was found.
  package struct File: Sendable, Hashable {
    /// The path, beginning with that of the folder the walk began in.
    package var path: String
    /// When it was last written.
    package var modified: Timestamp

    /// The path without the last part and the slash before it.
    package var folder: String {
      String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    }
    /// The last part of the path.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  /// The files, folder by folder: those of a folder come before those of its subfolders.
  package private(set) var files: [File] = []
  private var left: Int

  /// Collects the regular files whose names satisfy `isWanted`, down to `depth` folders deep.
  package init(
    _ folder: String, depth: Int = 3, limit: Int = 2000, where isWanted: (String) -> Bool
  ) {
    left = limit
    walk(
      folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder, depth,
      isWanted)
  }

  private mutating func walk(_ folder: String, _ depth: Int, _ isWanted: (String) -> Bool) {
    guard let stream = opendir(folder) else { return }
    var below: [String] = []
    while left > 0, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      left -= 1
      var status = stat()
      let path = "\(folder)/\(name)"
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: below.append(path)
      case S_IFREG where isWanted(name):
        files.append(
          File(
            path: path,
            modified: Timestamp(
              nanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000
                &+ Int64(status.st_mtim.tv_nsec))))
      default: break
      }
    }
    closedir(stream)
    guard depth > 0 else { return }
    for path in below.sorted() where left > 0 { walk(path, depth - 1, isWanted) }
  }

  /// Whether a folder stands at a path.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
