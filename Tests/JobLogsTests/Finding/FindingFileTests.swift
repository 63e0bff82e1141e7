import Glibc
import Telemetry
import TestSupport
import Testing

@testable import JobLogs
@testable import Linux

@Suite("Finding a job's files")
struct FindingFileTests {
  let tree = FileTree()

  init() { tree.boot(secondsAgo: 10_000) }

  private func job(
    _ words: [String] = ["python3", "train.py"], _ descriptors: [FileTree.FakeDescriptor] = [],
    started: Int64 = 500, environment: [String: String] = [:]
  ) throws -> FoundJob {
    tree.process(
      41, words, started: started, environment: environment, maps: FileTree.torch,
      descriptors: descriptors)
    return try #require(tree.jobs().first)
  }

  @Test("a log that is open for writing comes first, one that is read does not count")
  func open() throws {
    tree.log("/home/out/train.log")
    tree.log("/home/old.log")
    let job = try job(
      ["python3", "train.py"],
      [.writes(5, tree.root + "/home/out/train.log"), .reads(6, tree.root + "/home/old.log")])
    #expect(job.files.map(\.shown) == ["out/train.log"])
    #expect(job.best?.why == "it is open for writing")
    #expect(job.best?.format == "nanoGPT" && job.best?.reader == "text")
    #expect(job.best?.path == tree.root + "/home/out/train.log")
  }

