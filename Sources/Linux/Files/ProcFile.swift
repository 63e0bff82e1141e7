import CSystem
import Formats
import Glibc

/// Reads of `/proc` that are over with one call and leave nothing open.
package enum ProcFile {
  /// The bytes of a file, at most `limit` of them; `nil` when it cannot be read.
  ///
  /// Opened without waiting, in case something else stands where a system file should.
  package static func bytes(_ path: String, limit: Int) -> [UInt8]? {
    var result: [UInt8] = []
    let isRead = chunks(path, limit: limit) { chunk in
      result.append(contentsOf: chunk)
      return true
    }
    return isRead ? result : nil
  }

  /// Hands the lines of a file to `body`, without their ends, until it says `false`.
  ///
  /// Lines longer than 8 KiB are cut. Returns whether the file could be read at all.
  @discardableResult
  package static func lines(
    _ path: String, limit: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    var splitter = LineSplitter(cap: 8192, splitsAtReturns: false)
    var goesOn = true
    return chunks(path, limit: limit) { chunk in
      splitter.feed(chunk.bindMemory(to: UInt8.self)) { line, _ in
        if goesOn { goesOn = body(UnsafeRawBufferPointer(line)) }
      }
      return goesOn
    }
  }

  private static func chunks(
    _ path: String, limit: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { return false }
    let descriptor = FileDescriptor(number)
    return withUnsafeTemporaryAllocation(byteCount: 32 * 1024, alignment: 16) { buffer in
      // It may have held the values of an environment.
      defer { buffer.initializeMemory(as: UInt8.self, repeating: 0) }
      var total = 0
      while total < limit {
        let count = read(descriptor.number, buffer.baseAddress, min(buffer.count, limit - total))
        if count < 0 { return errno == EINTR ? true : total > 0 }
        if count == 0 { break }
        total += count
        guard body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { break }
      }
      return true
    }
  }

  /// What `stat(2)` tells of a path, its links followed; `nil` when there is nothing.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// When the file at a path came into being, in seconds since 1970; `nil` where its file system
  /// does not keep that.
  package static func birth(_ path: String) -> Double? {
    let time = cs_birth(path)
    return time > 0 ? time : nil
  }
}

/// Which file a path leads to, whatever its name.
package struct FileIdentity: Hashable {
  /// The device the file is on, `st_dev` of stat(2).
  package let device: UInt64
  /// The number of the file on its device, `st_ino` of stat(2).
  package let inode: UInt64

  /// The identity of the file that `status` was asked of.
  package init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

extension stat {
  /// Whether it is a regular file (`S_IFREG`): no folder, pipe, socket or device.
  package var isRegular: Bool { st_mode & S_IFMT == S_IFREG }

  /// The time of the last change in seconds since 1970.
  package var changed: Double { Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) * 1e-9 }
}
