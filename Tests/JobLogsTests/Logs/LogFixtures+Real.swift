import Telemetry
import TestSupport

@testable import JobLogs

extension LogFixture {
  /// The logs of public trainings that are there.
  static var real: [LogFixture] {
    language.compactMap(\.self) + others.compactMap(\.self)
  }

  private static func real(
    _ name: String, rows: Int? = nil, last: [Metric: Double], counts: [Metric: Int] = [:],
    events: [String] = [], facts: [String: String] = [:]
  ) -> LogFixture? {
    Fixtures.real("training/\(name)").map {
      LogFixture(path: $0, rows: rows, last: last, counts: counts, events: events, facts: facts)
    }
  }

  private static var language: [LogFixture?] {
    [
      real(
        "nanogpt/shakespeare_char.log", rows: 522,
        last: [.step: 5000, .loss: 0.8068, .reportedMFU: 0.0844, .validationLoss: 1.7189],
        counts: [.loss: 501, .validationLoss: 21]),
      real(
        "megatron/megatron_gpt2_n4.out", rows: 22,
        last: [
          .step: 200, .loss: 7.365868, .stepTime: 1.3822, .tokens: 819_200, .samples: 800,
        ], counts: [.stepTime: 20, .validationLoss: 2],
        facts: [
          "sequence_length": "1024", "layers": "40", "model_width": "6144", "heads": "32",
          "world_size": "16", "precision": "fp16",
        ]),
      real(
        "megatron/megatron_ds3d_n16.out", rows: 62,
        last: [
          .step: 62, .stepTotal: 1000, .samples: 63_488, .tokens: 65_011_712, .stepTime: 125.2478,
          .loss: 20.43871,
        ]),
      real(
        "hf-trainer/slurm_hf_deepspeed_tqdm.out",
        last: [.step: 16, .stepTotal: 16, .samples: 1024], events: ["training ended after 919 s"],
        facts: [
          "framework": "Hugging Face Trainer", "global_batch": "64",
          "train_samples": "1000", "world_size": "16",
        ]),
      real(
        "modded-nanogpt/2024-11-24_windowwarmup.txt", rows: 1765,
        last: [.step: 1750, .validationLoss: 3.2745, .stepTime: 0.16057],
        counts: [.loss: 1750, .validationLoss: 15]),
      real(
        "llmc/main_medium_2025-01-18.log", rows: 241,
        last: [.step: 60_000, .validationLoss: 2.9282], counts: [.loss: 0]),
      real(
        "llmc/pytorch_adamw_2024-06-06.log", rows: 9612,
        last: [.step: 9536, .validationLoss: 3.275959],
        counts: [.loss: 9536, .validationLoss: 76]),
      real(
        "llamafactory/trainer_log.jsonl", rows: 436,
        last: [.step: 2178, .stepTotal: 2178, .loss: 1.9787, .stepTime: 479], counts: [.loss: 435]),
    ]
  }

  private static var others: [LogFixture?] {
    [
      real(
        "deepspeed/reward_opt350m.log", last: [.step: 1840, .sampleRate: 218.177],
        counts: [.sampleRate: 184]),
      real(
        "mlperf/lenovo_8xB200_bert/result_0.txt",
        last: [.accuracy: 0.720333, .samples: 2_549_478, .sampleRate: 11_579.233],
        counts: [.accuracy: 17],
        events: ["MLPerf run started", "MLPerf run stopped: success"],
        facts: ["global_batch": "768"]),
      real(
        "mlperf/lenovo_8xB200_llama2_70b_lora/result_0.txt",
        last: [
          .validationLoss: 0.924984, .samples: 3072, .sampleRate: 5.246, .stepTime: 1.524956,
        ],
        counts: [.validationLoss: 5, .accuracy: 0],
        events: ["MLPerf run started", "MLPerf run stopped: success"]),
      real(
        "mlperf/hpe_h200_llama2_nemo_mixed/result_1.txt", last: [:], counts: [.loss: 38],
        events: ["MLPerf run started", "MLPerf run stopped: success"],
        facts: ["framework": "MLPerf"]),
      real(
        "mlperf/alibaba_a100x8_resnet_mxnet/result.log",
        last: [.sampleRate: 21_321.68, .accuracy: 0.76002, .epoch: 41],
        counts: [.sampleRate: 779],
        events: ["MLPerf run started", "MLPerf run stopped: success"],
        facts: ["global_batch": "3264"]),
    ]
  }
}
