import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// A log, and what a reader must get from it when its lines come one by one.
struct LogFixture: Sendable, CustomTestStringConvertible {
  let path: String
  /// The format that must be found; `nil` where any will do.
  var format: String?
  /// How many rows, where that is known.
  var rows: Int?
  /// The newest value of each metric.
  var last: [Metric: Double] = [:]
  /// How many rows have a value of these metrics.
  var counts: [Metric: Int] = [:]
  var events: [String] = []
  var facts: [String: String] = [:]
  /// Whether nothing else may be told: true of a file we know by heart.
  var isAll = false

  var testDescription: String { path.split(separator: "/").suffix(2).joined(separator: "/") }

  static func madeUp(
    _ reader: any ProgressReader.Type, rows: Int, last: [Metric: Double], events: [String] = [],
    facts: [String: String] = [:]
  ) -> LogFixture {
    let known = ["framework": reader.format, "kind": "training"]
    return LogFixture(
      path: Fixtures.path("logs/\(Fixtures.name(reader.format)).log"), format: reader.format,
      rows: rows, last: last, events: events, facts: facts.merging(known) { own, _ in own },
      isAll: true)
  }

  /// What the log says, each line handed over a second after the one before.
  func read() -> (observations: [Observation], parser: LogParser) {
    var parser = LogParser(machine: "box", name: path, label: path)
    var splitter = LineSplitter()
    var time = LogFormatTests.start
    var heard: [Observation] = []
    Fixtures.readFile(path).withUnsafeBufferPointer { bytes in
      splitter.feed(bytes) { line, isCut in
        time = time + 1
        parser.take(line, isCut: isCut, arrival: time)
        heard += parser.flush(arrival: time)
      }
    }
    // What carries a time of its own waits for more of the same time.
    heard += parser.flush(arrival: time + 1)
    return (heard, parser)
  }
}

