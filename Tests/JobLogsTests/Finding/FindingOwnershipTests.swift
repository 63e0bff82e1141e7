import Linux
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Whose a log is that lies where several work: a wrong step is worse than none.
@Suite struct FindingOwnershipTests {
  let tree = FileTree()

  init() { tree.boot(secondsAgo: 10_000) }

  /// A source that is looked at every five seconds.
  private struct Watch {
    var source: JobSource
    var time = 1000.0

    init(_ tree: FileTree) { source = JobSource(tree.context) }

    mutating func look() throws -> [Observation] {
      time += 5
      return try source.sample(FixedClock(Timestamp(seconds: time)))
    }
  }

  private func states(_ said: [Observation]) -> [SourceState] {
    said.compactMap { if case .state(let state) = $0 { state } else { nil } }
  }

  /// Looks so many times; between the looks the log grows, and the job works as it is told.
  private func watch(
    _ pid: Int32, looks: Int, growing log: String? = "/home/train.log", seconds: Int, bytes: Int
  ) throws -> [Observation] {
    var watch = Watch(tree)
    var said: [Observation] = []
    for look in 1...looks {
      tree.work(pid, seconds: look * seconds, wrote: look * bytes)
      if let log { tree.append(log, step: 10 + look) }
      said += try watch.look()
    }
    return said
  }

  private func train(
    _ descriptors: [FileTree.FakeDescriptor] = FileTree.cuda,
    _ words: [String] = ["python3", "train.py"]
  ) {
    tree.process(41, words, maps: FileTree.torch, descriptors: descriptors)
  }

