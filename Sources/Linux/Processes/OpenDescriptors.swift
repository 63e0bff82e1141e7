import Glibc
import Telemetry

/// The open files of another process, looked at from outside.
///
/// Nothing is opened on the way: opening one end of a pipe has effects on the other, and reading a
/// terminal takes a user's keys. `stat(2)` through the link tells what it is without touching it.
package enum OpenDescriptors {
  /// A regular file that a process holds open for writing.
  package struct Written: Hashable {
    /// The number of the descriptor in that process.
    package var number: Int32
    /// Where the link says the file is, as the process knows it.
    package var target: String
    /// How far it has been written by this descriptor, in bytes.
    package var position: Int64
    /// Which file it is, whatever the link says.
    package var identity: FileIdentity
    /// When the file was last written, in seconds since 1970.
    package var changed: Double
    /// Whether the file has no name any more and vanishes with its last descriptor.
    package var isDeleted: Bool
    /// Whether all that is written goes to the file's end, whatever stood there before (`O_APPEND`).
    package var isAppending = false
  }

  /// What a process holds open, as far as it matters here.
  package struct Sorted {
    /// Regular files that are open for writing, by descriptor; at most 1024.
    package var written: [Written] = []
    /// What the first three lead to: `/dev/null`, `pipe:[4711]`.
    package var standard: [Int32: String] = [:]
    /// Pipes that are open for reading, as their links call them.
    package var readPipes: Set<String> = []
    /// The inodes of sockets.
    package var sockets: Set<UInt64> = []
    /// Whether the list could be read at all.
    package var isReadable = false
  }

  /// Hands on the number and target of every descriptor, at most 16384 of them.
  ///
  /// Returns whether the list could be read.
  @discardableResult
  package static func each(in folder: String, _ body: (Int32, String) -> Void) -> Bool {
    guard let stream = opendir(folder + "/fd") else { return false }
    defer { closedir(stream) }
    var count = 0
    while let entry = readdir(stream), count < 16384 {
      count += 1
      guard let number = Int32(entryName(entry)),
        let target = SystemFile.linkTarget("\(folder)/fd/\(number)")
      else { continue }
      body(number, target)
    }
    return true
  }

  /// Looks through the descriptors of a process and sorts them by what they lead to.
  package static func sorted(of pid: Int32, in context: SourceContext) -> Sorted {
    let folder = context.path("/proc/\(pid)")
    var result = Sorted()
    result.isReadable = each(in: folder) { number, target in
      if number < 3 { result.standard[number] = target }
      if let inode = inode(target, "socket:[") {
        if result.sockets.count < 4096 { result.sockets.insert(inode) }
      } else if target.hasPrefix("pipe:[") {
        if let flags = flags(folder, number), !isWritable(flags) {
          result.readPipes.insert(target)
        }
      } else if target.hasPrefix("/"), !target.hasPrefix("/dev/"), result.written.count < 1024 {
        if let written = written(folder, number, target) { result.written.append(written) }
      }
    }
    result.written.sort { $0.number < $1.number }
    return result
  }

  private static func written(
    _ folder: String, _ number: Int32, _ target: String
  ) -> Written? {
    guard let status = ProcFile.status("\(folder)/fd/\(number)"), status.isRegular,
      let info = info(folder, number), isWritable(info.flags)
    else { return nil }
    return Written(
      number: number, target: target, position: info.position, identity: FileIdentity(status),
      changed: status.changed, isDeleted: status.st_nlink == 0 || target.hasSuffix(" (deleted)"),
      isAppending: info.flags & Int(O_APPEND) != 0)
  }

  /// Whether the flags of open(2) allow writing.
  private static func isWritable(_ flags: Int) -> Bool { flags & Int(O_ACCMODE) != Int(O_RDONLY) }

  private static func flags(_ folder: String, _ number: Int32) -> Int? {
    info(folder, number)?.flags
  }

  /// `pos` and `flags` of `/proc/PID/fdinfo/N`; the flags are octal.
  private static func info(_ folder: String, _ number: Int32) -> (position: Int64, flags: Int)? {
    guard let bytes = ProcFile.bytes("\(folder)/fdinfo/\(number)", limit: 1024) else { return nil }
    var position: Int64 = 0
    var flags: Int?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " })
      guard parts.count > 1 else { continue }
      if parts[0] == "pos" { position = Int64(parts[1]) ?? 0 }
      if parts[0] == "flags" { flags = Int(parts[1], radix: 8) }
    }
    return flags.map { (position, $0) }
  }

  private static func inode(_ target: String, _ prefix: String) -> UInt64? {
    guard target.hasPrefix(prefix), target.hasSuffix("]") else { return nil }
    return UInt64(target.dropFirst(prefix.count).dropLast())
  }
}
