import CSQLite
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Databases as MLflow keeps them.
@Suite struct MLflowDatabaseTests {
  static let clock = FixedClock(Timestamp(seconds: 1_795_000_000))
  static let context = SourceContext(machine: "box")

  /// Runs SQL on a file, as MLflow would.
  static func write(_ path: String, _ sql: String) {
    var handle: OpaquePointer?
    guard sqlite3_open(path, &handle) == SQLITE_OK else { return }
    #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
    sqlite3_close(handle)
  }

  static let schema = """
    CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), start_time BIGINT);
    CREATE TABLE metrics (key VARCHAR(250), value DOUBLE, timestamp BIGINT, run_uuid VARCHAR(32),
      step BIGINT DEFAULT 0, is_nan BOOLEAN DEFAULT 0,
      PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
    CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
    INSERT INTO runs VALUES ('a', 'old-hippo', 1), ('b', 'new-hippo', 2);
    INSERT INTO params VALUES ('lr', '0.001', 'b'), ('lr', '7', 'a');
    INSERT INTO metrics VALUES ('train_loss', 9.0, 1790000000000, 'a', 1, 0),
      ('train_loss', 2.5, 1790000000000, 'b', 10, 0),
      ('val_loss', 2.75, 1790000001000, 'b', 10, 0),
      ('train_loss', 0.0, 1790000100000, 'b', 20, 1),
      ('train_loss', 1.0, 5, 'b', 30, 0);
    """

  /// The whole file of such a database, with small pages.
  static let bytes: [UInt8] = {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    write(path, "PRAGMA page_size = 512;" + schema)
    return Fixtures.readFile(path)
  }()

  @Test func theNewestRunIsFollowed() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    Self.write(path, Self.schema)
    var source = MLflowDatabaseSource(path: path, context: Self.context)
    #expect(source.probe().health == .ok)
    var heard = try source.readAll(Self.clock)
    #expect(heard.readings.map { $0[.step] } == [10, 20])
    #expect(heard.readings.map { $0[.loss] } == [2.5, nil])
    #expect(heard.readings.map { $0[.validationLoss] } == [2.75, nil])
    #expect(heard.devices.last?.label == "new-hippo")
    #expect(heard.devices.last?.attributes["param.lr"] == "0.001")
    #expect(heard.events.map(\.text) == ["new-hippo: the loss is no number at step 20"])
    #expect(try source.sample(Self.clock).isEmpty)
    Self.write(
      path, "INSERT INTO metrics VALUES ('train_loss', 2.25, 1790000200000, 'b', 30, 0)")
    heard = try source.sample(Self.clock)
    #expect(heard.readings.map { $0[.loss] } == [2.25])
    var other = MLflowDatabaseSource(path: "\(path)#a", context: Self.context)
    #expect(try other.readAll(Self.clock).readings.map { $0[.loss] } == [9])
    #expect(JobFileFormats.format(of: path)?.name == "MLflow database")
  }

  @Test func theDatabaseTellsWattsToo() throws {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    let rows = (0...6).map {
      "('system/gpu_0_power_usage_watts', 300, \(1_790_000_000_000 + $0 * 10_000), 'b', \($0), 0)"
    }
    Self.write(
      path, Self.schema + "INSERT INTO metrics VALUES " + rows.joined(separator: ",") + ";")
    var source = MLflowDatabaseSource(path: path, context: Self.context)
    var timeline = Timeline()
    timeline.apply(try source.readAll(Self.clock))
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "mlflow:0")
    let power = try #require(timeline.id(.power, of: gpu))
    #expect(timeline.total(power, over: try #require(timeline.span)).amount == 18_000)
  }

  @Test func whatIsNoDatabaseOfMLflowSaysSo() throws {
    let scratch = Scratch()
    scratch.write([UInt8](repeating: 0x41, count: 9000), to: "junk.db")
    Self.write(scratch.file("other.db"), "CREATE TABLE t (x)")
    for name in ["junk.db", "other.db", "missing.db", "other.db#a"] {
      var source = MLflowDatabaseSource(path: "\(scratch.path)/\(name)", context: Self.context)
      #expect(throws: SourceFailure.self, "\(name)") { try source.sample(Self.clock) }
    }
  }

  @Test func changedBytesNeverTrap() {
    let scratch = Scratch()
    let path = scratch.file("mlflow.db")
    Self.write(path, Self.schema)
    let good = Fixtures.readFile(path)
    mutations(of: good, rounds: 150) { bytes in
      scratch.write(bytes, to: "mlflow.db", .replace)
      var source = MLflowDatabaseSource(path: path, context: Self.context)
      _ = try? source.readAll(Self.clock)
    }
  }
}
