import Glibc
import Linux
import Synchronization
import Telemetry
import TestSupport

@testable import JobLogs

extension FileTree {
  /// One open descriptor of a fake process.
  struct FakeDescriptor {
    var number: Int
    var target: String
    /// Octal, as `/proc` prints them.
    var flags: String

    /// A file of the tree, open for appending.
    static func writes(_ number: Int, _ target: String) -> Self {
      Self(number: number, target: target, flags: "0102001")
    }

    static func reads(_ number: Int, _ target: String) -> Self {
      Self(number: number, target: target, flags: "0100000")
    }
  }

  static let torch = ["/usr/lib/python3/torch/lib/libtorch_cpu.so"]
  static let cuda: [FakeDescriptor] = [
    .reads(20, "/dev/nvidia0"), .reads(21, "/dev/nvidiactl"), .reads(22, "/dev/nvidia-uvm"),
  ]

  /// Writes what `/proc` would say of a process that works in `/home` of this tree.
  func process(
    _ pid: Int32, _ words: [String], parent: Int32 = 1, session: Int32? = nil,
    started: Int64 = 500, environment: [String: String] = [:], maps: [String] = [],
    descriptors: [FakeDescriptor] = [], working: String = "/home", space: Int = 0, ticks: Int = 0
  ) {
    let folder = "/proc/\(pid)"
    let session = session ?? pid
    let middle = (7...21).map { $0 == 14 ? "\(ticks)" : "0" }.joined(separator: " ")
    write(
      "\(folder)/stat",
      "\(pid) (py) x) S \(parent) \(session) \(session) \(middle) \(started) \(space)\n")
    write("\(folder)/cmdline", words.map { $0 + "\0" }.joined())
    write("\(folder)/environ", environment.map { "\($0.key)=\($0.value)\0" }.joined())
    let lines = (["/usr/bin/python3", "[heap]"] + maps).map {
      "7f00-7f01 r-xp 00000000 08:01 4711                       \($0)\n"
    }
    write("\(folder)/maps", lines.joined())
    self.folder("/home")
    link("\(folder)/cwd", to: root + working)
    self.folder("\(folder)/fd")
    for descriptor in descriptors {
      link("\(folder)/fd/\(descriptor.number)", to: descriptor.target)
      write(
        "\(folder)/fdinfo/\(descriptor.number)",
        "pos:\t120\nflags:\t\(descriptor.flags)\nmnt_id:\t25\n")
    }
  }

  /// Lets a fake process have computed and written so much since it began.
  func work(_ pid: Int32, seconds: Int, wrote bytes: Int) {
    let path = "/proc/\(pid)/stat"
    var fields = text(path).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    // `(py) x)` is two words; the time is fields 14 and 15 of proc(5).
    fields[14] = "\(seconds * 100)"
    write(path, fields.joined(separator: " "))
    write("/proc/\(pid)/io", "rchar: 5\nwchar: \(bytes)\nsyscr: 1\n")
  }

  private func text(_ path: String) -> String {
    ProcFile.bytes(root + path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Appends nanoGPT's line of a step, as who opens a log for each line does.
  func append(_ path: String, step: Int) {
    write(path, text(path) + "iter \(step): loss 2.5, time 10.00ms, mfu 5.00%\n")
  }

  /// Lets the machine have started so many seconds ago by the wall clock.
  func boot(secondsAgo: Int) {
    write("/proc/stat", "cpu 1 2 3 4\nbtime \(time(nil) - secondsAgo)\nprocesses 4\n")
  }

  /// Writes nanoGPT's lines up to a step.
  func log(_ path: String, steps: Int = 3) {
    write(path, (1...steps).map { "iter \($0): loss 2.5, time 10.00ms, mfu 5.00%\n" }.joined())
  }

  /// Sets the time of a file's last change back.
  func age(_ path: String, seconds: Int) {
    let then = timespec(tv_sec: time(nil) - seconds, tv_nsec: 0)
    var times = [then, then]
    utimensat(AT_FDCWD, root + path, &times, 0)
  }

  /// The jobs of this tree with their files.
  func jobs(
    _ clock: any SessionClock = FixedClock(Timestamp(seconds: 1000)), user: UInt32? = nil
  ) -> [FoundJob] {
    var context = context
    context.user = user
    var finder = JobFinder(context)
    return finder.lookClosely(clock)
  }
}

/// A clock that goes on by so many seconds whenever it is asked.
final class TickingClock: SessionClock {
  private let ticks = Atomic<Int64>(0)
  private let step: Int64

  init(secondsEach: Double) { step = Int64(secondsEach * 1e9) }

  var now: Timestamp {
    Timestamp(nanoseconds: ticks.add(step, ordering: .relaxed).newValue)
  }
}
