import Formats
import Glibc
import Linux
import Telemetry

/// Follows a text file as it grows, by looking at it again and again.
///
/// It survives rotation by renaming (the old file is read to its end first), truncation, a rewrite
/// in place and `copytruncate`, and waits for a file that is not there yet. Looking with `stat`
/// works on network file systems too, where nobody else would tell us.
///
/// Much is read in slices. Of a file that is larger than 64 MB already, the beginning is read, where
/// a job says what it is, and the end; what lies between is not, and how much that is is counted.
struct LineFollower {
  let path: String
  private var file: OpenFile?
  private var splitter: LineSplitter
  /// How many bytes have been read of all files together.
  private(set) var bytesRead = 0
  /// How many bytes were passed over since that was last asked.
  private var passedOver: Int64 = 0

  init(path: String, cap: Int = 64 * 1024) {
    self.path = path
    splitter = LineSplitter(cap: cap)
  }

  /// Hands on the lines that were completed since the last call, at most `budget` bytes of them.
  ///
  /// Returns whether the budget ran out, so that there may be more at once.
  /// - Throws: `SourceFailure` when there is no such file or it cannot be read.
  @discardableResult
  mutating func poll(
    budget: Int = 16 << 20, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
  ) throws(SourceFailure) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let error = errno
      // Renamed or removed: its end may still be unread.
      if var last = file {
        file = nil
        bytesRead &+= last.read(budget: Self.lastBudget, &splitter, body)
        splitter.finish(body)
      }
      throw failure(error)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw SourceFailure(.failed, "\(path) is a folder", remedy: "name a file in it")
    }
    // Such as `/dev/zero`, which has no end and no lines.
    guard ![S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT) else {
      throw SourceFailure(.failed, "\(path) is a device", remedy: "name a file or a pipe")
    }
    if var last = file, last.identity != OpenFile.Identity(status) {
      bytesRead &+= last.read(budget: Self.lastBudget, &splitter, body)
      splitter.finish(body)
      file = nil
    }
    if file == nil {
      guard let opened = OpenFile(path) else { throw failure(errno) }
      file = opened
      splitter.reset()
    }
    if file?.restartIfReplaced() == true { splitter.reset() }
    let count = file?.read(budget: budget, &splitter, body) ?? 0
    bytesRead &+= count
    passedOver += file?.takePassedOver() ?? 0
    if count < budget { splitter.peekBar(body) }
    return count >= budget
  }

  /// When the file that is followed was last changed.
  var modified: Timestamp? { file?.modified }

  /// How many bytes of the log were passed over since that was last asked.
  mutating func takePassedOver() -> Int64 {
    defer { passedOver = 0 }
    return passedOver
  }

  /// How much of a file is still read that has lost its name.
  private static let lastBudget = 64 << 20

  private func failure(_ error: Int32) -> SourceFailure {
    switch error {
    case ENOENT, ENOTDIR: SourceFailure(.waiting, "waiting for \(path) to appear")
    case EACCES, EPERM:
      SourceFailure(
        .denied, "\(path) may not be read", remedy: "give yourself the right to read it")
    default: SourceFailure(.failed, "\(path): \(String(cString: strerror(error)))")
    }
  }
}

/// A file that is being followed, and how far it has been read.
private struct OpenFile {
  struct Identity: Equatable {
    var device: dev_t
    var inode: ino_t
    init(_ status: stat) { (device, inode) = (status.st_dev, status.st_ino) }
  }

  let identity: Identity
  private let descriptor: FileDescriptor
  private let isRegular: Bool
  private var offset: off_t = 0
  /// The first bytes of the file, by which a rewrite is noticed.
  private var head: [UInt8] = []
  /// Where to leave off, and where to go on.
  private var leap: (from: off_t, to: off_t)?
  private var passedOver: Int64 = 0
  private static let largest: off_t = 64 << 20
  private static let beginning: off_t = 1 << 20
  private static let ending: off_t = 8 << 20

  init?(_ path: String) {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { return nil }
    descriptor = FileDescriptor(number)
    var status = stat()
    guard fstat(number, &status) == 0 else { return nil }
    identity = Identity(status)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    begin(status.st_size)
  }

  /// Goes back to the start when the file became shorter or begins differently.
  mutating func restartIfReplaced() -> Bool {
    guard isRegular else { return false }
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { return false }
    let now = peekHead()
    let isReplaced = status.st_size < offset || !now.starts(with: head)
    if isReplaced {
      begin(status.st_size)
    }
    head = now
    return isReplaced
  }

  /// When it was last changed.
  var modified: Timestamp? {
    var status = stat()
    guard isRegular, fstat(descriptor.number, &status) == 0 else { return nil }
    return Timestamp(
      nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
  }

  /// `SEEK_DATA` of `lseek(2)` on Linux, which Glibc's module does not name.
  private static let seekData: Int32 = 3

  private func peekHead() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = max(0, pread(descriptor.number, buffer.baseAddress, 64, 0))
    }
  }

  /// Goes to the start of what there is in a file of `size` bytes.
  ///
  /// After `copytruncate` a writer may leave a hole of zeros as long as the old log.
  private mutating func begin(_ size: off_t) {
    offset = 0
    leap = nil
    guard isRegular else { return }
    let data = lseek(descriptor.number, 0, Self.seekData)
    if data > 0 { offset = data }
    if size - offset > Self.largest { leap = (offset + Self.beginning, size - Self.ending) }
  }

  mutating func takePassedOver() -> Int64 {
    defer { passedOver = 0 }
    return passedOver
  }

  /// Reads at most `budget` bytes, and a little more; returns how many.
  mutating func read(
    budget: Int, _ splitter: inout LineSplitter,
    _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
  ) -> Int {
    var total = 0
    withUnsafeTemporaryAllocation(byteCount: 128 * 1024, alignment: 16) { buffer in
      while total < budget {
        if let leap, offset >= leap.from {
          self.leap = nil
          passedOver += Int64(max(0, leap.to - offset))
          offset = max(offset, leap.to)
          splitter.startMidLine()
        }
        let count =
          isRegular
          ? pread(descriptor.number, buffer.baseAddress, buffer.count, offset)
          : Glibc.read(descriptor.number, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        offset += off_t(count)
        total += count
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        splitter.feed(bytes.bindMemory(to: UInt8.self), body)
      }
    }
    return total
  }
}
