import Telemetry

/// The mounts of a process's namespace, from `/proc/PID/mountinfo`.
///
/// Layout: proc_pid_mountinfo(5). Reading it asks no file system anything, so a server that does not
/// answer delays nobody; nothing here may ever be asked for by its path.
package struct MountTable {
  /// One mount.
  package struct Mount: Hashable, Sendable {
    /// The mount's id, which `/proc/PID/fdinfo/N` names as `mnt_id`.
    package var id: Int64
    /// Major and minor number of the file system, such as `259:2`; all mounts of one file system have
    /// the same.
    package var device: String
    /// Where it is mounted.
    package var path: String
    /// The kind of file system: `ext4`, `nfs4`, `fuse.s3fs`.
    package var type: String
    /// What is mounted: `/dev/nvme0n1p2`, `server:/data`.
    package var source: String
    /// The options of the file system, between commas.
    package var options: String
  }

  /// The mounts, in the kernel's order.
  package let mounts: [Mount]

  /// Reads the table of a process, at most 16384 mounts; `nil` when it cannot be read.
  package init?(of process: String = "self", in context: SourceContext) {
    var mounts: [Mount] = []
    let isRead = ProcFile.lines(
      context.path("/proc/\(process)/mountinfo"), limit: 8 << 20
    ) { line in
      if let mount = Self.mount(String(decoding: line, as: UTF8.self)) { mounts.append(mount) }
      return mounts.count < 16384
    }
    guard isRead else { return nil }
    self.mounts = mounts
  }

  private static func mount(_ line: String) -> Mount? {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    // A hyphen ends the optional fields, of which there may be any number.
    guard words.count > 9, let id = Int64(words[0]),
      let hyphen = words[6...].firstIndex(of: "-"), words.count > hyphen + 2
    else { return nil }
    return Mount(
      id: id, device: String(words[2]), path: unescaped(words[4]),
      type: String(words[hyphen + 1]), source: unescaped(words[hyphen + 2]),
      options: words.count > hyphen + 3 ? String(words[hyphen + 3]) : "")
  }

  /// The text of a field, in which the kernel writes blanks and backslashes as `\040`.
  package static func unescaped(_ field: some StringProtocol) -> String {
    guard field.contains("\\") else { return String(field) }
    let bytes = Array(field.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let digits = bytes.dropFirst(index + 1).prefix(3)
      if bytes[index] == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        result.append(value)
        index += 4
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
