import Glibc
import Terminals
import Testing

/// What a source has started goes with the program, however that ends.
@Suite struct OrphanTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A sensor with a child of its own; both write their numbers and wait.
  private static let script =
    "echo $$ > parent; sleep 1000 & echo $! > child; trap '' TERM; wait; sleep 1000"

  private func number(_ name: String) -> pid_t? {
    folder.text(name).flatMap { $0.last == "\n" ? pid_t($0.dropLast()) : nil }
  }

  /// Whether a process runs: one that has ended and was not waited for does not.
  private func runs(_ pid: pid_t) -> Bool {
    guard let stat = Folder.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else {
      return false
    }
    return !stat[end...].hasPrefix(") Z")
  }

  @Test(arguments: [SIGKILL, SIGSEGV, SIGILL, SIGABRT, SIGTERM])
  func `the whole group ends`(signal: Int32) throws {
    let program = try Program(
      ["record", "-o", "-", "--quiet", "--source", "exec:\(Self.script)"], in: folder)
    try #require(eventually { number("parent") != nil && number("child") != nil })
    let (parent, child) = (try #require(number("parent")), try #require(number("child")))
    #expect(runs(parent) && runs(child))
    program.send(signal)
    _ = try program.finish()
    #expect(eventually { !runs(parent) && !runs(child) })
  }

  @Test func `a command that is recorded outlives a crash`() throws {
    let program = try Program(
      [
        "record", "-o", "f.hippo", "--quiet", "--source", "exec:echo $$ > child; exec sleep 1000",
        "--", "/bin/sh", "-c", "echo $$ > parent; exec sleep 1000",
      ], in: folder)
    try #require(eventually { number("parent") != nil && number("child") != nil })
    let sensor = try #require(number("child"))
    let job = try #require(number("parent"))
    program.send(SIGKILL)
    _ = try program.finish()
    #expect(eventually { !runs(sensor) })
    #expect(runs(job))
    kill(job, SIGKILL)
  }
}
