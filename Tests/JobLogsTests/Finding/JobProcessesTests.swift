import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Whose a log is that somebody named: the processes that write it, and their accelerators.
@Suite struct JobProcessesTests {
  private func found(_ tree: FileTree, _ path: String = "/home/train.log") -> JobProcesses {
    JobProcesses(writing: tree.root + path, in: tree.context)
  }

  @Test func `Whoever writes a log and all they started are its job`() {
    let tree = FileTree()
    tree.log("/home/train.log")
    let log = tree.root + "/home/train.log"
    tree.process(10, ["torchrun", "train.py"], descriptors: [.writes(1, log)])
    for rank in 0..<2 {
      tree.process(
        Int32(11 + rank), ["python3", "train.py"], parent: 10, session: 10, maps: FileTree.torch,
        descriptors: FileTree.cuda)
    }
    tree.process(20, ["less", "train.log"], descriptors: [.reads(4, log)])
    tree.process(30, ["python3", "other.py"], maps: FileTree.torch, descriptors: FileTree.cuda)
    let processes = found(tree)
    #expect(processes.pids == [10, 11, 12])
    #expect(processes.isOnGPU == true)
    #expect(processes.attributes == ["pids": "10,11,12", "on_gpu": "yes"])
  }

  @Test func `What stands before a tee is the job, too`() {
    let tree = FileTree()
    tree.log("/home/train.log")
    tree.process(
      40, ["tee", "train.log"], session: 39,
      descriptors: [.reads(0, "pipe:[7]"), .writes(3, tree.root + "/home/train.log")])
    tree.process(
      41, ["python3", "train.py"], session: 39, maps: FileTree.torch,
      descriptors: [.writes(1, "pipe:[7]")])
    let processes = found(tree)
    #expect(processes.pids == [40, 41])
    // It learns, and all its descriptors were seen.
    #expect(processes.isOnGPU == false)
  }

  @Test func `A logging service says nothing of accelerators, and nobody says nothing at all`() {
    let tree = FileTree()
    tree.log("/home/train.log")
    #expect(found(tree).attributes.isEmpty)
    tree.process(50, ["rsyslogd"], descriptors: [.writes(7, tree.root + "/home/train.log")])
    #expect(found(tree).pids == [50])
    #expect(found(tree).isOnGPU == nil)
    #expect(found(tree, "/home/gone.log").pids.isEmpty)
  }

  @Test func `A Ray driver's workers are its job, unless there is another driver`() {
    let tree = FileTree()
    tree.log("/home/train.log")
    let ray = ["/usr/lib/python3/ray/_raylet.so"]
    tree.process(
      80, ["python3", "driver.py"], maps: ray + FileTree.torch,
      descriptors: [.writes(1, tree.root + "/home/train.log")])
    tree.process(81, ["raylet"], session: 81)
    tree.process(
      79, ["python3", "/usr/lib/python3/ray/_private/log_monitor.py"], maps: ray, descriptors: [])
    for worker: Int32 in [82, 83] {
      tree.process(
        worker, ["ray::Trainer.step()"], parent: 81, maps: ray + FileTree.torch,
        descriptors: FileTree.cuda)
    }
    #expect(found(tree).pids == [80, 82, 83])
    #expect(found(tree).isOnGPU == true)
    let jobs = tree.jobs()
    #expect(jobs.map(\.pid) == [80])
    #expect(jobs.first?.members.sorted() == [80, 82, 83])
    #expect(jobs.first?.isOnGPU == true)
    tree.process(90, ["python3", "other.py"], maps: ray + FileTree.torch)
    #expect(found(tree).pids == [80])
    #expect(tree.jobs().map(\.pid) == [80, 82, 90])
  }

  @Test func `A folder belongs to whoever writes a file in it`() {
    let tree = FileTree()
    tree.write("/home/runs/a/events.out.tfevents.1", "")
    tree.process(
      60, ["python3", "train.py"], maps: FileTree.torch,
      descriptors: FileTree.cuda + [.writes(9, tree.root + "/home/runs/a/events.out.tfevents.1")])
    #expect(found(tree, "/home/runs").pids == [60])
    #expect(found(tree, "/home/run").pids.isEmpty)
  }

  @Test func `A named log's job carries its processes as soon as they are known`() throws {
    let tree = FileTree()
    tree.log("/home/train.log")
    let log = tree.root + "/home/train.log"
    let entry = try #require(JobSourceCatalogue.all.first { $0.name == "log" })
    var source = try entry.make(SourceRequest(text: "log:\(log)"), tree.context)
    func jobs(at second: Double) throws -> [JobFacts] {
      try source.sample(FixedClock(Timestamp(seconds: second))).compactMap {
        if case .device(let device) = $0 { JobFacts(device.attributes) } else { nil }
      }
    }
    #expect(try jobs(at: 1000).first?.pids == [])
    tree.process(
      70, ["python3", "train.py"], maps: FileTree.torch,
      descriptors: FileTree.cuda + [.writes(1, log)])
    #expect(try jobs(at: 1002).isEmpty)
    let later = try #require(try jobs(at: 1006).last)
    #expect(later.pids == [70])
    #expect(later.usesAccelerators == true)
    #expect(later.framework == "nanoGPT")
  }
}
