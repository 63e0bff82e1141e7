import Glibc
import Loopback
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

@Suite("Following a job that was found")
struct FindingSourceTests {
  let tree = FileTree()

  init() { tree.boot(secondsAgo: 10_000) }

  /// A source, and a clock that is so many seconds later at each call.
  private struct Watch {
    var source: JobSource
    var time = 1000.0

    mutating func look(after seconds: Double = 5) throws -> [Observation] {
      time += seconds
      return try source.sample(FixedClock(Timestamp(seconds: time)))
    }
  }

  private func watch(_ change: (inout SourceContext) -> Void = { _ in }) -> Watch {
    var context = tree.context
    change(&context)
    return Watch(source: JobSource(context))
  }

  private func states(_ observations: [Observation]) -> [SourceState] {
    observations.compactMap { if case .state(let state) = $0 { state } else { nil } }
  }

  private func train(_ descriptors: [FileTree.FakeDescriptor], pid: Int32 = 41) {
    tree.process(
      pid, ["python3", "train.py"],
      environment: ["WORLD_SIZE": "2", "RANK": "0", "HF_TOKEN": "secret"], maps: FileTree.torch,
      descriptors: descriptors)
  }

  @Test("found, followed and ended are told in words, and the device says whose it is")
  func life() throws {
    var watch = watch()
    #expect(states(try watch.look()).map(\.health) == [.waiting])
    tree.log("/home/out/log.txt", steps: 2)
    train([.writes(5, tree.root + "/home/out/log.txt")])
    let found = try watch.look()
    #expect(
      found.events.map(\.text)
        == ["found job train.py (pid 41), following out/log.txt: it is open for writing"])
    #expect(states(found).map(\.message) == ["following out/log.txt of train.py (pid 41)"])
    #expect(found.readings.last?[.step] == 2)
    let device = try #require(found.devices.first)
    #expect(device.label == "train.py" && device.id.kind == .job)
    #expect(device.attributes["pid"] == "41" && device.attributes["world_size"] == "2")
    #expect(device.attributes["path"] == tree.root + "/home/out/log.txt")
    #expect(device.attributes["command"] == "python3 train.py")
    #expect(device.attributes["kind"] == "training")
    #expect(device.attributes["framework"] == "nanoGPT" && device.attributes["user"] != nil)
    #expect(found.series.allSatisfy { $0.provenance.source == "jobs" })
    #expect(!"\(found)".contains("secret"))

