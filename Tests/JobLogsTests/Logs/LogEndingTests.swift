import Linux
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// How a job ended, by its log's last lines; and what is no end.
@Suite struct LogEndingTests {
  private static let steps = (1...9).map { "iter \($0): loss 2.5, time 10.00ms, mfu 5.00%\n" }
    .joined()

  private static func traceback(_ last: String) -> String {
    """
    Traceback (most recent call last):
      File "/home/train.py", line 9, in <module>
        main()
      File "/home/train.py", line 5, in main
        raise
    \(last)

    """
  }

  private func ending(_ text: String) -> JobEnding? {
    LogEnding.of(Array((Self.steps + text).utf8))
  }

  /// Pieces of a log after its steps, and the name of what ended it.
  struct Case: Sendable {
    var name: String
    var text: String
    init(_ name: String, _ pieces: String...) { (self.name, text) = (name, pieces.joined()) }
  }

  private static let elastic = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: "
  private static let bar = "\r 26%|##  | 179/700 [00:25<01:00,  7.00it/s]\n"

  private static let errors: [Case] = [
    Case("RuntimeError", traceback("RuntimeError: made up")),
    Case(
      "torch.OutOfMemoryError: CUDA out of memory",
      traceback("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")),
    Case("AssertionError", traceback("AssertionError")),
    // Right behind a bar that was not closed.
    Case("KeyError", String(bar.dropLast()), traceback("KeyError: 'a'")),
    // Python tells the cause first; what was not caught is the last.
    Case(
      "ValueError", traceback("KeyError: 'a'"),
      "\nDuring handling of the above exception, another exception occurred:\n\n",
      traceback("ValueError: b")),
    // The launcher's is only a report of the first.
    Case(
      "FileNotFoundError",
      traceback("FileNotFoundError: x").split(separator: "\n").map { "[rank0]: \($0)\n" }.joined(),
      traceback(elastic), "  exitcode  : 1 (pid: 4711)\n"),
    Case(
      "SIGKILL", traceback(elastic), "train.py FAILED\n  rank      : 0 (local_rank: 0)\n",
      "  exitcode  : -15 (pid: 4710)\nRoot Cause (first observed failure):\n",
      "  exitcode  : -9 (pid: 4711)\n"),
    Case("segmentation fault", "Segmentation fault (core dumped)\n"),
    Case("killed", "run.sh: line 3:  4711 Killed                  python train.py\n"),
    Case("killed", "Killed\n"),
    Case("exit code 7", "srun: error: n1: task 3: Exited with exit code 7\n"),
    Case(
      "NCCL watchdog: a collective operation timed out",
      "[rank1]:[E1128 ProcessGroupNCCL.cpp:632] [Rank 1] Watchdog caught collective operation ",
      "timeout: WorkNCCL\n"),
    Case(
      "c10::DistBackendError",
      "terminate called after throwing an instance of 'c10::DistBackendError'\n",
      "Aborted (core dumped)\n"),
    Case(
      "out of memory (oom_kill)",
      "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks were ",
      "killed\nsrun: error: n1: task 0: Out Of Memory\n"),
    // The bar is drawn once more when the exception closes it.
    Case("RuntimeError", bar, traceback("RuntimeError: made up"), bar),
    Case("OSError", "2026-11-28 22:00:00 INFO all is well\n", traceback("OSError: [Errno 28] x")),
  ]

  @Test(arguments: errors)
  func `An error ends it`(log: Case) {
    #expect(ending(log.text) == .crashed(log.name))
  }

  private static let cancellations: [Case] = [
    Case(
      "by SLURM: time limit", "slurmstepd: error: *** JOB 123 ON n1 CANCELLED AT ",
      "2026-11-28T10:00:00 DUE TO TIME LIMIT ***\n"),
    Case(
      "by SLURM: preemption", "slurmstepd: error: *** STEP 1.0 ON n1 CANCELLED AT ",
      "2026-11-28T10:00:00 DUE TO PREEMPTION ***\n", "srun: error: n1: task 0: Killed\n"),
    Case(
      "by SLURM", "slurmstepd: error: *** JOB 123 ON n1 CANCELLED AT 2026-11-28T10:00:00 ***\n"),
    Case("from the keyboard", traceback("KeyboardInterrupt")),
  ]

