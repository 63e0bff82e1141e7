import Glibc

/// A regular file that is open for reading, and nothing else: no pipe, no terminal, no device.
///
/// What it is is asked before it is opened, since opening alone can have effects, and once more
/// afterwards, since a name may lead elsewhere by then.
package struct SafeFile {
  private let descriptor: FileDescriptor
  /// The path it was opened by.
  package let path: String
  /// Bytes at the time of opening; the file may have grown since.
  package let size: Int64
  /// When it was last written before it was opened, in seconds since 1970.
  package let changed: Double
  /// The user who owns it.
  package let owner: UInt32
  /// Who may read, write and run it: the lower twelve bits of its mode.
  package let permissions: UInt32
  /// Which file it is, so that one that has taken its place is noticed.
  package let identity: FileIdentity

  /// Opens a path; `nil` when it is not a regular file, or may not be read.
  ///
  /// A path that was found in somebody's folder must not be a link: it could lead anywhere.
  package init?(_ path: String, followsLinks: Bool = false) {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0, status.isRegular
    else { return nil }
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
    let number = open(path, flags)
    guard number >= 0 else { return nil }
    descriptor = FileDescriptor(number)
    let seen = FileIdentity(status)
    guard fstat(number, &status) == 0, status.isRegular, FileIdentity(status) == seen else {
      return nil
    }
    self.path = path
    size = Int64(status.st_size)
    changed = status.changed
    (owner, permissions) = (status.st_uid, status.st_mode & 0o7777)
    identity = seen
  }

  /// The first bytes, at most `count`.
  package func head(_ count: Int) -> [UInt8] { read(count, at: 0) }

  /// The last bytes, at most `count`.
  package func tail(_ count: Int) -> [UInt8] { read(count, at: max(0, size - Int64(count))) }

  private func read(_ count: Int, at offset: Int64) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor.number, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + Int64(filled)))
        guard got > 0 else { return }
        filled += got
      }
    }
  }

  /// Where a path leads in the end, without links; `nil` where there is nothing.
  package static func resolved(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// Whether a path still is a regular file that can be followed.
  package static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.isRegular
  }
}