extension LogFixture {
  /// The made-up log of each format.
  static let madeUp: [LogFixture] =
    kinds + [
      .madeUp(
        NanoGPTReader.self, rows: 8,
        last: [
          .step: 50, .validationLoss: 3.5561, .loss: 3.3025, .tokens: 12_288_000,
          .stepTime: 0.21248,
          .reportedMFU: 0.3491,
        ], facts: ["parameters": "29940000", "tokens_per_step": "245760"]),
      .madeUp(
        HuggingFaceReader.self, rows: 12,
        last: [
          .step: 40, .stepTotal: 40, .samples: 2560, .stepTime: 3.01, .loss: 2.6332,
          .gradientNorm: 1.65625, .epoch: 2, .learningRate: 1.25e-6, .tokens: 2_621_440,
          .validationLoss: 2.8613, .evaluationTime: 4.0718,
        ], events: ["training ended after 127 s"],
        facts: [
          "accumulation": "4", "global_batch": "64", "steps": "40", "train_samples": "1280",
          "trainable_parameters": "123586560",
        ]),
      .madeUp(
        TorchtitanReader.self, rows: 4,
        last: [
          .step: 20, .stepTotal: 400, .loss: 6.3328, .gradientNorm: 3.4209, .tokens: 327_680,
          .tokenRate: 18_412, .samples: 320, .reportedMFU: 0.3258, .reportedFLOPRate: 3.2219e14,
          .peakMemory: 8_536_247_501, .validationLoss: 7.1406,
        ],
        facts: [
          "global_batch": "16", "model": "llama3 debugmodel", "parameters": "58724352",
          "rate_scope": "device", "sequence_length": "1024", "world_size": "8",
        ]),
      .madeUp(
        TorchtuneReader.self, rows: 4,
        last: [
          .step: 3, .loss: 2.5833, .learningRate: 1.2e-6, .tokenRate: 2236.75,
          .peakMemory: 19_595_788_288, .validationLoss: 2.6875, .gradientNorm: 1.375,
        ], facts: ["rate_scope": "device"]),
      .madeUp(
        MegatronReader.self, rows: 5,
        last: [
          .step: 40, .stepTotal: 600, .learningRate: 0.00018, .tokens: 10_485_760, .samples: 5120,
          .stepTime: 2.7628, .loss: 8.705518, .gradientNorm: 2.904, .validationLoss: 9.587332,
        ],
        facts: [
          "global_batch": "128", "heads": "16", "layers": "24", "micro_batch": "4",
          "model_width": "2048", "pipeline_parallel": "2", "precision": "bf16",
          "sequence_length": "2048", "tensor_parallel": "4", "world_size": "32",
        ]),
      .madeUp(
        DeepSpeedReader.self, rows: 4,
        last: [
          .step: 20, .learningRate: 1.4925e-5, .samples: 1920, .sampleRate: 192, .stepTime: 0.5,
          .peakMemory: 22_280_142_848,
        ], facts: ["global_batch": "96", "world_size": "8"]),
      .madeUp(
        NeMoReader.self, rows: 3,
        last: [
          .step: 2, .stepTotal: 200, .loss: 9.846, .learningRate: 4.5e-6, .stepTime: 5.098,
          .samples: 768, .validationLoss: 9.902, .gradientNorm: 3.25, .reportedFLOPRate: 4.187e14,
        ], facts: ["global_batch": "256"]),
      .madeUp(
        MaxTextReader.self, rows: 6,
        last: [
          .step: 4, .loss: 9.957, .tokens: 327_632, .tokenRate: 80629.921, .stepTime: 1.016,
          .reportedFLOPRate: 1.62975e14, .validationLoss: 10.312,
        ], facts: ["parameters": "336000000", "rate_scope": "device"]),
      .madeUp(
        ComposerReader.self, rows: 16,
        last: [
          .step: 2, .stepTotal: 2400, .samples: 256, .tokens: 524_288, .peakMemory: 31_750_000_000,
          .loss: 10.7261, .sampleRate: 54.375, .tokenRate: 13920.5, .reportedFLOPRate: 1.3425e14,
          .reportedMFU: 0.4303, .gradientNorm: 1.8125, .validationLoss: 10.6875,
        ], facts: ["rate_scope": "device"]),
      .madeUp(
        LLaMAFactoryReader.self, rows: 4,
        last: [
          .step: 30, .stepTotal: 200, .loss: 1.8833, .epoch: 0.3, .learningRate: 7.5e-5,
          .tokens: 1_244_160, .stepTime: 10.2, .validationLoss: 1.8517,
        ]),
      .madeUp(
        MLPerfReader.self, rows: 6, last: [.samples: 5200, .sampleRate: 217.25, .accuracy: 0.7219],
        events: ["MLPerf run started", "MLPerf run stopped: success"],
        facts: [
          "benchmark": "bert", "global_batch": "512", "sequence_length": "256",
          "train_samples": "150000000",
        ]),
      .madeUp(
        StepTableReader.self, rows: 5,
        last: [
          .validationLoss: 10.276512, .step: 3, .stepTotal: 800, .loss: 10.391087,
          .gradientNorm: 6.0375, .learningRate: 2.57e-6, .tokens: 393_216, .tokenRate: 86_938,
          .stepTime: 1.50775, .reportedMFU: 0.316,
        ],
        facts: [
          "global_batch": "256", "heads": "12", "layers": "12", "model_width": "768",
          "parameters": "124475904", "precision": "bf16", "rate_scope": "job",
          "sequence_length": "512", "tokens_per_step": "131072", "vocabulary": "50257",
          "world_size": "2",
        ]),
      .madeUp(
        LossFileReader.self, rows: 9,
        last: [
          .step: 5, .validationLoss: 9.4418, .accuracy: 0.2531, .loss: 9.7371, .gradientNorm: 4.5,
          .learningRate: 0.0001,
        ]),
      .madeUp(
        ModdedNanoGPTReader.self, rows: 6,
        last: [
          .step: 12, .stepTotal: 600, .validationLoss: 7.9731, .loss: 7.9956, .stepTime: 0.0837,
        ]),
      .madeUp(
        MinGPTReader.self, rows: 4, last: [.step: 30, .loss: 2.71904, .stepTime: 0.01845],
        facts: ["parameters": "2670000"]),
      .madeUp(
        TimmReader.self, rows: 6,
        last: [
          .step: 301, .loss: 6.31, .epoch: 1.497512, .learningRate: 0.001, .sampleRate: 500.98,
          .stepTime: 0.511, .dataTime: 0.021, .validationLoss: 6.448, .accuracy: 0.0187,
        ]),
      .madeUp(
        MMEngineReader.self, rows: 4,
        last: [
          .step: 170, .loss: 1.25, .gradientNorm: 8.125, .epoch: 1.416667, .learningRate: 0.01,
          .stepTime: 0.4094, .dataTime: 0.0156, .peakMemory: 5_637_144_576, .accuracy: 0.4125,
        ]),
      .madeUp(
        Detectron2Reader.self, rows: 3,
        last: [
          .step: 59, .loss: 2.125, .learningRate: 0.001004, .stepTime: 0.4328, .dataTime: 0.0114,
          .peakMemory: 4_416_602_112,
        ]),
      .madeUp(
        MXNetReader.self, rows: 5, last: [.epoch: 1, .sampleRate: 2519.5, .accuracy: 0.06125]),
      .madeUp(
        DLLoggerReader.self, rows: 4,
        last: [
          .step: 40, .loss: 6.4375, .epoch: 1, .learningRate: 0.0512, .sampleRate: 2198.5,
          .dataTime: 0.0082, .validationLoss: 6.625, .accuracy: 0.0175,
        ]),
      .madeUp(
        JSONRowsReader.self, rows: 4,
        last: [
          .step: 30, .loss: 3.125, .epoch: 0.75, .learningRate: 0.0002, .gradientNorm: 1.0625,
          .stepTime: 0.5, .validationLoss: 3.375,
        ]),
      .madeUp(
        ProgressBarReader.self, rows: 5,
        last: [
          .step: 375, .epoch: 1.5, .loss: 3.25, .stepTime: 0.320513, .validationLoss: 3.5,
          .evaluationTime: 2,
        ]),
      .madeUp(
        LitGPTReader.self, rows: 3,
        last: [.step: 32, .loss: 2.826, .validationLoss: 2.861, .stepTime: 0.1122]),
      .madeUp(
        LevanterReader.self, rows: 2,
        last: [.step: 101, .stepTotal: 10_000, .loss: 4.3, .stepTime: 2]),
      .madeUp(
        SlimeReader.self, rows: 3,
        last: [
          .step: 3, .loss: 0.0113, .gradientNorm: 0.21, .tokenRate: 2355.6, .stepTime: 40.2,
          .learningRate: 1e-6,
        ],
        facts: ["rate_scope": "device"]),
      .madeUp(
        OLMoCoreReader.self, rows: 11,
        last: [
          .step: 11, .stepTotal: 1000, .loss: 5.023, .tokenRate: 32_768, .tokens: 11_534_336,
          .reportedMFU: 0.381, .gradientNorm: 0.91, .learningRate: 0.0001,
        ], facts: ["rate_scope": "device"]),
      .madeUp(
        ImageNetReader.self, rows: 5,
        last: [
          .step: 5016, .loss: 5.5, .accuracy: 0.1234, .epoch: 1.002198, .stepTime: 0.345,
          .dataTime: 0.001,
        ]),
      .madeUp(
        ESPnetReader.self, rows: 3,
        last: [
          .step: 300, .loss: 140.5, .gradientNorm: 60.1, .stepTime: 0.41, .dataTime: 0.00012,
        ]),
      .madeUp(
        StepBlocksReader.self, rows: 4,
        last: [.step: 2, .stepTotal: 1000, .loss: 0.0113, .stepTime: 44.67]),
      .madeUp(
        RSLRLReader.self, rows: 6,
        last: [.step: 67, .stepTotal: 30_000, .samples: 196_608, .stepTime: 1.6]),
      .madeUp(
        StableBaselinesReader.self, rows: 4,
        last: [.samples: 24_576, .sampleRate: 812, .loss: 3.21, .learningRate: 0.0003]),
      .madeUp(
        NamedValuesReader.self, rows: 3,
        last: [
          .step: 12, .loss: 2.281, .learningRate: 3e-5, .sampleRate: 25.6, .tokenRate: 13107.2,
          .stepTime: 1.25,
        ], facts: ["rate_scope": "device"]),
    ]
}
