import Glibc
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import JobLogs
@testable import Linux

@Suite("Finding jobs in a hostile world")
struct FindingHostileTests {
  let tree = FileTree()

  /// Whether a pipe is open for reading anywhere.
  private func hasReader(_ path: String) -> Bool {
    let number = open(tree.root + path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    if number >= 0 { close(number) }
    return number >= 0
  }

  @Test("a named pipe is left alone, however it is met")
  func pipes() throws {
    tree.folder("/home/out")
    mkfifo(tree.root + "/home/train.log", 0o600)
    mkfifo(tree.root + "/home/out/x.log", 0o600)
    tree.process(
      41, ["python3", "train.py", "--log-file", "out/x.log"], maps: FileTree.torch,
      descriptors: [
        .writes(1, tree.root + "/home/train.log"), .writes(5, tree.root + "/home/out/x.log"),
      ])
    let job = try #require(tree.jobs().first)
    #expect(job.files.isEmpty)
    #expect(!hasReader("/home/train.log") && !hasReader("/home/out/x.log"))
    #expect(SafeFile(tree.root + "/home/train.log") == nil)
  }

  @Test("links out of a folder are not followed, loops end")
  func links() throws {
    tree.log("/etc/secret.log")
    tree.folder("/home/runs")
    tree.link("/home/train.log", to: tree.root + "/etc/secret.log")
    tree.link("/home/runs/up", to: tree.root + "/etc")
    tree.link("/home/runs/loop", to: tree.root + "/home/runs")
    tree.link("/home/logs", to: "logs")
    tree.link("/home/zero.log", to: "/dev/zero")
    tree.process(41, ["python3", "train.py", "-o", "logs"], maps: FileTree.torch)
    #expect(try #require(tree.jobs().first).files.isEmpty)
  }

  @Test("a deleted file is named and not followed")
  func deleted() throws {
    tree.write("/home/gone.log (deleted)", "iter 1: loss 2.5, time 10.00ms, mfu 5.00%\n")
    tree.process(
      41, ["python3", "train.py"], maps: FileTree.torch,
      descriptors: [.writes(5, tree.root + "/home/gone.log (deleted)")])
    let job = try #require(tree.jobs().first)
    #expect(job.skipped == [Skipped(what: "gone.log (deleted)", why: "it was deleted")])
    #expect(!job.files.contains { $0.why.contains("open") })
  }

  @Test("a crowded folder costs two thousand entries, deep ones three levels")
  func crowds() throws {
    tree.folder("/home/many")
    for index in 0..<3_000 { link("/dev/null", tree.root + "/home/many/\(index)") }
    for index in 0..<3_000 { symlink("x", tree.root + "/home/many/\(index).log") }
    var scan = FolderScan { false }
    let hits = scan.files(in: tree.root + "/home/many", depth: 3, changedAfter: 0) { _ in true }
    #expect(scan.isCut && scan.entriesLeft == 0 && hits.isEmpty)
    tree.process(41, ["python3", "train.py", "--save", "many"], maps: FileTree.torch)
    let job = try #require(tree.jobs().first)
    #expect(job.skipped.contains { $0.what == "further folders" })
    tree.log("/deep/1/2/3/a.log")
    tree.log("/deep/1/2/3/4/b.log")
    var deep = FolderScan { false }
    #expect(
      deep.files(in: tree.root + "/deep", depth: 3, changedAfter: 0) { _ in true }.map(\.path)
        == [tree.root + "/deep/1/2/3/a.log"])
  }

  @Test("looking into folders ends when its time is up")
  func deadline() throws {
    for index in 0..<300 { tree.write("/home/runs/\(index)/x", "") }
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch)
    let job = try #require(tree.jobs(TickingClock(secondsEach: 0.15)).first)
    #expect(job.skipped.contains { $0.why.contains("200 ms") })
  }

  @Test("names are kept as they are, and bounded")
  func names() throws {
    let name = "tr\u{1B}[31min\n\(String(repeating: "x", count: 5000)).py"
    tree.log("/home/a\u{1B}]0;x\u{07}\n.log")
    tree.process(
      41, ["python3", name], maps: FileTree.torch,
      descriptors: [.writes(5, tree.root + "/home/a\u{1B}]0;x\u{07}\n.log")])
    let job = try #require(tree.jobs().first)
    #expect(job.name.utf8.count <= 80 && job.command.count <= 2000)
    #expect(job.best?.shown == "a\u{1B}]0;x\u{07}\n.log" && job.best?.format == "nanoGPT")
  }

  @Test("a process that is gone between two reads leaves no trace")
  func vanishing() {
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch, descriptors: FileTree.cuda)
    var finder = JobFinder(tree.context)
    let clock = FixedClock(Timestamp(seconds: 1))
    for part in ["fdinfo", "fd", "maps", "environ", "cwd"] {
      tree.remove("/proc/41/\(part)")
      for var job in finder.look(clock) {
        finder.inspect(&job, clock)
        #expect(job.files.isEmpty)
      }
    }
    tree.remove("/proc/41/stat")
    #expect(finder.look(clock).isEmpty)
    tree.remove("/proc/41")
    #expect(finder.look(clock).isEmpty)
  }

  @Test("a pid that another process has now is another process")
  func reused() {
    tree.process(41, ["python3", "train.py"], started: 500, maps: FileTree.torch)
    var finder = JobFinder(tree.context)
    #expect(finder.look(FixedClock(Timestamp(seconds: 1))).count == 1)
    tree.remove("/proc/41")
    tree.process(41, ["bash"], started: 900)
    #expect(finder.look(FixedClock(Timestamp(seconds: 2))).isEmpty)
  }

  @Test("what may not be read is said in words")
  func denied() throws {
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch)
    tree.remove("/proc/41/environ")
    tree.folder("/proc/41/environ")
    tree.remove("/proc/41/fd")
    let job = try #require(tree.jobs().first)
    #expect(job.worldSize == nil)
    #expect(job.skipped.first?.what == "the open files of pid 41")
  }

  @Test(
    "torn and wild system files cost only themselves",
    arguments: [
      "", "41", "41 (x", "41 (x) S", "41 (x) S 1 1", "41 ) S (", "\u{0}\u{0}",
      "41 (x) S 99999999999 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 5 0",
    ])
  func torn(stat: String) {
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch)
    tree.write("/proc/41/stat", stat)
    tree.write("/proc/4x/stat", "no number")
    tree.write("/proc/99999999999/stat", "no pid")
    #expect(tree.jobs().isEmpty)
  }

  @Test("noise in every file of a process does no harm")
  func noise() {
    var random = SeededRandom(9)
    let bytes = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch, descriptors: FileTree.cuda)
    for part in ["maps", "environ", "cmdline", "fdinfo/20", "net/tcp"] {
      tree.write("/proc/41/\(part)", bytes)
    }
    tree.write("/proc/stat", bytes)
    #expect(tree.jobs().count == 1)
    tree.write("/proc/41/maps", Array(repeating: UInt8(ascii: "/"), count: 200_000))
    #expect(tree.jobs().count == 1)
  }

  @Test("parents in a circle end")
  func circle() {
    tree.process(41, ["python3", "a.py"], parent: 42, maps: FileTree.torch)
    tree.process(42, ["python3", "a.py"], parent: 41, maps: FileTree.torch)
    #expect(tree.jobs().flatMap(\.members).sorted() == [41, 42])
  }
}
