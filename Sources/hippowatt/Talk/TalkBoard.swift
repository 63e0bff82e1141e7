import Dashboard
import Formats
import Glibc
import SwiftOverlayShims

/// Where a running talk tells the speaker's view how it stands: two files in a folder of the user's own.
///
/// `talk.lock` is held by the running talk, and let go by the kernel however the talk ends; `talk.json`
/// is replaced as a whole, so that nobody ever reads half of it.
struct TalkBoard {
  /// The folder, for its owner alone.
  let folder: String

  /// The folder for this user: in `XDG_RUNTIME_DIR`, else a folder of the user's own in /tmp.
  init(_ host: HostEnvironment, user: UInt32 = geteuid()) {
    if let runtime = host.environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
      folder = runtime + "/hippowatt"
    } else {
      folder = "/tmp/hippowatt-\(user)"
    }
  }

  init(folder: String) { self.folder = folder }

  private var lock: String { folder + "/talk.lock" }
  private var page: String { folder + "/talk.json" }

  /// Makes the folder where there is none, and makes sure that it is nobody else's.
  /// - Returns: why it cannot be used, in words.
  private func problem(making: Bool) -> String? {
    if making, mkdir(folder, 0o700) != 0, errno != EEXIST {
      return "\(folder) cannot be made: \(String(cString: strerror(errno)))"
    }
    var status = stat()
    guard lstat(folder, &status) == 0 else {
      return errno == ENOENT ? nil : "\(folder): \(String(cString: strerror(errno)))"
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return "\(folder) is not a folder" }
    // In /tmp anybody may have made it first.
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      return "\(folder) belongs to somebody else, or others may write there; remove it, or set "
        + "XDG_RUNTIME_DIR"
    }
    return nil
  }

  // MARK: The talk

  /// Takes the board for this talk, until the process ends.
  /// - Throws: `Failure` where another talk has it, or its folder cannot be used.
  func take() throws(Failure) {
    if let problem = problem(making: true) { throw Failure(problem) }
    let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Failure("\(lock) cannot be written: \(String(cString: strerror(errno)))")
    }
    // Somebody who just looks holds it for a moment.
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        unlink(page)
        return
      }
      guard errno == EWOULDBLOCK else { break }
      var time = timespec(tv_sec: 0, tv_nsec: 5_000_000)
      nanosleep(&time, nil)
    }
    close(descriptor)
    throw Failure("another talk of yours is running; its notes stay where they are")
  }

  /// Tells how the talk stands; why it cannot, in words.
  func tell(_ status: TalkStatus) -> String? {
    let new = page + ".new"
    unlink(new)
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      return "\(new) cannot be written: \(String(cString: strerror(errno)))"
    }
    let isWritten = File.writeAll(Self.encode(status), to: descriptor)
    close(descriptor)
    guard isWritten, rename(new, page) == 0 else {
      return "\(page) cannot be written: \(String(cString: strerror(errno)))"
    }
    return nil
  }

  // MARK: The speaker's view

  /// What the board says.
  enum Reading {
    /// A talk runs and stands so.
    case status(TalkStatus)
    /// A talk has begun, and said nothing yet.
    case silent
    /// No talk runs.
    case none
  }

  /// Looks at the board.
  /// - Throws: `Failure` where it cannot be looked at.
  func look() throws(Failure) -> Reading {
    if let problem = problem(making: false) { throw Failure(problem) }
    let descriptor = open(lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return .none }
      throw Failure("\(lock) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    // Whoever gets it knows that no talk has it; what such a one left behind is old.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return .none }
    guard let bytes = File.readBytes(page, limit: Self.most) else {
      if errno == ENOENT { return .silent }
      throw Failure("\(page) cannot be read: \(String(cString: strerror(errno)))")
    }
    return Self.decode(bytes).map(Reading.status) ?? .silent
  }

  /// The longest page, in bytes.
  private static let most = 1 << 20

  // MARK: The page

  static func encode(_ status: TalkStatus) -> [UInt8] {
    var json = JSONWriter()
    json.raw("{\"version\":1")
    json.member("title", status.title)
    json.member("name", status.name)
    json.member("caption", status.caption)
    json.raw(",\"notes\":[")
    // Line by line, since a text of JSON is read as one line.
    for (index, line) in Self.lines(status.notes).enumerated() {
      if index > 0 { json.raw(",") }
      json.string(line)
    }
    json.raw("]")
    json.member("next_name", status.nextName)
    json.member("next_caption", status.nextCaption)
    json.member("chapter", number: Double(status.chapter))
    json.member("count", number: Double(status.count))
    json.member("used", number: status.used)
    json.member("shown", number: status.shown)
    json.member("planned_before", number: status.plannedBefore)
    json.member("planned_here", number: status.plannedHere)
    json.member("planned", number: status.planned)
    for (name, value) in [
      ("black", status.isBlack), ("paused", status.isPaused), ("waits", status.waitsForKey),
    ] { json.raw(",\"\(name)\":\(value)") }
    json.raw("}\n")
    return json.bytes
  }

  private static func lines(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  /// Reads a page; `nil` where it is none, or one of another version.
  static func decode(_ bytes: [UInt8]) -> TalkStatus? {
    guard let page = try? JSONValue(bytes, cap: most) else { return nil }
    func scalar(_ name: String) -> JSONFlat.Scalar? {
      if case .scalar(let scalar)? = page[name] { scalar } else { nil }
    }
    func text(_ name: String) -> String {
      if case .text(let text)? = scalar(name) { text } else { "" }
    }
    func number(_ name: String) -> Double? {
      if case .number(let number)? = scalar(name) { number.double } else { nil }
    }
    func flag(_ name: String) -> Bool {
      if case .boolean(let value)? = scalar(name) { value } else { false }
    }
    guard number("version") == 1, let chapter = number("chapter").flatMap({ Int(exactly: $0) }),
      let count = number("count").flatMap({ Int(exactly: $0) })
    else { return nil }
    var status = TalkStatus()
    (status.chapter, status.count) = (max(0, chapter), max(0, count))
    status.title = text("title")
    status.name = text("name")
    status.caption = text("caption")
    status.notes = (page["notes"]?.elements ?? []).map { line in
      if case .scalar(.text(let text)) = line { text } else { "" }
    }.joined(separator: "\n")
    status.nextName = text("next_name")
    status.nextCaption = text("next_caption")
    status.used = number("used") ?? 0
    status.shown = number("shown") ?? 0
    status.plannedBefore = number("planned_before") ?? 0
    status.plannedHere = number("planned_here") ?? 0
    status.planned = number("planned") ?? 0
    status.isBlack = flag("black")
    status.isPaused = flag("paused")
    status.waitsForKey = flag("waits")
    return status
  }
}