  @Test func `A log that is opened for each line is the job's once it grows as the job computes`()
    throws
  {
    tree.log("/home/train.log")
    train()
    let said = try watch(41, looks: 5, seconds: 4, bytes: 1000)
    #expect(said.readings.last?[.step] == 15)
    #expect(
      said.events.map(\.text)
        == ["found job train.py (pid 41), following train.log: in its working folder"])
  }

  @Test(arguments: [["python3", "-m", "ipykernel_launcher"], ["python3", "explore.py"]])
  func `An idle kernel in a shared folder is credited nothing`(words: [String]) throws {
    tree.log("/home/train.log")
    train(FileTree.cuda, words)
    let said = try watch(41, looks: 20, seconds: 0, bytes: 10)
    #expect(said.readings.isEmpty && said.devices.isEmpty)
    let state = try #require(states(said).last)
    #expect(state.health == .absent)
    let job = try #require(tree.jobs().first)
    #expect(job.best == nil && job.json.contains("\"no_progress\":"))
  }

  @Test(arguments: [0, 5])
  func `Of two jobs in a folder the one that computes is credited, and of two that do none`(
    seconds: Int
  ) throws {
    tree.log("/home/train.log")
    train()
    tree.process(42, ["python3", "b.py"], maps: FileTree.torch, descriptors: FileTree.cuda)
    var watch = Watch(tree)
    var said: [Observation] = []
    for look in 1...8 {
      tree.work(41, seconds: look * 5, wrote: look * 1000)
      tree.work(42, seconds: look * seconds, wrote: look * 1000)
      tree.append("/home/train.log", step: 10 + look)
      said += try watch.look()
    }
    #expect(said.readings.last?[.step] == (seconds == 0 ? 18 : nil))
    #expect(Set(said.devices.map(\.label)) == (seconds == 0 ? ["train.py"] : []))
  }

  @Test func `A neighbour's log that grows by more than the job writes is not the job's`() throws {
    tree.log("/home/train.log")
    train()
    // It computes, and writes less than a line.
    let said = try watch(41, looks: 20, seconds: 5, bytes: 10)
    #expect(said.readings.isEmpty && said.devices.isEmpty)
    #expect(states(said).last?.health == .absent)
  }

  @Test func `A log that another process holds open is not the job's`() throws {
    tree.log("/home/train.log")
    train()
    tree.process(
      50, ["rsync-daemon"], descriptors: [.writes(4, tree.root + "/home/train.log")])
    let said = try watch(41, looks: 8, seconds: 5, bytes: 10_000)
    #expect(said.readings.isEmpty && said.devices.isEmpty)
    let job = try #require(tree.jobs().first)
    #expect(
      job.skipped.contains(
        Skipped(
          what: "train.log",
          why: "rsync-daemon (pid 50) holds it open, which is no part of this job")))
  }

  @Test func `A restart that never trains shows no step of the run before`() throws {
    tree.log("/home/train.log", steps: 442)
    // Began after the log did, and appends to it.
    tree.boot(secondsAgo: 0)
    tree.process(
      41, ["python3", "train.py"], started: 500, maps: FileTree.torch,
      descriptors: FileTree.cuda + [.writes(1, tree.root + "/home/train.log")])
    var watch = Watch(tree)
    var said: [Observation] = []
    for _ in 0..<6 { said += try watch.look() }
    #expect(said.readings.isEmpty)
    let state = try #require(states(said).last)
    #expect(state.health == .absent)
    #expect(
      state.message
        == "train.py (pid 41): job found, its progress isn't: train.log has said nothing since it began"
    )
    tree.append("/home/train.log", step: 3)
    said = try watch.look()
    #expect(said.readings.map { $0[.step] } == [3])
    #expect(states(said).last?.health == .ok)
  }

  @Test func `What a run before left beside a job that computes is not the job's`() throws {
    tree.log("/home/train.log", steps: 442)
    train()
    let said = try watch(41, looks: 20, growing: nil, seconds: 5, bytes: 10_000)
    #expect(said.readings.isEmpty && said.devices.isEmpty)
    #expect(
      states(said).last?.message
        == "train.py (pid 41): job found, its progress isn't: train.log may be another's, since "
        + "it has not grown yet while the job computes")
  }

  @Test func `A file is tried by time on the processors and by what was written`() {
    func verdict(_ steps: [(size: Int64, seconds: Double, bytes: Int64?)]) -> FileTrial.Verdict {
      func glance(_ place: Int) -> FileTrial.Glance {
        let step = steps[place]
        return FileTrial.Glance(
          time: 5 * Double(place), size: step.size, changed: Double(step.size),
          processorSeconds: step.seconds, written: step.bytes.map { $0...$0 })
      }
      var trial = FileTrial(glance(0))
      for place in 1..<steps.count { trial.look(glance(place)) }
      return trial.verdict
    }
    #expect(verdict([(0, 0, 0), (10, 5, 20), (20, 10, 40)]) == .own)
    #expect(verdict([(0, 0, 0), (10, 5, 20), (10, 10, 40)]) != .own)
    #expect(
      verdict([(0, 0, 0), (10, 0.1, 20), (20, 10, 40), (30, 20, 60)])
        == .foreign(reason: "it changed while the job did not compute"))
    #expect(
      verdict([(0, 0, 0), (10, 5, 20), (90, 10, 40), (95, 20, 60), (99, 30, 80)])
        == .foreign(reason: "it grew by more than the job wrote"))
    #expect(
      verdict([(0, 0, nil), (10, 5, nil)])
        == .foreign(reason: "what the job writes may not be seen"))
  }

  @Test func `What stands before tee may be in any session, with others between`() throws {
    tree.log("/home/run-7")
    train(FileTree.cuda + [.writes(1, "pipe:[7]")])
    tree.process(60, ["ts"], descriptors: [.reads(0, "pipe:[7]"), .writes(1, "pipe:[8]")])
    tree.process(
      61, ["tee", "run-7"],
      descriptors: [.reads(0, "pipe:[8]"), .writes(3, tree.root + "/home/run-7")])
    // A supervisor elsewhere that holds the pipe writes what it likes.
    tree.write("/home/super.log", "x")
    tree.process(
      62, ["supervisord"],
      descriptors: [.reads(9, "pipe:[7]"), .writes(3, tree.root + "/home/super.log")])
    let job = try #require(tree.jobs().first)
    #expect(job.files.map(\.shown) == ["run-7"])
    #expect(
      JobProcesses(writing: tree.root + "/home/run-7", in: tree.context).pids == [41, 60, 61])
  }

  @Test func `A fork server's workers are of the trainer's job`() throws {
    let fork = ["python3", "-c", "from multiprocessing.forkserver import main"]
    train()
    tree.process(42, fork, parent: 41)
    tree.process(43, fork, parent: 42, maps: FileTree.torch)
    tree.process(
      44, ["python3", "-c", "from multiprocessing.resource_tracker import main"], parent: 41)
    #expect(tree.jobs().map(\.members) == [[41, 43]])
  }

  @Test func `What a dead trainer leaves behind is no new job`() throws {
    let log = FileTree.FakeDescriptor.writes(1, tree.root + "/home/train.log")
    tree.log("/home/train.log")
    let fork = ["python3", "-c", "from multiprocessing.forkserver import main"]
    // Seen for the first time after their trainer has gone.
    tree.process(42, fork)
    tree.process(43, fork, parent: 42, maps: FileTree.torch, descriptors: FileTree.cuda + [log])
    for worker: Int32 in [45, 46] {
      tree.process(
        worker, ["python3", "train.py"], session: 40, maps: FileTree.torch, descriptors: [log])
    }
    tree.process(
      47, ["tensorboard", "--logdir", "runs"], maps: ["/usr/lib/libtensorflow_framework.so.2"])
    var finder = JobFinder(tree.context)
    #expect(finder.look(FixedClock(Timestamp(seconds: 1000))).isEmpty)
    #expect(finder.skipped.map(\.what).sorted().count == 3)
  }

  @Test func `A worker that outlives the trainer it was seen with is no new job`() throws {
    tree.log("/home/train.log")
    let log = FileTree.FakeDescriptor.writes(1, tree.root + "/home/train.log")
    train([log])
    tree.process(
      42, ["python3", "train.py"], parent: 41, session: 41, maps: FileTree.torch,
      descriptors: [log])
    var finder = JobFinder(tree.context)
    #expect(finder.look(FixedClock(Timestamp(seconds: 1000))).map(\.members) == [[41, 42]])
    tree.remove("/proc/41")
    #expect(finder.look(FixedClock(Timestamp(seconds: 1005))).isEmpty)
    // It is looked at anew from time to time, and has got another parent.
    tree.process(
      42, ["python3", "train.py"], session: 41, maps: FileTree.torch, descriptors: [log])
    #expect(finder.look(FixedClock(Timestamp(seconds: 1100))).isEmpty)
    #expect(finder.skipped.map(\.what) == ["train.py (pid 42)"])
  }

  @Test func `Several Ray drivers are told apart by job and folder, or not at all`() {
    let session = "/tmp/ray/session_2026-11-28_22-04-58_693891_3513"
    func place(_ file: String, _ folder: String = "/a", in session: String = session) -> RayPlace {
      var place = RayPlace()
      place.note(open: "\(session)/logs/\(file)")
      place.folder = folder
      return place
    }
    let id = String(repeating: "f", count: 48)
    let first = place("python-core-driver-01000000\(id)_10.log")
    let second = place("python-core-driver-02000000\(id)_20.log", "/b")
    #expect(first.session == session && first.job == "01000000")
    let worker = place("worker-c5e0ab12-02000000-30.out")
    let prestarted = place("worker-c5e0ab12-ffffffff-30.out", "/b")
    func driver(_ worker: RayPlace, _ drivers: [Int: RayPlace], under: Set<Int> = []) -> Int? {
      RayPlace.driver(of: worker, ancestors: under, among: drivers)
    }
    let both = [10: first, 20: second]
    #expect(driver(worker, both) == 20)
    #expect(driver(prestarted, both) == 20)
    var elsewhere = prestarted
    elsewhere.folder = "/c"
    #expect(driver(elsewhere, both) == nil)
    #expect(driver(elsewhere, both, under: [5, 10]) == 10)
    #expect(driver(elsewhere, [10: first]) == 10)
    // Its own driver may not be looked at.
    #expect(driver(worker, [10: first]) == nil)
    #expect(driver(place("worker-c5-ffffffff-3.out", in: "/tmp/ray/session_2"), both) == nil)
    #expect(driver(RayPlace(), [:]) == nil)
  }
}
