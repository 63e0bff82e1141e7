import Linux
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// What is not looked at, because it cannot be a job.
@Suite struct FindingCostTests {
  let tree = FileTree()

  private func at(_ seconds: Double) -> FixedClock { FixedClock(Timestamp(seconds: seconds)) }

  @Test func `A process without room for a library is not looked into, unless its name is known`() {
    tree.process(41, ["./small"], maps: FileTree.torch, space: 6 << 20)
    tree.process(42, ["./large"], maps: FileTree.torch, space: 900 << 20)
    tree.process(43, ["./untold"], maps: FileTree.torch)
    tree.process(44, ["nvidia-persistenced"], descriptors: [.reads(3, "/dev/nvidia0")], space: 4096)
    var finder = JobFinder(tree.context)
    #expect(finder.look(at(1)).map(\.pid) == [42, 43])
    #expect(finder.skipped.map(\.what) == ["nvidia-persistenced (pid 44)"])
  }

  @Test func `One that has rested is not looked into again until it has done something`() {
    tree.process(41, ["python3", "train.py"], space: 60 << 20, ticks: 8)
    var finder = JobFinder(tree.context)
    #expect(finder.look(at(1)).isEmpty)
    // What the kernel's line does not show cannot have happened; so nobody looks.
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch, space: 60 << 20, ticks: 8)
    #expect(finder.look(at(7)).isEmpty)
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch, space: 60 << 20, ticks: 9)
    #expect(finder.look(at(12)).isEmpty, "it is not due")
    #expect(finder.look(at(20)).map(\.pid) == [41])
  }

  @Test func `The same number of processes is believed for a while, and no longer`() {
    tree.process(41, ["bash"])
    tree.process(42, ["bash"])
    var list = ProcessList()
    func renew(_ seconds: Double, links: UInt64?) -> [Int32]? {
      list.renew(in: tree.context, now: Timestamp(seconds: seconds), links: links)
    }
    #expect(renew(0, links: 90) == [41, 42])
    #expect(renew(5, links: 90) == nil)
    tree.process(43, ["bash"])
    #expect(renew(10, links: 90) == nil && list.pids == [41, 42])
    #expect(renew(15, links: 90) == [41, 42, 43])
    tree.process(44, ["bash"])
    #expect(renew(16, links: 91) == [41, 42, 43, 44])
    // A clock that steps back believes nothing, and a number that counts no processes neither.
    #expect(renew(3, links: 91) != nil)
    for links in [2, nil, 2] as [UInt64?] { #expect(renew(4, links: links) != nil) }
  }

  @Test(arguments: [
    ("41 (a (b) c) S 1 2 3 0 -1 0 0 0 0 0 7 5 0 0 20 0 1 0 900 4096 1\n", 12, 4096),
    ("41 (x) R 1 2 3 0 -1 0 0 0 0 0 7 5 0 0 20 0 1 0 900\n", 12, 0),
  ])
  func `The kernel's line of a process is read`(line: String, ticks: Int64, space: Int64) throws {
    let stat = try #require(ProcessStat(Array(line.utf8)))
    #expect((stat.parent, stat.group, stat.session) == (1, 2, 3))
    #expect(stat.ticks == ticks && stat.started == 900 && stat.addressSpace == space)
  }

  @Test(arguments: [
    "", "41", "41 )x( S 1", "41 (x) S 1 2 3",
    "41 (x) S a b c 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
  ])
  func `What is no such line is not taken for one`(line: String) {
    #expect(ProcessStat(Array(line.utf8)) == nil)
  }
}
