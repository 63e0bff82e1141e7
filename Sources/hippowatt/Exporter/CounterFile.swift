import Exporting
import Formats
import Glibc
import Telemetry

/// Where counters are written down before they are told, so that the next run goes on with them.
///
/// The folder is one that the machine forgets when it is started anew, as counters of the hardware are.
/// A file of another start of the machine is passed over. One agent at a time may use it.
final class CounterFile {
  let path: String
  private let boot: String
  private var lock: Int32 = -1

  /// Why the file cannot be used.
  struct Problem: Error, CustomStringConvertible { var description: String }

  /// The file of a path; `boot` tells apart two starts of the machine.
  init(path: String, boot: String) {
    (self.path, self.boot) = (path, boot)
  }

  deinit { if lock >= 0 { close(lock) } }

  /// Where counters are kept if nobody says where: a folder of the service, or of the user's session.
  static func folder(_ host: HostEnvironment) -> String? {
    if let folder = host.environment["RUNTIME_DIRECTORY"], folder.hasPrefix("/") {
      return folder.split(separator: ":").first.map(String.init)
    }
    if host.user == nil { return "/run/hippowatt" }
    if let folder = host.environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") {
      return folder + "/hippowatt"
    }
    return nil
  }

  /// Makes the folder, and keeps others from the file.
  func open() throws(Problem) {
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      mkdir(String(path[..<slash]), 0o700)
    }
    lock = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else {
      throw Problem(description: "\(path): \(String(cString: strerror(errno)))")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      throw Problem(
        description:
          "another exporter keeps its counters in \(path): end it, or name another --state")
    }
  }

  /// What the last run told; an empty book where there was none since the machine was started.
  /// - Throws: where there is a file that cannot be read, which is then left alone.
  func read(at time: Timestamp) throws(Problem) -> CounterBook {
    guard File.exists(path) else { return CounterBook(since: time) }
    guard let bytes = File.readBytes(path, limit: 8 << 20), let root = try? JSONValue(bytes),
      case .object(let members) = root, case .scalar(.text(let writtenIn))? = members["boot"],
      case .scalar(.number(let since))? = members["since_ns"], let since = since.whole(),
      case .list(let list)? = members["counters"]
    else {
      throw Problem(description: "\(path) holds no counters: remove it, and they begin anew")
    }
    guard writtenIn == boot else { return CounterBook(since: time) }
    var told: [(CounterBook.Key, Double)] = []
    for entry in list {
      guard case .list(let parts) = entry, parts.count == 3,
        case .scalar(.text(let name)) = parts[0], case .list(let labels) = parts[1],
        case .scalar(.text(let bits)) = parts[2], let bits = UInt64(bits, radix: 16)
      else {
        throw Problem(description: "\(path) holds no counters: remove it, and they begin anew")
      }
      let values = labels.compactMap { label in
        if case .scalar(.text(let text)) = label { text } else { nil }
      }
      told.append((CounterBook.Key(name, values), Double(bitPattern: bits)))
    }
    return CounterBook(
      goingOnWith: told.map { (key: $0.0, value: $0.1) }, since: Timestamp(nanoseconds: since),
      at: time)
  }

  /// Writes the counters down, all of them or none.
  ///
  /// Values are the bits of the numbers: one that came back a little smaller would be a counter that fell.
  /// - Returns: what is wrong, if anything; then the old file is gone, so that nothing goes on with it.
  func write(_ book: CounterBook) -> String? {
    var json = JSONWriter()
    json.raw("{\"boot\":")
    json.string(boot)
    json.raw(",\"since_ns\":")
    json.whole(book.since.nanoseconds)
    json.raw(",\"counters\":[")
    var isFirst = true
    for (key, entry) in book.entries {
      json.raw(isFirst ? "\n[" : ",\n[")
      isFirst = false
      json.string(key.name)
      json.raw(",[")
      for (place, label) in key.labels.enumerated() {
        if place > 0 { json.raw(",") }
        json.string(label)
      }
      json.raw("],\"\(String(entry.told.bitPattern, radix: 16))\"]")
    }
    json.raw("\n]}\n")
    guard let problem = Self.replace(path, with: json.bytes) else { return nil }
    unlink(path)
    return problem
  }

  /// Puts a file in the place of another one, all of it or nothing.
  static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o600) -> String? {
    let temporary = path + ".\(getpid()).new"
    unlink(temporary)
    let file = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { return "\(path): \(String(cString: strerror(errno)))" }
    let isWritten = File.writeAll(bytes, to: file)
    let error = errno
    close(file)
    guard isWritten, rename(temporary, path) == 0 else {
      let number = isWritten ? errno : error
      unlink(temporary)
      return "\(path): \(String(cString: strerror(number)))"
    }
    return nil
  }
}
