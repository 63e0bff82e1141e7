import Quantities
import Telemetry
import Testing

@testable import DataSources

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

  @Test func whatIsNoRunSaysSo() {
    let scratch = Scratch()
    var source = MLflowSource(path: scratch.path, context: Self.context)
    #expect(throws: SourceFailure.self) { try source.sample(Self.clock) }
    #expect(source.probe().health == .waiting)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/mlflow/mlruns"), "no ../shared/fixtures beside the package"))
  func aRealRun() throws {
    let path = "\(Fixtures.root)/training/mlflow/mlruns/0/cb0096518b0e4c66a94428555f05420b"
    var source = MLflowSource(path: path, context: Self.context)
    let heard = try source.readAll(Self.clock)
    #expect(heard.readings.count == 1)
    #expect(heard.readings.first?[.loss] == 3.272787)
    #expect(heard.readings.first?[.accuracy] == 0.78581)
    #expect(heard.readings.first?[.step] == 0)
    #expect(heard.readings.first?.time.nanoseconds == 1_664_364_007_310_000_000)
    #expect(heard.devices.last?.attributes["param.BATCH_SIZE"] == "16")
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/mlflow/mlruns"), "no ../shared/fixtures beside the package"),
    arguments: [
      ("tfevents/events.out.tfevents.1585769947.cvp", "TensorBoard event file"),
      ("wandb/run-8kelgntz.wandb", "W&B log"), ("wandb/wandb-summary.json", "W&B log"),
      ("hf-trainer/trainer_state.json", "Trainer state"),
      ("hf-trainer/all_results.json", "Trainer state"),
      ("lightning/metrics_turngpt.csv", "table"), ("lightning/metrics_xkv.csv", "table"),
      ("yolo/results_v8_with_time.csv", "table"),
      ("mlflow/mlruns/0/cb0096518b0e4c66a94428555f05420b/metrics/loss", "MLflow metric"),
      ("nanogpt/shakespeare_char.log", "log"), ("llamafactory/trainer_log.jsonl", "log"),
      ("hf-trainer/slurm_hf_deepspeed_tqdm.out", "log"),
    ])
  func everyFileFindsItsReader(path: String, format: String) throws {
    let file = "\(Fixtures.root)/training/\(path)"
    let found = try #require(JobFileFormats.format(of: file))
    #expect(found.name == format)
    var source = found.make(file, Self.context)
    // What a log says is none of this test's business.
    #expect(try format == "log" || !source.sample(Self.clock).isEmpty)
  }

  @Test func whatIsNoJobsFileFindsNoReader() {
    #expect(JobFileFormats.format(head: [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0], name: "a.out") == nil)
    #expect(
      JobFileFormats.format(head: Array("step,loss\n".utf8), name: "x/a.csv")?.name == "table")
    #expect(JobFileFormats.format(head: [], name: "events.out.tfevents.1.a")?.name.first == "T")
    mutations(of: EventFile.version, rounds: 500) { _ = JobFileFormats.format(head: $0, name: "a") }
  }
}
