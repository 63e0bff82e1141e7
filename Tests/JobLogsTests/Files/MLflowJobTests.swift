import CSQLite
import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// MLflow's database while a job writes it, and which of its runs is the job's.
@Suite struct MLflowJobTests {
  static let context = SourceContext(machine: "box")
  /// When the jobs of these tests began.
  static let began = 1_790_000_000
  static let clock = FixedClock(Timestamp(seconds: Double(began) + 900))

  static let schema = """
    CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), status VARCHAR(9),
      start_time BIGINT, lifecycle_stage VARCHAR(20));
    CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32),
      step BIGINT DEFAULT 0, is_nan BOOLEAN DEFAULT 0,
      PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
    CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
    CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
    CREATE TABLE tags (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));

    """

  /// A run that began so many seconds after the job.
  static func run(
    _ id: String, at seconds: Int, _ status: String = "RUNNING", program: String = "train.py",
    parent: String? = nil, stage: String = "active"
  ) -> String {
    let tags =
      "('mlflow.source.name', '\(program)', '\(id)')"
      + (parent.map { ", ('mlflow.parentRunId', '\($0)', '\(id)')" } ?? "")
    return """
      INSERT INTO runs VALUES ('\(id)', 'run-\(id)', '\(status)', \((began + seconds) * 1000),
        '\(stage)');
      INSERT INTO tags VALUES \(tags);

      """
  }

  static func metric(_ key: String, _ value: Double, step: Int, of run: String) -> String {
    "INSERT INTO metrics VALUES ('\(key)', \(value), \((began + 100 + step) * 1000), '\(run)', "
      + "\(step), 0);\n"
  }

  static let owner = FileOwner(
    started: Timestamp(seconds: Double(began)), words: ["python3", "src/train.py"])

  private func chosen(_ runs: String...) throws -> [String] {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    MLflowDatabaseTests.write(path, Self.schema + runs.joined())
    return try MLflowDatabase(path).runs(of: Self.owner).map(\.id)
  }

