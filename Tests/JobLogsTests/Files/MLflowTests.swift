import CSQLite
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

@Suite struct MLflowTests {
  static let clock = FixedClock(Timestamp(seconds: 1_795_000_000))
  static let context = SourceContext(machine: "box")

  static func metric(_ text: String) -> MLflowMetric? {
    Array(text.utf8).withUnsafeBufferPointer { MLflowMetric($0) }
  }

  @Test func linesOfAMetric() {
    let metric = Self.metric("1664364007310 3.2727866172790527 12")
    #expect(metric?.time.nanoseconds == 1_664_364_007_310_000_000)
    #expect(metric?.value == 3.2727866172790527)
    #expect(metric?.step == 12)
    #expect(Self.metric("1664364007310 0.5")?.step == 0)
    #expect(Self.metric("1664364007310 nan 3 run dataset digest")?.value.isNaN == true)
    for text in [
      "", "1664364007310", "soon 0.5 1", "99999999999999999999 1 1", "5 1 1",
      "1664364007310 x 1", "1664364007310 1 x", "1664364007310 1 1.5",
    ] {
      #expect(Self.metric(text) == nil, "\(text)")
    }
    mutations(of: Array("1664364007310 3.2727866172790527 12".utf8), rounds: 3000) { bytes in
      _ = bytes.withUnsafeBufferPointer { MLflowMetric($0) }
    }
  }

  @Test func metricsOfAStepAreOneRow() throws {
    let tree = FileTree()
    tree.write("/run/metrics/train_loss", "1790000000000 2.5 1\n1790000100000 2.25 2\n")
    tree.write("/run/metrics/val/loss", "1790000101000 2.75 2\n")
    tree.write("/run/metrics/lr", "1790000000010 0.001 1\nbroken\n")
    tree.write("/run/metrics/unheard_of", "1790000000010 7 1\n")
    tree.write("/run/params/batch_size", "16")
    tree.write("/run/tags/mlflow.runName", "brave-hippo\n")
    var source = MLflowSource(path: tree.root + "/run/", context: Self.context)
    var heard = try source.readAll(Self.clock)
    #expect(heard.readings.map { $0[.step] } == [1, 2])
    #expect(heard.readings.map { $0[.loss] } == [2.5, 2.25])
    #expect(heard.readings.map { $0[.validationLoss] } == [nil, 2.75])
    #expect(heard.readings.map { $0[.learningRate] } == [0.001, nil])
    #expect(heard.readings.first?.time.nanoseconds == 1_790_000_000_000_000_000)
    #expect(heard.devices.last?.label == "brave-hippo")
    #expect(heard.devices.last?.attributes["param.batch_size"] == "16")
    #expect(heard.events.count == 1)
    tree.write(
      "/run/metrics/train_loss",
      "1790000000000 2.5 1\n1790000100000 2.25 2\n1790000200000 2 3\n1790000300000 1")
    heard = try source.sample(FixedClock(Self.clock.now + 10))
    #expect(heard.readings.map { $0[.loss] } == [2])
  }

  @Test func theSystemMonitorsWattsArePower() throws {
    let tree = FileTree()
    let lines = { (value: Double) in
      (0...6).map { "\(1_790_000_000_000 + $0 * 10_000) \(value) \($0)\n" }.joined()
    }
    tree.write("/run/metrics/system/gpu_0_power_usage_watts", lines(300))
    tree.write("/run/metrics/system/gpu_1_power_usage_watts", lines(100))
    tree.write("/run/metrics/system/gpu_1_utilization_percentage", lines(50))
    tree.write("/run/metrics/system/gpu_2_utilization_percentage", lines(50))
    tree.write("/run/metrics/system/gpu_0_power_usage_percentage", lines(90))
    var source = MLflowSource(path: tree.root + "/run", context: Self.context)
    var timeline = Timeline()
    timeline.apply(try source.readAll(Self.clock))
    let span = try #require(timeline.span)
    let gpus = timeline.devices(.gpu).sorted { $0.id.name < $1.id.name }
    #expect(gpus.map(\.id.name) == ["mlflow:0", "mlflow:1"])
    let totals = gpus.compactMap { timeline.id(.power, of: $0.id) }
      .map { timeline.total($0, over: span).amount }
    #expect(totals == [18_000, 6000])
  }

  @Test func whatIsNoRunSaysSo() {
    let scratch = Scratch()
    var source = MLflowSource(path: scratch.path, context: Self.context)
    #expect(throws: SourceFailure.self) { try source.sample(Self.clock) }
    #expect(source.probe().health == .waiting)
  }

  @Test func runsOfTheFileStore() throws {
    struct Run {
      let folder: String?
      let losses: [Double]
      let accuracy: Double
      let step: Double
      let milliseconds: Int64
      let batch: (key: String, value: String)
    }
    let runs = [
      Run(
        folder: Fixtures.path("files/\(JobFileFixture.run)"), losses: [2.5625, 2.3125],
        accuracy: 0.53125, step: 10, milliseconds: 1_773_500_000_250,
        batch: ("param.batch_size", "64")),
      Run(
        folder: Fixtures.real("training/mlflow/mlruns/0/cb0096518b0e4c66a94428555f05420b"),
        losses: [3.272787], accuracy: 0.78581, step: 0, milliseconds: 1_664_364_007_310,
        batch: ("param.BATCH_SIZE", "16")),
    ]
    for run in runs {
      guard let folder = run.folder else { continue }
      var source = MLflowSource(path: folder, context: Self.context)
      let heard = try source.readAll(Self.clock)
      #expect(heard.readings.map { $0[.loss] } == run.losses)
      #expect(heard.readings.last?[.accuracy] == run.accuracy)
      #expect(heard.readings.first?[.step] == run.step)
      #expect(heard.readings.first?.time.nanoseconds == run.milliseconds * 1_000_000)
      #expect(heard.devices.last?.attributes[run.batch.key] == run.batch.value)
    }
  }

