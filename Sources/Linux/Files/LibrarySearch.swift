import Glibc
import Telemetry

/// Where a library that is opened at run time is looked for.
///
/// First by name, as the loader finds it; then in folders that some systems keep out of the loader's
/// search: drivers that a virtual machine or a container gets from its host, and distributions that
/// keep no common folder. Only whole paths are tried, and only files that nobody but their owner,
/// the superuser or this user, can have put there.
package struct LibrarySearch: Sendable {
  /// The library's names, the one wanted most first.
  package var names: [String]
  /// Folders to look into when the loader knows none of the names, in order.
  package var folders: [String]

  /// A search for a library of these names.
  package init(_ names: [String], in folders: [String]) {
    self.names = names
    self.folders = folders
  }

  /// A search for nothing but the file of a path, or the library of a name.
  package init(path: String) { self.init([path], in: []) }

  /// Why a library was not opened.
  package enum Failure: Error, Hashable {
    /// None of its names is anywhere.
    case absent
    /// A file is there, but the loader refuses it, for the reason it gives.
    case refused(path: String, reason: String)
  }

  /// Opens the library; `root` is the folder that stands for the whole system in tests, where the
  /// loader's own search is left out.
  ///
  /// - Throws: `Failure` when it is not there or cannot be opened.
  package func open(under root: String = "/") throws(Failure) -> UnsafeMutableRawPointer {
    var refusal: Failure?
    if root == "/" || folders.isEmpty {
      for name in names {
        if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return handle }
        // Without a slash the loader also says so of a library that is nowhere.
        if name.contains("/"), SystemFile.exists(name) { refusal = refusal ?? Self.refused(name) }
      }
    }
    for folder in folders where folder.hasPrefix("/") {
      for name in names {
        let path = (root == "/" ? folder : root + folder) + "/" + name
        guard SystemFile.exists(path), Self.isTrusted(path) else { continue }
        if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) { return handle }
        refusal = refusal ?? Self.refused(path)
      }
    }
    throw refusal ?? .absent
  }

  /// What was looked for, and where, as the end of a sentence.
  package var words: String {
    let list = names.joined(separator: " and ")
    if folders.isEmpty { return list }
    return "\(list) where the system keeps its libraries and in " + folders.joined(separator: ", ")
  }

  private static func refused(_ path: String) -> Failure {
    let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
    return .refused(
      path: path,
      reason: reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.utf8.count + 2)) : reason
    )
  }

  /// Whether a file and its folder belong to the superuser or to this user, and no others may write
  /// there.
  private static func isTrusted(_ path: String) -> Bool {
    guard let real = realpath(path, nil) else { return false }
    defer { free(real) }
    let file = String(cString: real)
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    return [file, "/" + folder].allSatisfy { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return false }
      return (status.st_uid == 0 || status.st_uid == geteuid()) && status.st_mode & S_IWOTH == 0
    }
  }

  /// Folders that hold libraries on some systems though the loader of another would not look there.
  package static let systemFolders = [
    "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib",
    "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/local/lib",
  ]
}