  @Test(arguments: cancellations)
  func `From outside it is cancelled`(log: Case) {
    #expect(ending(log.text) == .cancelled(log.name))
  }

  /// What is no end: a traceback that was caught, and a pass that is over.
  private static let noEnds: [String] = [
    "Traceback (most recent call last):\n  File \"a.py\", line 1, in get\n    raise\n"
      + "made.up.error: timed out\nretrying\nSummary: best at 400\n",
    "Training complete for epoch 1, starting validation\n",
  ]

  @Test(arguments: noEnds)
  func `What goes on has not ended`(text: String) {
    #expect(ending(text) == nil)
  }

  @Test func `An exception of a module in small letters is one`() {
    #expect(
      ending(Self.traceback("socket.gaierror: [Errno -2] Name or service not known"))
        == .crashed("socket.gaierror"))
  }

  private static let completions: [String] = [
    "{'train_runtime': 27.3, 'train_samples_per_second': 7.1, 'train_loss': 2.1, 'epoch': 1.0}\n",
    "Training completed in 3 minutes\n", "`Trainer.fit` stopped: `max_steps=9` reached.\n",
  ]

  @Test func `A bar that has reached its end is over, and one that has not is not`() {
    func of(_ text: String) -> JobEnding? { LogEnding.of(Array(text.utf8)) }
    #expect(
      of(
        "\r 50%|##  | 350/700 [00:50<00:50,  7.00it/s]"
          + "\r100%|####| 700/700 [01:40<00:00,  7.00it/s]\n") == .finished)
    #expect(of(Self.bar) == nil)
    #expect(of("\r100%|####| 699/700 [01:40<00:00,  7.00it/s]\n") == nil)
    let crashed = Self.bar + Self.traceback("RuntimeError: made up")
    #expect(of(crashed) == .crashed("RuntimeError"))
    let resumed = [151, 152, 153].map { "\r 22%|##  | \($0)/700 [00:25<01:00,  7.00it/s]" }
    #expect(of(crashed + resumed.joined()) == nil)
  }

  @Test(arguments: completions)
  func `It did all of it`(text: String) {
    #expect(ending(text) == .finished)
  }

  private static let others: [Case] = [
    Case("nothing"), Case("a step", "iter 10: loss 2.4, time 10.00ms, mfu 5.00%\n"),
    Case(
      "steps go on", traceback("RuntimeError: x"), "iter 10: loss 2.4, time 10.00ms, mfu 5.00%\n"),
    Case("caught", "WARNING:root:could not push\n", traceback("ConnectionError: no route")),
    Case(
      "caught", "2026-11-28 22:00:00 - hub - ERROR - could not push\n",
      traceback("ConnectionError: no route")),
    Case(
      "ignored", "Exception ignored in: <function _ConnectionBase.__del__ at 0x7f>\n",
      traceback("OSError: bad handle")),
    Case("a word", "the loader Killed 3 bad samples\n", "Aborted uploads: 3\n"),
    Case("an evaluation", "{'eval_loss': 2.4, 'eval_runtime': 3.0}\n"),
  ]

  @Test(arguments: others)
  func `That is no end`(log: Case) {
    #expect(ending(log.text) == nil)
  }

  @Test func `A cut or foreign text tells nothing and does no harm`() {
    #expect(LogEnding.of([]) == nil)
    #expect(LogEnding.of((0...255).map { UInt8($0) }) == nil)
    #expect(LogEnding.of(Array("Traceback (most recent call last):\n".utf8)) == nil)
    #expect(LogEnding.of([0xFF, 0xFE] + Array("Killed".utf8) + [0x0A]) == nil)
  }

  @Test func `A job that was quick and says nothing for long stands still, once`() {
    var watch = StallWatch()
    func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }
    for second in 0..<10 { #expect(watch.hear(at: at(Double(2 * second))) == nil) }
    #expect(watch.look(at: at(60)) == nil)
    #expect(
      watch.look(at: at(100))
        == "job stands still: nothing for 1 min 22 s, usually something every 2.00 s")
    #expect(watch.look(at: at(200)) == nil)
    #expect(watch.hear(at: at(318)) == "job goes on after it stood still for 5 min")
    // Slow ones are given their time, and those of which little is known.
    var slow = StallWatch()
    for hour in 0..<10 { _ = slow.hear(at: at(Double(600 * hour))) }
    #expect(slow.look(at: at(5400 + 3600)) == nil)
    var fresh = StallWatch()
    _ = fresh.hear(at: at(0))
    #expect(fresh.look(at: at(1e6)) == nil)
  }

  @Test func `A log of long ago is told with its age and its end, and never as news`() throws {
    let tree = FileTree()
    tree.write("/train.log", Self.steps + Self.traceback("RuntimeError: made up"))
    let now = ProcFileTime.now
    tree.age("/train.log", seconds: 100_000)
    let entry = try #require(JobSourceCatalogue.all.first { $0.name == "log" })
    var source = try entry.make(SourceRequest(text: "log:\(tree.root)/train.log"), tree.context)
    var said: [Observation] = []
    for second in 0..<3 {
      said += try source.sample(FixedClock(Timestamp(seconds: now + 3 * Double(second))))
    }
    let reading = try #require(said.readings.last)
    #expect(reading[.step] == 9)
    let facts = JobFacts(try #require(said.devices.last).attributes)
    let last = try #require(facts.lastSaid)
    #expect(abs(now - last.seconds - 100_000) < 60)
    #expect(facts.isHistory)
    let event = try #require(said.events.last)
    #expect(event.cause == .crashed && event.text == "job ended by an error: RuntimeError")
    #expect(event.device == reading.device)
    #expect(said.events.count == 1)
    // What is written now is news.
    tree.append("/train.log", step: 10)
    said = try source.sample(FixedClock(Timestamp(seconds: now + 60)))
    #expect(said.readings.last?[.step] == 10)
    let fresh = JobFacts(try #require(said.devices.last).attributes)
    #expect(fresh.lastSaid == nil && !fresh.isHistory)
  }

  /// A slow job is no earlier run; one that began since is none that wrote what stands there.
  @Test(arguments: [(5000, true), (50_000, false)])
  func `What stood in a log before its writer began is history`(
    secondsAgo: Int, isHistory: Bool
  ) throws {
    let tree = FileTree()
    tree.boot(secondsAgo: secondsAgo + 5)
    tree.write("/home/train.log", Self.steps)
    tree.age("/home/train.log", seconds: 10_000)
    let log = tree.root + "/home/train.log"
    tree.process(
      41, ["python3", "train.py"], started: 500, maps: FileTree.torch,
      descriptors: [FileTree.FakeDescriptor(number: 1, target: log, flags: "0102001")])
    let entry = try #require(JobSourceCatalogue.all.first { $0.name == "log" })
    var source = try entry.make(SourceRequest(text: "log:\(log)"), tree.context)
    let said = try source.sample(FixedClock(Timestamp(seconds: ProcFileTime.now)))
    #expect(JobFacts(try #require(said.devices.last).attributes).isHistory == isHistory)
  }

  @Test func `A named log's job ends as its process goes`() throws {
    let tree = FileTree()
    tree.write("/home/train.log", Self.steps)
    let log = tree.root + "/home/train.log"
    tree.process(
      70, ["python3", "train.py"], maps: FileTree.torch, descriptors: [.writes(1, log)])
    let entry = try #require(JobSourceCatalogue.all.first { $0.name == "log" })
    var source = try entry.make(SourceRequest(text: "log:\(log)"), tree.context)
    let now = ProcFileTime.now
    func events(_ second: Double) throws -> [Event] {
      try source.sample(FixedClock(Timestamp(seconds: now + second))).events
    }
    for second in 0..<6 { #expect(try events(Double(second)).isEmpty) }
    tree.remove("/proc/70")
    #expect(try events(10).map(\.text) == ["job ended"])
    #expect(try events(20).isEmpty)
  }
}

/// The time of the machine whose files are looked at.
private enum ProcFileTime {
  static var now: Double {
    let tree = FileTree()
    tree.write("/now", "")
    return ProcFile.status(tree.root + "/now")?.changed ?? 0
  }
}