    tree.log("/home/out/log.txt", steps: 4)
    #expect(try watch.look(after: 1).readings.last?[.step] == 4)
    tree.log("/home/out/log.txt", steps: 5)
    tree.remove("/proc/41")
    let ended = try watch.look()
    #expect(ended.readings.last?[.step] == 5, "what was written last is read")
    #expect(ended.events.map(\.text) == ["job ended: train.py (pid 41)"])
    #expect(try watch.look().isEmpty)
  }

  @Test("a job on an accelerator that cannot be read is told what to do, once")
  func silent() throws {
    var watch = watch()
    train(FileTree.cuda + [.writes(1, "pipe:[7]")])
    #expect(try watch.look().events.isEmpty, "it may open its log in a moment")
    let told = try watch.look()
    #expect(told.events.count == 1)
    let state = try #require(states(told).first)
    #expect(state.health == .absent)
    #expect(state.message == "train.py (pid 41) writes to a pipe, which cannot be read")
    #expect(state.remedy.contains("tee train.log") && state.remedy.contains("--log FILE"))
    for _ in 0..<20 { #expect(try watch.look().isEmpty) }
    tree.log("/home/train.log")
    var heard: [Observation] = []
    for look in 1...30 {
      tree.work(41, seconds: 60 * look, wrote: 1000 * look)
      tree.append("/home/train.log", step: 3 + look)
      heard += try watch.look()
    }
    #expect(heard.readings.last?[.step] == 33, "it is found when it comes")
  }

  @Test("a program that uses an accelerator for something else is not spoken of")
  func films() throws {
    tree.process(41, ["ffmpeg"], descriptors: FileTree.cuda + [.writes(1, "/dev/pts/0")])
    var watch = watch()
    var said: [Observation] = []
    for _ in 0..<20 { said += try watch.look() }
    #expect(said.events.isEmpty && states(said).map(\.health) == [.waiting])
  }

  @Test("a log that nobody understands is said to be one")
  func unheard() throws {
    tree.write("/home/debug.log", "hello\n")
    train([.writes(5, tree.root + "/home/debug.log")])
    var watch = watch()
    var said: [Observation] = []
    for _ in 0..<9 { said += try watch.look() }
    let states = states(said)
    #expect(states.map(\.health) == [.ok, .waiting])
    #expect(states.last?.message.hasPrefix("debug.log of train.py (pid 41) says nothing") == true)
    #expect(states.last?.remedy.contains("--log FILE") == true)
  }

  @Test("a process that merely has a library is not spoken of")
  func doubtful() throws {
    var watch = watch()
    train([.writes(1, "/dev/pts/0")])
    var said: [Observation] = []
    for _ in 0..<20 { said += try watch.look() }
    #expect(said.events.isEmpty && said.devices.isEmpty && said.readings.isEmpty)
    #expect(states(said).map(\.health) == [.waiting])
  }

  @Test("a file the user follows already is not followed twice")
  func explicit() throws {
    tree.log("/home/out/log.txt")
    tree.link("/alias.txt", to: tree.root + "/home/out/log.txt")
    train([.writes(5, tree.root + "/home/out/log.txt")] + FileTree.cuda)
    var watch = watch { $0.followed = [self.tree.root + "/alias.txt", "/none"] }
    var said: [Observation] = []
    for _ in 0..<5 { said += try watch.look() }
    #expect(said.devices.isEmpty && said.readings.isEmpty && said.events.isEmpty)
    #expect(states(said).map(\.message) == ["the job is followed already, as it was asked for"])
  }

  @Test("a server is told how to be asked, unless it is asked already")
  func server() throws {
    tree.process(
      41, ["vllm", "serve", "m"], descriptors: FileTree.cuda + [.reads(5, "socket:[9001]")])
    tree.write(
      "/proc/41/net/tcp",
      "  sl\n   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 9001\n"
    )
    func said(_ followed: [String]) throws -> [Observation] {
      var watch = watch { $0.followed = followed }
      return try watch.look() + watch.look() + watch.look()
    }
    let state = try #require(states(try said(["http://127.0.0.1:9"])).last)
    #expect(state.message.hasPrefix("vllm (pid 41) serves with vLLM on port 8000"))
    #expect(state.remedy.hasPrefix("hippowatt --serve-url http://127.0.0.1:8000 asks"))
    let asked = try said(["http://127.0.0.1:8000"])
    #expect(asked.events.isEmpty && states(asked).last?.health == .ok)
  }

  @Test("a server is asked without being named only where the settings allow it")
  func consent() throws {
    let asked = Mutex(0)
    let server = try LoopbackServer { path in
      asked.withLock { $0 += 1 }
      return path == "/metrics"
        ? .page("# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total 7\n")
        : .status(404)
    }
    let digits = String(server.port, radix: 16, uppercase: true)
    let port = String(repeating: "0", count: 4 - digits.count) + digits
    tree.process(
      41, ["vllm", "serve", "m"], descriptors: FileTree.cuda + [.reads(5, "socket:[9001]")])
    tree.write(
      "/proc/41/net/tcp",
      "  sl\n   0: 0100007F:\(port) 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 9001\n"
    )
    func said(_ mayAsk: Bool) throws -> [Observation] {
      var watch = watch { $0.mayAskServers = mayAsk }
      return try watch.look() + watch.look() + watch.look()
    }
    #expect(try said(false).readings.isEmpty)
    #expect(asked.withLock { $0 } == 0, "nothing was asked")
    let heard = try said(true)
    #expect(heard.readings.contains { $0.values.contains { $0.metric == .outputTokens } })
    #expect(
      heard.events.contains { $0.text.hasPrefix("found job vllm (pid 41), asking 127.0.0.1") })
  }

  @Test("a job whose output this program reads already is left alone")
  func own() throws {
    tree.log("/home/log.txt")
    train(FileTree.cuda + [.writes(1, "pipe:[7]"), .writes(5, tree.root + "/home/log.txt")])
    tree.process(99, ["hippowatt", "record"], descriptors: [.reads(9, "pipe:[7]")])
    tree.link("/proc/self", to: "99")
    #expect(tree.jobs().isEmpty)
    // Sharing a pipe to write into is no such thing.
    tree.remove("/proc/99")
    tree.process(99, ["hippowatt", "record"], descriptors: [.writes(1, "pipe:[7]")])
    #expect(tree.jobs().count == 1)
  }

  @Test("a file that says nothing gives way to one that speaks")
  func gives() throws {
    tree.write("/home/debug.log", "hello\n")
    train([.writes(5, tree.root + "/home/debug.log")])
    var watch = watch()
    #expect(try watch.look().events.count == 1)
    tree.log("/home/train.log")
    var heard: [Observation] = []
    for look in 1...40 {
      tree.work(41, seconds: 60 * look, wrote: 1000 * look)
      tree.append("/home/train.log", step: 3 + look)
      heard += try watch.look()
    }
    #expect(heard.readings.last?[.step] == 43)
    #expect(
      heard.events.map(\.text)
        == ["train.py (pid 41): now following train.log: in its working folder"])
  }

  @Test("a file that turns into a pipe is let go without opening it")
  func turned() throws {
    tree.log("/home/log.txt")
    train([.writes(5, tree.root + "/home/log.txt")])
    var watch = watch()
    #expect(try watch.look().readings.count == 1)
    tree.remove("/home/log.txt")
    mkfifo(tree.root + "/home/log.txt", 0o600)
    for _ in 0..<5 { #expect(try watch.look().readings.isEmpty) }
    #expect(open(tree.root + "/home/log.txt", O_WRONLY | O_NONBLOCK) < 0)
  }

  @Test("two jobs are followed side by side, one file by one of them")
  func two() throws {
    tree.log("/home/a.log")
    train([.writes(5, tree.root + "/home/a.log")], pid: 41)
    tree.process(
      42, ["python3", "other.py"], maps: FileTree.torch,
      descriptors: [.writes(5, tree.root + "/home/a.log")])
    tree.log("/home/c.log")
    tree.process(
      43, ["python3", "third.py"], maps: FileTree.torch,
      descriptors: [.writes(5, tree.root + "/home/c.log")])
    var watch = watch()
    let said = try watch.look()
    #expect(said.devices.map(\.label) == ["train.py", "third.py"])
    #expect(
      states(said).map(\.message) == ["following a.log of train.py (pid 41), and 1 more"])
  }

  @Test("the catalogue has it, on by default")
  func catalogue() throws {
    #expect(SourceCatalogue.jobs.entry("jobs")?.isDefault == true)
    var source = try SourceCatalogue.jobs.make(SourceRequest(text: "jobs"), in: tree.context)
    #expect(source.probe().health == .absent)
    tree.link("/proc/self", to: "1")
    #expect(source.probe() == Probe(.ok, "no job runs now; looks every 5 s"))
    train([])
    #expect(source.probe().message == "train.py (pid 41)")
  }
}