  /// Real files find their reader too, where they are.
  @Test func everyRealFileFindsItsReader() throws {
    let files = [
      ("tfevents/events.out.tfevents.1585769947.cvp", "TensorBoard event file"),
      ("wandb/run-8kelgntz.wandb", "W&B log"), ("wandb/wandb-summary.json", "W&B log"),
      ("hf-trainer/trainer_state.json", "Trainer state"),
      ("hf-trainer/all_results.json", "Trainer state"),
      ("lightning/metrics_turngpt.csv", "table"), ("lightning/metrics_xkv.csv", "table"),
      ("yolo/results_v8_with_time.csv", "table"),
      ("mlflow/mlruns/0/cb0096518b0e4c66a94428555f05420b/metrics/loss", "MLflow metric"),
      ("nanogpt/shakespeare_char.log", "log"), ("llamafactory/trainer_log.jsonl", "log"),
      ("hf-trainer/slurm_hf_deepspeed_tqdm.out", "log"),
    ]
    for (name, format) in files {
      guard let file = Fixtures.real("training/\(name)") else { continue }
      let found = try #require(JobFileFormats.format(of: file))
      #expect(found.name == format)
      var source = found.make(file, Self.context)
      // What a log says is none of this test's business.
      #expect(try format == "log" || !source.sample(Self.clock).isEmpty)
    }
  }

  @Test func finishedFilesAreReadInOneGo() throws {
    func read(_ path: String) throws -> [Reading]? {
      try JobFileImport.read(path, machine: "box", Self.clock)?.readings
    }
    let tree = FileTree()
    for file in JobFileFixture.all { tree.write("/\(file.path)", file.bytes) }
    for file in JobFileFixture.all {
      let rows = try #require(try read("\(tree.root)/\(file.path)"), "\(file)")
      let losses = rows.compactMap { $0[.loss] }
      let right = file.values[.loss] ?? []
      // Of rows without a time a source tells the last; an import keeps them all.
      #expect(Array(losses.suffix(right.count)) == right, "\(file)")
      let kept = ["trainer_state.json": 4, "lightning.csv": 3, "keras.csv": 3]
      #expect(losses.count == kept[file.path] ?? losses.count, "\(file)")
      #expect(rows.map(\.time) == rows.map(\.time).sorted(), "\(file)")
    }
    #expect(try read(Fixtures.path("logs/nanogpt.log")) == nil)
    #expect(try read("no such file") == nil)
    if let path = Fixtures.real("training/tfevents/events.out.tfevents.1585769947.cvp") {
      let events = try #require(try read(path))
      #expect(events.map(\.time) == events.map(\.time).sorted())
      #expect(Set(events.map(\.time)).count == events.count)
    }
    if let path = Fixtures.real("training/yolo/results_v8_with_time.csv") {
      #expect(try read(path)?.count == 55)
    }
    if let path = Fixtures.real("training/wandb/run-8kelgntz.wandb") {
      #expect(try read(path)?.compactMap { $0[.loss] }.count == 12)
    }
  }

  /// Whatever happens to a file, a source says something true, says why not, or is silent.
  @Test func filesThatShrinkVanishAndTurnToJunk() {
    let table = Array("step,loss,timestamp\n1,2.5,1790000000\n2,2.5,1790000010\n".utf8)
    let state = Array(#"{"global_step": 2, "log_history": [{"loss": 2.5, "step": 2}]}"#.utf8)
    let event = EventFile.event(1_790_000_000, step: 1, EventFile.simple("loss", 2.5))
    var log = WandBFile()
    log.add(WandBFile.history(step: 1, time: 1_790_000_000, WandBFile.item("loss", "2.5")))
    let files: [(name: String, bytes: [UInt8])] = [
      ("a.csv", table), ("trainer_state.json", state),
      ("events.out.tfevents.1790000000.box", EventFile.version + event + event),
      ("run-a.wandb", log.bytes),
    ]
    for (name, bytes) in files {
      let scratch = Scratch()
      let path = scratch.file(name)
      scratch.write(bytes, to: name)
      var source = JobFileFormats.format(of: path)?.make(path, Self.context)
      #expect(source != nil, "\(name)")
      var time = Self.clock.now
      var heard = 0
      var round = 0
      mutations(of: bytes, rounds: 200) { changed in
        round += 1
        time = time + 6
        switch round % 4 {
        case 0: scratch.write(bytes, to: name, .replace)
        case 1: scratch.write(changed, to: name, .append)
        case 2: scratch.write(changed, to: name, .replace)
        default: scratch.rename(name, to: "gone")
        }
        let said = (try? source?.sample(FixedClock(time))) ?? []
        heard += said.readings.count
        // Text has no checksums, so a changed digit is another number there.
        guard name.hasSuffix("box") || name.hasSuffix("wandb") else { return }
        #expect(said.readings.allSatisfy { $0[.loss] == nil || $0[.loss] == 2.5 }, "\(name)")
      }
      #expect(heard > 10, "\(name)")
    }
  }

  @Test func whatIsNoJobsFileFindsNoReader() {
    #expect(JobFileFormats.format(head: [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0], name: "a.out") == nil)
    #expect(
      JobFileFormats.format(head: Array("step,loss\n".utf8), name: "x/a.csv")?.name == "table")
    #expect(JobFileFormats.format(head: [], name: "events.out.tfevents.1.a")?.name.first == "T")
    mutations(of: EventFile.version, rounds: 500) { _ = JobFileFormats.format(head: $0, name: "a") }
  }
}
