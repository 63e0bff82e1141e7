import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// A made-up file of a job, and what a reader must get from it.
struct JobFileFixture: Sendable, CustomTestStringConvertible {
  /// The name of its format in `JobFileFormats`.
  let format: String
  /// Where it lies in a job's folder.
  let path: String
  let bytes: [UInt8]
  /// The values of the rows, one after the other, of each metric that is told.
  let values: [Metric: [Double]]
  var events: [String] = []

  var testDescription: String { path }

  /// Files that are committed as they are.
  private static func file(
    _ format: String, _ path: String, _ values: [Metric: [Double]], events: [String] = []
  ) -> JobFileFixture {
    JobFileFixture(
      format: format, path: path, bytes: Fixtures.readFile(Fixtures.path("files/\(path)")),
      values: values, events: events)
  }

  static let run = "mlruns/0/0123456789abcdef0123456789abcdef"

  /// One or more files of every format.
  static let all: [JobFileFixture] =
    [
      JobFileFixture(
        format: "TensorBoard event file", path: "events.out.tfevents.1773500000.river-3",
        bytes: eventsOfKeras1,
        values: [
          .step: [0, 1, 2, 3], .epoch: [0, 1, 2, 3], .loss: [4, 2, 1, 0.5],
          .validationLoss: [4.5, 2.5, 1.5, 1],
          .accuracy: [0.125, 0.25, 0.375, 0.5],
        ]),
      JobFileFixture(
        format: "TensorBoard event file",
        path: "train/events.out.tfevents.1773500000.river-3.77.0.v2", bytes: eventsOfKeras2,
        values: [.epoch: [0], .loss: [1.5]]),
      JobFileFixture(
        format: "W&B log", path: "run-0a1b2c3d.wandb", bytes: wandbLog,
        values: [
          .step: [10, 20, 30], .loss: [3.25, 2.75, 2.5], .epoch: [0.5, 1, 1.5],
          .learningRate: [4e-5, 2e-5, 1e-5],
        ]),
      JobFileFixture(
        format: "MLflow database", path: "mlflow.db", bytes: MLflowDatabaseTests.bytes,
        values: [.step: [10, 20], .loss: [2.5], .validationLoss: [2.75]],
        events: ["new-hippo: the loss is no number at step 20"]),
    ] + committed

  private static let committed: [JobFileFixture] = [
    file(
      "W&B log", "wandb-summary.json",
      [.step: [40], .loss: [2.3125], .epoch: [2], .learningRate: [1.25e-6]]),
    file(
      "Trainer state", "trainer_state.json",
      [
        .step: [40], .stepTotal: [40], .loss: [2.3125], .validationLoss: [2.4375], .epoch: [2],
        .epochTotal: [2],
        .learningRate: [1.25e-6], .gradientNorm: [1.5], .tokens: [2_621_440],
      ], events: ["trainer_state.json: training ended after 127 s"]),
    file(
      "Trainer state", "all_results.json", [.epoch: [2]],
      events: ["all_results.json: training ended after 127 s"]),
    file(
      "MLflow metric", "\(run)/metrics/train_loss", [.step: [10, 20], .loss: [2.5625, 2.3125]]),
    file(
      "table", "lightning.csv",
      [
        .step: [149], .epoch: [1], .loss: [1.5625], .validationLoss: [1.703125],
        .accuracy: [0.4375], .learningRate: [0.0003],
      ]),
    file(
      "table", "ultralytics.csv",
      [
        .epoch: [1, 2, 3], .loss: [6.75, 5, 4.125], .validationLoss: [6.875, 4.875, 3.375],
        .accuracy: [0.0625, 0.1875, 0.375], .learningRate: [0.00025, 0.0005, 0.00075],
      ]),
    file(
      "table", "keras.csv",
      [.epoch: [2], .loss: [0.9375], .validationLoss: [1.0625], .accuracy: [0.625]]),
    file(
      "table", "fastai.csv",
      [
        .epoch: [0, 1], .loss: [1.375, 0.875], .validationLoss: [0.9375, 0.6875],
        .accuracy: [0.625, 0.75],
      ]),
    file("table", "Train_Samples_train_loss.csv", [.samples: [288], .loss: [2.1875]]),
  ]
}

// MARK: Binary files, as the tools write them

extension JobFileFixture {
  private static let start = 1_773_500_000.0

  /// Every number in an event of its own, as Keras did with TensorFlow 1.
  static let eventsOfKeras1: [UInt8] = {
    var bytes = EventFile.version
    for step in 0..<4 {
      let half = 1 / Float(1 << step)
      let values: [(String, Float)] = [
        ("batch_loss", 4 * half), ("batch_acc", 0.75), ("epoch_loss", 5 * half),
        ("epoch_acc", 0.625), ("epoch_val_loss", [4.5, 2.5, 1.5, 1][step]),
        ("epoch_val_acc", Float(step + 1) / 8),
      ]
      for (tag, value) in values {
        bytes += EventFile.event(
          start + Double(step) * 10, step: Int64(step), EventFile.simple(tag, value))
      }
    }
    return bytes
  }()

  /// Numbers as tensors beside the graph of the model, as Keras does with TensorFlow 2.
  static let eventsOfKeras2: [UInt8] =
    EventFile.version
    + EventFile.event(
      start, step: 0,
      EventFile.tensor(
        "keras", type: 7, EventFile.field(8, [UInt8](repeating: 0x7B, count: 300)),
        plugin: "graph_keras_model"))
    + EventFile.event(start + 30, step: 0, scalar("epoch_loss", 1.5))
    + EventFile.event(start + 30, step: 0, scalar("epoch_accuracy", 0.5625))

  /// What stands in the folder `validation` beside it.
  static let validationOfKeras2: [UInt8] =
    EventFile.version
    + EventFile.event(start + 31, step: 40, scalar("evaluation_loss_vs_iterations", 1.25))
    + EventFile.event(start + 31, step: 0, scalar("epoch_loss", 1.25))

  private static func scalar(_ tag: String, _ value: Float) -> [UInt8] {
    EventFile.tensor(tag, type: 1, EventFile.field(4, EventFile.little(value.bitPattern)))
  }

  /// A run of the Trainer on one of two accelerators.
  static let wandbLog: [UInt8] = {
    var file = WandBFile()
    file.add(
      EventFile.field(
        17,
        EventFile.field(1, Array("0a1b2c3d".utf8)) + EventFile.field(3, Array("rivers".utf8))))
    let rows = [
      (10, "3.25", "4e-05", "0.5"), (20, "2.75", "2e-05", "1"), (30, "2.5", "1e-05", "1.5"),
    ]
    for (index, (step, loss, rate, epoch)) in rows.enumerated() {
      file.add(
        WandBFile.history(
          step: UInt64(index), time: start + Double(index) * 20,
          WandBFile.item("train/loss", loss), WandBFile.item("train/learning_rate", rate),
          WandBFile.item("train/epoch", epoch), WandBFile.item("train/global_step", "\(step)")))
      let stats = [("gpu.0.powerWatts", "41.5"), ("gpu.1.powerWatts", "212.25")]
      file.add(
        EventFile.field(
          7,
          (stats + [("gpu.process.1.powerWatts", "212.25")]).flatMap {
            EventFile.field(3, WandBFile.item($0.0, $0.1))
          }))
    }
    return file.bytes
  }()
}