  @Test func theJobsRunIsTheOneItIsBusyWith() throws {
    #expect(try chosen(Self.run("a", at: 5)) == ["a"])
    // A killed job's run goes on for ever by its word.
    #expect(try chosen(Self.run("a", at: 5), Self.run("old", at: -500)) == ["a"])
    #expect(try chosen(Self.run("old", at: -500)).isEmpty)
    // Of a search, the run within the run; between two of them, the last.
    #expect(try chosen(Self.run("a", at: 5), Self.run("b", at: 9, parent: "a")) == ["b"])
    #expect(
      try chosen(Self.run("a", at: 5, "FINISHED"), Self.run("b", at: 9, "FINISHED")) == ["b"])
    #expect(try chosen(Self.run("a", at: 5), Self.run("b", at: 9, "FINISHED")) == ["a"])
    #expect(try chosen(Self.run("a", at: 5), Self.run("b", at: 9, stage: "deleted")) == ["a"])
    // Another program's run is another job's; of two of the same nobody knows.
    #expect(try chosen(Self.run("a", at: 5), Self.run("b", at: 9, program: "other.py")) == ["a"])
    #expect(try chosen(Self.run("a", at: 5), Self.run("b", at: 9)).count == 2)
    // Who goes on with a run of before is told so.
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    MLflowDatabaseTests.write(path, Self.schema + Self.run("old", at: -500) + Self.run("a", at: 5))
    var owner = Self.owner
    owner.runID = "old"
    #expect(try MLflowDatabase(path).runs(of: owner).map(\.id) == ["old"])
    owner.runID = "unheard"
    #expect(try MLflowDatabase(path).runs(of: owner).map(\.id) == ["a"])
  }

  @Test func whichOfTwoRunsIsMeantIsAsked() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    MLflowDatabaseTests.write(path, Self.schema + Self.run("a", at: 5) + Self.run("b", at: 9))
    var source = MLflowDatabaseSource(path: path, context: Self.context, owner: Self.owner)
    let failure = #expect(throws: SourceFailure.self) { try source.sample(Self.clock) }
    #expect(failure?.health == .waiting && failure?.message.contains("2 runs") == true)
    #expect(failure?.remedy.contains("mlflow.db#b") == true)
  }

  /// The files beside a database that SQLite keeps.
  private func beside(_ scratch: Scratch) -> [String] {
    ["-wal", "-shm", "-journal"].filter { access(scratch.file("mlflow.db") + $0, F_OK) == 0 }
  }

  @Test(arguments: ["DELETE", "WAL"]) func aDatabaseIsReadWhileTheJobWritesIt(mode: String) throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    var job: OpaquePointer?
    try #require(sqlite3_open(path, &job) == SQLITE_OK)
    func write(_ sql: String) -> Int32 { sqlite3_exec(job, sql, nil, nil, nil) }
    #expect(write("PRAGMA journal_mode = \(mode);") == SQLITE_OK)
    #expect(write(Self.schema + Self.run("a", at: 5)) == SQLITE_OK)
    var source = MLflowDatabaseSource(path: path, context: Self.context, owner: Self.owner)
    for step in 1...5 {
      #expect(write(Self.metric("loss", Double(step), step: step, of: "a")) == SQLITE_OK)
      #expect(try source.sample(Self.clock).readings.compactMap { $0[.loss] } == [Double(step)])
      // Nothing waits for who has read: there is no time to wait for a lock here.
      #expect(write(Self.metric("val_loss", 2, step: step, of: "a")) == SQLITE_OK)
    }
    // In the middle of a transaction of the job's.
    #expect(write("BEGIN IMMEDIATE;" + Self.metric("loss", 9, step: 9, of: "a")) == SQLITE_OK)
    #expect(try source.sample(Self.clock).readings.allSatisfy { $0[.loss] == nil })
    #expect(write("COMMIT") == SQLITE_OK)
    #expect(try source.sample(Self.clock).readings.compactMap { $0[.loss] } == [9])
    // The job can clear its files away, and we make none.
    #expect(sqlite3_close(job) == SQLITE_OK)
    #expect(beside(scratch).isEmpty)
    let before = Fixtures.readFile(path)
    var fresh = MLflowDatabaseSource(path: path, context: Self.context, owner: Self.owner)
    #expect(try fresh.readAll(Self.clock).readings.compactMap { $0[.loss] } == [1, 2, 3, 4, 5, 9])
    #expect(beside(scratch).isEmpty)
    #expect(Fixtures.readFile(path) == before)
  }

  @Test func aLogOfWritesWithoutItsIndexIsLeftAlone() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    var job: OpaquePointer?
    try #require(sqlite3_open(path, &job) == SQLITE_OK)
    sqlite3_exec(job, "PRAGMA journal_mode = WAL;" + Self.schema, nil, nil, nil)
    scratch.write(Fixtures.readFile(path), to: "copy.db")
    scratch.write(Fixtures.readFile(path + "-wal"), to: "copy.db-wal")
    sqlite3_close(job)
    var source = MLflowDatabaseSource(path: scratch.file("copy.db"), context: Self.context)
    let failure = #expect(throws: SourceFailure.self) { try source.sample(Self.clock) }
    #expect(failure?.health == .waiting)
    #expect(access(scratch.file("copy.db-shm"), F_OK) != 0)
  }

  @Test func manyRowsOfOtherRunsCostNothing() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    let many = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
      INSERT INTO metrics SELECT 'loss', i, 1790000000000, 'old', i, 0 FROM n;

      """
    MLflowDatabaseTests.write(
      path,
      Self.schema + Self.run("old", at: -500) + Self.run("a", at: 5)
        + Self.metric("loss", 2, step: 1, of: "a") + many
        + Self.metric("loss", 1, step: 2, of: "a"))
    var source = MLflowDatabaseSource(path: path, context: Self.context, owner: Self.owner)
    #expect(try source.sample(Self.clock).readings.map { $0[.loss] } == [2, 1])
    #expect(source.isAtEnd)
    var other = MLflowDatabaseSource(path: "\(path)#old", context: Self.context)
    #expect(try other.sample(Self.clock).readings.count == 32 * MLflowDatabase.page)
    #expect(!other.isAtEnd)
  }

  @Test func aResumedRunGoesBackAndSaysSo() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    MLflowDatabaseTests.write(
      path,
      Self.schema + Self.run("a", at: 5)
        + "INSERT INTO metrics VALUES ('loss', 2, 1790000110000, 'a', 10, 0),"
        + "('loss', 1.5, 1790000120000, 'a', 20, 0), ('loss', 0, 1790000130000, 'a', 21, 1),"
        + "('lo\u{1B}[31mss', 7, 1790000140000, 'a', 22, 0),"
        + "('loss', 1.75, 1790000300000, 'a', 15, 0), ('loss', 1.5, 1790000310000, 'a', 21, 0);")
    var source = MLflowDatabaseSource(path: path, context: Self.context, owner: Self.owner)
    let heard = try source.readAll(Self.clock)
    #expect(heard.readings.compactMap { $0[.loss] } == [2, 1.5, 1.75, 1.5])
    #expect(heard.readings.compactMap { $0[.redoneSteps] } == [1, 7])
    #expect(heard.events.first { $0.cause == .resumed }?.text == "run-a: resumed at step 15")
    #expect(heard.events.map(\.text).contains("run-a: the loss is no number at step 21"))
  }

  /// Two jobs in one database, or a database of another kind: nothing is followed, and nobody nags.
  @Test func aDatabaseThatTellsNothingIsLeftAlone() throws {
    let tree = FileTree()
    tree.write("/proc/stat", "cpu 1 2 3 4\nbtime \(Self.began - 5)\nprocesses 4\n")
    tree.folder("/home")
    let other = tree.root + "/home/study.db"
    MLflowDatabaseTests.write(other, "CREATE TABLE trials (x)")
    let path = tree.root + "/home/mlflow.db"
    MLflowDatabaseTests.write(
      path, Self.schema + Self.run("a", at: 5) + Self.metric("loss", 2, step: 1, of: "a"))
    tree.process(
      41, ["python3", "train.py"], started: 500, maps: FileTree.torch,
      descriptors: [
        FileTree.FakeDescriptor(number: 5, target: path, flags: "0100002"),
        FileTree.FakeDescriptor(number: 6, target: other, flags: "0100002"),
      ])
    var source = JobSource(tree.context)
    var now = Double(time(nil))
    func look(_ count: Int = 1) throws -> [Observation] {
      try (0..<count).flatMap { _ in
        now += 10
        return try source.sample(FixedClock(Timestamp(seconds: now)))
      }
    }
    #expect(try look().readings.compactMap { $0[.loss] } == [2])
    // The run ends, and two begin.
    MLflowDatabaseTests.write(
      path,
      "UPDATE runs SET status = 'FINISHED';" + Self.run("b", at: 50) + Self.run("c", at: 51)
        + Self.metric("loss", 7, step: 1, of: "b") + Self.metric("loss", 9, step: 1, of: "c"))
    let unclear = try look(40)
    #expect(unclear.readings.isEmpty)
    #expect(unclear.events.count <= 1)
    MLflowDatabaseTests.write(path, "UPDATE runs SET status = 'FINISHED' WHERE run_uuid = 'c';")
    #expect(try look(10).readings.compactMap { $0[.loss] } == [7])
  }

  @Test func theFinderFindsIt() throws {
    let tree = FileTree()
    // The job of the tree began 500 ticks after the machine.
    tree.write("/proc/stat", "cpu 1 2 3 4\nbtime \(Self.began - 5)\nprocesses 4\n")
    tree.folder("/home")
    let path = tree.root + "/home/mlflow.db"
    MLflowDatabaseTests.write(
      path, Self.schema + Self.run("a", at: 5) + Self.metric("loss", 2, step: 1, of: "a"))
    let words = ["python3", "train.py"]
    func job(_ descriptors: [FileTree.FakeDescriptor]) throws -> FoundJob {
      tree.remove("/proc/41")
      tree.process(41, words, started: 500, maps: FileTree.torch, descriptors: descriptors)
      return try #require(tree.jobs(FixedClock(Timestamp(seconds: Double(time(nil))))).first)
    }
    let open = try job([
      FileTree.FakeDescriptor(number: 5, target: path, flags: "0100002")
    ])
    #expect(open.best?.shown == "mlflow.db" && open.best?.reader == "MLflow database")
    #expect(open.best?.format == "MLflow database" && open.best?.isCertain == true)
    let lying = try job([])
    #expect(lying.best?.shown == "mlflow.db" && lying.best?.why == "in its working folder")
    // A database of another program, and runs of other jobs.
    MLflowDatabaseTests.write(path, "UPDATE runs SET start_time = 1000;")
    #expect(try job([]).files.isEmpty)
    tree.remove("/home/mlflow.db")
    MLflowDatabaseTests.write(path, "CREATE TABLE t (x)")
    #expect(try job([]).files.isEmpty)

    tree.remove("/home/mlflow.db")
    MLflowDatabaseTests.write(
      path, Self.schema + Self.run("a", at: 5) + Self.metric("loss", 2, step: 1, of: "a"))
    MLflowDatabaseTests.write(
      path,
      (0...3).map { Self.metric("system/gpu_0_power_usage_watts", 300, step: $0 * 10, of: "a") }
        .joined())
    var source = JobSource(tree.context)
    let heard = try source.sample(FixedClock(Timestamp(seconds: Double(time(nil)))))
    #expect(heard.readings.compactMap { $0[.loss] } == [2])
    let found = try #require(heard.devices.last { $0.id.kind == .job })
    #expect(found.attributes["pid"] == "41" && found.label == "train.py")
    let gpu = try #require(heard.devices.last { $0.id.kind == .gpu })
    #expect(gpu.attributes["pid"] == nil && gpu.label != "train.py")
  }

  @Test func aFinishedDatabaseIsReadWithAllItsRuns() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    MLflowDatabaseTests.write(
      path,
      Self.schema + Self.run("a", at: 5, "FINISHED") + Self.run("b", at: 9, "FINISHED")
        + Self.run("empty", at: 20, "FINISHED") + Self.metric("loss", 2.5, step: 1, of: "a")
        + Self.metric("loss", 2.25, step: 2, of: "b"))
    func labels(_ path: String) throws -> [String] {
      try JobFileImport.read(path, machine: "box", Self.clock)?.devices.map(\.label) ?? []
    }
    #expect(Set(try labels(path)) == ["run-a", "run-b"])
    #expect(Set(try labels(path + "#b")) == ["run-b"])
  }
}