  @Test("standard output counts whatever its name, and an empty log may still speak")
  func standard() throws {
    tree.log("/home/nohup")
    tree.write("/home/new.log", "")
    tree.write("/home/model.bin", "x")
    let job = try job(
      ["python3", "train.py"],
      [
        .writes(1, tree.root + "/home/nohup"), .writes(2, tree.root + "/home/nohup"),
        .writes(7, tree.root + "/home/new.log"), .writes(8, tree.root + "/home/model.bin"),
      ])
    #expect(job.files.map(\.shown) == ["nohup", "new.log"])
    #expect(job.files.map(\.why) == ["its standard output goes there", "it is open for writing"])
    #expect(job.files.map(\.format) == ["nanoGPT", nil])
    #expect(
      job.skipped == [Skipped(what: "model.bin", why: "no reader knows files of that name")])
  }

  @Test("what tee writes behind the job's pipe is the job's")
  func tee() throws {
    tree.log("/home/run-7")
    tree.process(
      42, ["tee", "run-7"], session: 41,
      descriptors: [.reads(0, "pipe:[77]"), .writes(3, tree.root + "/home/run-7")])
    tree.process(
      43, ["tee", "other.log"], session: 41,
      descriptors: [.reads(0, "pipe:[78]"), .writes(3, tree.root + "/home/other.log")])
    tree.log("/home/other.log")
    let job = try job(["python3", "train.py"], [.writes(1, "pipe:[77]")])
    #expect(job.best?.shown == "run-7" && job.best?.why == "tee writes its output there")
    #expect(job.output == "a pipe")
  }

  @Test(
    "folders that the command line names are looked into",
    arguments: [
      ["--output_dir", "res/run"], ["--output_dir=res/run/"], ["hydra.run.dir=res/run"],
      ["-o", "res"], ["--log-file", "res/run/x.log"],
    ])
  func named(words: [String]) throws {
    tree.log("/home/res/run/x.log")
    let job = try job(["python3", "train.py"] + words)
    #expect(job.files.map(\.shown) == ["res/run/x.log"])
    #expect(job.files.first?.why.hasPrefix("named by ") == true)
  }

  @Test("usual places, the batch system's file and the working folder are looked into")
  func conventions() throws {
    tree.log("/home/lightning_logs/version_3/a.log")
    #expect(try job().files.first?.why == "in lightning_logs/, a usual place")
    tree.remove("/home/lightning_logs")
    tree.write("/home/wandb/run-2/files/output.log", "nothing yet\n")
    tree.log("/home/wandb/run-1/files/output.log")
    tree.link("/home/wandb/latest-run", to: "run-1")
    #expect(try job().files.first?.shown == "wandb/latest-run/files/output.log")
    tree.remove("/home/wandb")
    tree.log("/home/train.txt")
    #expect(try job().files.first?.why == "in its working folder")
    tree.log("/home/slurm-47.out")
    let environment = ["SLURM_JOB_ID": "47", "SLURM_SUBMIT_DIR": "/home"]
    #expect(try job(environment: environment).files.first?.why == "the output of SLURM job 47")
  }

  @Test("the launcher's own log folder is looked into")
  func torchrun() throws {
    tree.log("/home/logs-x/none_ab/attempt_0/0/stdout.log")
    tree.process(40, ["python3", "torchrun", "--log-dir", "logs-x", "t.py"], maps: FileTree.torch)
    tree.process(41, ["python3", "t.py"], parent: 40, maps: FileTree.torch)
    let job = try #require(tree.jobs().first)
    #expect(job.files.first?.shown == "logs-x/none_ab/attempt_0/0/stdout.log")
  }

  @Test("a file that merely lies there must be new and must speak")
  func stale() throws {
    tree.log("/home/yesterday.log")
    tree.age("/home/yesterday.log", seconds: 20_000)
    tree.write("/home/requirements.txt", "torch==2.9\nstep 3 is next\n")
    tree.write("/home/pip.log", "Steps:  50%|#####     | 50/100 [00:30<00:30,  1.67it/s]\n")
    let job = try job()
    #expect(job.files.isEmpty && !job.isCertain)
    tree.log("/home/today.log")
    tree.log("/home/newest.log")
    tree.age("/home/today.log", seconds: 60)
    #expect(try self.job().files.map(\.shown) == ["newest.log", "today.log"])
  }

  @Test("what lies in a folder that two jobs work in is nobody's, until one has its own")
  func rivals() throws {
    tree.log("/home/train.log")
    tree.process(41, ["python3", "a.py"], maps: FileTree.torch)
    tree.process(42, ["python3", "b.py"], maps: FileTree.torch)
    let jobs = tree.jobs()
    #expect(jobs.map(\.best) == [nil, nil])
    tree.log("/elsewhere.log")
    tree.process(
      42, ["python3", "b.py"], maps: FileTree.torch,
      descriptors: [.writes(5, tree.root + "/elsewhere.log")])
    #expect(tree.jobs().map(\.files.first?.shown) == ["train.log", tree.root + "/elsewhere.log"])
  }

  @Test("what lies deeper belongs to the job that works there, and never to a server or notebook")
  func nested() throws {
    tree.log("/home/lab/results/train.log")
    tree.process(41, ["python3", "a.py"], maps: FileTree.torch)
    tree.process(42, ["python3", "b.py"], maps: FileTree.torch, working: "/home/lab")
    tree.process(43, ["llama-server", "-m", "x"], working: "/home/lab")
    tree.process(
      44, ["python3", "-m", "ipykernel_launcher"], maps: FileTree.torch, working: "/home/lab")
    let files = tree.jobs().map(\.files.first)
    #expect(files.map { $0?.shown } == ["lab/results/train.log", "results/train.log", nil, nil])
    #expect(files.map { $0?.rivals } == [[42], [], nil, nil])
  }

  @Test("a container's paths lead through its root")
  func container() throws {
    tree.link("/proc/41/root", to: tree.root + "/jail")
    tree.log("/jail/data/out/train.log")
    let job = try job(["python3", "train.py", "--output_dir", "/data/out"])
    #expect(job.files.first?.path == tree.root + "/proc/41/root/data/out/train.log")
    #expect(job.files.first?.shown == "/data/out/train.log")
    #expect(SafeFile(tree.root + "/proc/41/root/data/out/train.log") != nil)
  }

  @Test("pipes, terminals and what is thrown away are named and never opened")
  func unreadable() throws {
    tree.process(
      41, ["python3", "train.py"],
      descriptors: FileTree.cuda + [.writes(1, "/dev/pts/3"), .writes(2, "pipe:[9]")])
    let job = try #require(tree.jobs().first)
    #expect(job.files.isEmpty && job.output == "a terminal")
    #expect(job.skipped.map(\.what) == ["standard output", "standard error"])
    #expect(job.silence == "train.py (pid 41) writes to a terminal, which cannot be read")
    #expect(job.advice.contains("tee train.log") && job.advice.contains("hippowatt record --"))
  }

  @Test("files of trackers are known by their first bytes; what is printed is fresher")
  func trackers() throws {
    let events = "/home/runs/a/events.out.tfevents.1.host.2.0"
    tree.write(events, EventFile.version)
    let open = FileTree.FakeDescriptor.writes(7, tree.root + events)
    let tracked = try job(["python3", "train.py"], [open])
    #expect(tracked.files.map(\.reader) == ["TensorBoard event file"])
    #expect(tracked.best?.why == "it is open for writing")
    tree.log("/home/nohup.out")
    let printed = try job(
      ["python3", "train.py"], [.writes(1, tree.root + "/home/nohup.out"), open])
    #expect(printed.files.map(\.reader) == ["text", "TensorBoard event file"])
    tree.write(events, "no event file")
    #expect(tree.jobs().first?.best?.reader == "text")
  }

  @Test("a table that lies in a usual place is found")
  func table() throws {
    tree.write("/home/lightning_logs/version_0/metrics.csv", "epoch,step,train_loss\n0,9,2.5\n")
    let job = try job()
    #expect(job.files.map(\.shown) == ["lightning_logs/version_0/metrics.csv"])
    #expect(job.files.first?.reader == "table")
  }

  @Test("one line of JSON holds it all")
  func json() throws {
    tree.log("/home/a \"b\"\n.log")
    let job = try job(["python3", "train.py"], [.writes(5, tree.root + "/home/a \"b\"\n.log")])
    #expect(!job.json.contains("\n"))
    #expect(job.json.hasPrefix("{\"pid\":41,\"name\":\"train.py\",") && job.json.hasSuffix("]}"))
    #expect(job.json.contains("a \\\"b\\\"\\u000a.log\",\"why\":\"it is open for writing\""))
  }
}
