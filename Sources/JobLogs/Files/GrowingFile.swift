import Glibc
import Linux
import Telemetry

/// A regular file that somebody else writes, looked at again and again.
///
/// It notices when the file was replaced by another, became shorter or was rewritten in place: by
/// the first 4 KiB that were read and the last 64 bytes before the place reached. Looking with
/// `stat` works on network file systems too.
struct GrowingFile {
  /// What a look found.
  enum Look {
    /// The file goes on where it was left.
    case same
    /// It is new, or not what it was: everything read so far is void.
    case fresh
  }

  let path: String
  private var descriptor: FileDescriptor?
  private var identity: (dev_t, ino_t)?
  private var offset: Int64 = 0
  private var size: Int64 = 0
  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  /// When the file was last written.
  private(set) var modified = Timestamp(nanoseconds: 0)

  init(path: String) { self.path = path }

  /// Whether everything the last look found has been read.
  var isAtEnd: Bool { offset >= size }

  /// Looks at the file.
  /// - Throws: `SourceFailure` when there is none, or it may not be read.
  mutating func look() throws(SourceFailure) -> Look {
    var status = stat()
    guard stat(path, &status) == 0 else {
      close()
      throw failure(errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close()
      let what = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
      throw SourceFailure(.failed, "\(path) is \(what)", remedy: "name a file")
    }
    let time = Timestamp(
      nanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
    if let identity, identity == (status.st_dev, status.st_ino), descriptor != nil {
      let isUntouched = size == Int64(status.st_size) && time == modified
      (size, modified) = (Int64(status.st_size), time)
      if isUntouched || !isReplaced() { return .same }
      restart()
      return .fresh
    }
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else {
      close()
      throw failure(errno)
    }
    descriptor = FileDescriptor(number)
    identity = (status.st_dev, status.st_ino)
    (size, modified) = (Int64(status.st_size), time)
    restart()
    return .fresh
  }

  /// Hands on what was not read yet, at most about `budget` bytes of it; returns how many.
  mutating func read(budget: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) -> Int {
    guard let descriptor else { return 0 }
    var done = 0
    withUnsafeTemporaryAllocation(byteCount: 256 * 1024, alignment: 16) { buffer in
      while done < budget {
        let count = pread(descriptor.number, buffer.baseAddress, buffer.count, off_t(offset))
        guard count > 0 else { break }
        offset += Int64(count)
        done += count
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
        if head.count < 4096 { head.append(contentsOf: bytes.prefix(4096 - head.count)) }
        tail = Array((tail + bytes.suffix(64)).suffix(64))
        body(bytes)
      }
    }
    // What cannot be read now is tried again after the next look.
    size = done < budget ? offset : max(size, offset)
    return done
  }

  private mutating func restart() {
    offset = 0
    head = []
    tail = []
  }

  private mutating func close() {
    descriptor = nil
    identity = nil
    restart()
  }

  private func isReplaced() -> Bool {
    size < offset || bytes(at: 0, head.count) != head
      || bytes(at: offset - Int64(tail.count), tail.count) != tail
  }

  private func bytes(at place: Int64, _ count: Int) -> [UInt8] {
    guard let descriptor, count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      length = max(0, pread(descriptor.number, buffer.baseAddress, count, off_t(place)))
    }
  }

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

extension GrowingFile {
  /// How many bytes the last look found.
  var length: Int64 { size }

  /// The last bytes of what the last look found, fewer if it is shorter.
  func end(_ count: Int) -> [UInt8] {
    let start = max(0, size - Int64(count))
    return bytes(at: start, Int(size - start))
  }

  /// The whole content of a small file; `nil` when it cannot be read or is larger than `cap`.
  static func content(_ path: String, cap: Int = 64 << 20) -> [UInt8]? {
    var file = GrowingFile(path: path)
    guard (try? file.look()) != nil, file.size <= Int64(cap) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(clamping: file.size))
    _ = file.read(budget: cap) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The first bytes of a file, fewer if it is shorter; `nil` when it cannot be read.
  static func start(_ path: String, count: Int) -> [UInt8]? {
    var file = GrowingFile(path: path)
    guard (try? file.look()) != nil else { return nil }
    return file.bytes(at: 0, count)
  }
}
