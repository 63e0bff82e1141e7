import Linux
import Telemetry

/// What a thread does at the moment it is looked at.
enum ThreadState: Sendable, Hashable {
  /// It runs, or is ready and waits for a processor (state R).
  case running
  /// It waits for a disk or a file server and cannot be disturbed (state D).
  case blocked(SleepPlace)
  /// It sleeps (state S).
  case asleep(SleepPlace)

  /// Whether it may wait for a network socket: there itself, or where a thread or a child of its process
  /// does.
  var mayBeOnSocket: Bool {
    switch self {
    case .asleep(.queue), .asleep(.pipe), .asleep(.socket), .asleep(.futex): true
    default: false
    }
  }
}

/// One thread of another process, looked at from outside again and again.
///
/// The descriptors stay open, which is three to eight times as fast, and they mean this thread for as
/// long as they are open, even when its number has come to mean another one.
///
/// Layouts: proc(5); `schedstat` is Documentation/scheduler/sched-stats.rst, in nanoseconds.
final class WatchedThread {
  let pid: Int32
  let thread: Int32
  private let stat: SystemFile
  private let wchan: SystemFile
  private let scheduling: SystemFile
  private let io: SystemFile
  /// The last values of `schedstat`, and of `io` of its process.
  private(set) var times: (run: Int64, queue: Int64)?
  var bytes: IOBytes?
  /// Whether it could not be read: it has ended.
  private(set) var isGone = false
  /// Whether a place was ever named, and how often none was.
  private var hasPlace = false
  private var nameless = 0
  /// Whether it was found to wait for a network socket when that was last looked into, and at which of
  /// such looks that was; 0 before the first.
  var isOnSocket = false
  var socketLook = 0

  /// What a process has read and written, in bytes: `read_bytes`, `write_bytes` and `rchar` of its `io`.
  struct IOBytes: Sendable, Hashable {
    var read: Int64
    var written: Int64
    var calls: Int64
  }

  init(pid: Int32, thread: Int32, in context: SourceContext) {
    self.pid = pid
    self.thread = thread
    let folder = context.path("/proc/\(pid)/task/\(thread)")
    stat = SystemFile(folder + "/stat", capacity: 512)
    wchan = SystemFile(folder + "/wchan", capacity: 128)
    scheduling = SystemFile(folder + "/schedstat", capacity: 128)
    io = SystemFile(context.path("/proc/\(pid)/io"), capacity: 512)
  }

  /// What it does now; `nil` when it has ended.
  func look() -> ThreadState? {
    guard !isGone else { return nil }
    // Who runs has no place, and in these places one only sleeps: then the longer line need not be made.
    if let place = lastPlaceAgain(), place.isInterruptible { return .asleep(place) }
    let letter: UInt8?
    do {
      letter = try stat.readBytes { bytes in
        // The name may hold anything but ends with the last parenthesis.
        guard let close = bytes.lastIndex(of: UInt8(ascii: ")")), close + 2 < bytes.count else {
          return nil
        }
        return bytes[close + 2]
      }
    } catch {
      isGone = true
      return nil
    }
    switch letter {
    case UInt8(ascii: "R"): return .running
    case UInt8(ascii: "D"): return .blocked(place())
    case UInt8(ascii: "Z"), UInt8(ascii: "X"), nil:
      isGone = true
      return nil
    default: return .asleep(place())
    }
  }

  private func place() -> SleepPlace {
    if let known = lastPlaceAgain() { return known }
    let name = (try? wchan.readPage { $0.rest() }) ?? ""
    if name.isEmpty || name == "0" {
      nameless += 1
      return SleepPlace(name)
    }
    hasPlace = true
    lastPlace = SleepPlace(name)
    lastName = Array(name.utf8)
    return lastPlace
  }

  /// Where it slept last, if it sleeps there again: nearly always, so that its name is looked up once.
  private func lastPlaceAgain() -> SleepPlace? {
    let known = try? wchan.readBytes { bytes -> SleepPlace? in
      bytes.elementsEqual(lastName) ? lastPlace : nil
    }
    guard let known = known ?? nil else { return nil }
    hasPlace = true
    return known
  }

  private var lastName: [UInt8] = [0]
  private var lastPlace = SleepPlace.other

  /// Whether it can be seen where this thread sleeps.
  ///
  /// Of another user's threads, and on some kernels, the place is always 0; of one's own only now and
  /// then, when it has just woken.
  var isPlaceSeen: Bool { hasPlace || nameless == 0 }

  /// The nanoseconds on and before a processor since the last call; `nil` at the first.
  func schedule() -> (run: Int64, queue: Int64)? {
    guard !isGone else { return nil }
    let read = try? scheduling.readPage { text -> (Int64, Int64)? in
      guard let run = text.number(), let queue = text.number() else { return nil }
      return (run, queue)
    }
    guard let now = read ?? nil else { return nil }
    defer { times = now }
    return times.map { (max(0, now.0 &- $0.run), max(0, now.1 &- $0.queue)) }
  }

  /// What its process has read and written since the last call; `nil` at the first, or where that may not
  /// be seen.
  func traffic() -> IOBytes? {
    guard !isGone else { return nil }
    let read = try? io.readPage { text -> IOBytes? in
      var found = IOBytes(read: 0, written: 0, calls: 0)
      var count = 0
      while var line = text.line() {
        switch line.word(until: UInt8(ascii: ":")) {
        case "rchar": found.calls = line.number() ?? 0
        case "read_bytes": found.read = line.number() ?? 0
        case "write_bytes": found.written = line.number() ?? 0
        default: continue
        }
        count += 1
      }
      return count == 3 ? found : nil
    }
    guard let now = read ?? nil else { return nil }
    defer { bytes = now }
    return bytes.map {
      IOBytes(
        read: max(0, now.read &- $0.read), written: max(0, now.written &- $0.written),
        calls: max(0, now.calls &- $0.calls))
    }
  }
}
