import Quantities
import Telemetry
import Testing

@testable import Formats
@testable import JobLogs

/// Real logs of public trainings, where they lie beside the package.
@Suite struct LogFixtureTests {
  /// What a log says, its lines handed over one by one a second apart.
  static func rows(_ path: String) -> (rows: [Reading], heard: [Observation]) {
    var parser = LogParser(machine: "box", name: path, label: path)
    var splitter = LineSplitter()
    var time = LogFormatTests.start
    var heard: [Observation] = []
    Fixtures.read(path).withUnsafeBufferPointer { bytes in
      splitter.feed(bytes) { line, isCut in
        time = time + 1
        parser.take(line, isCut: isCut, arrival: time)
        heard += parser.flush(arrival: time)
      }
    }
    return (heard.readings, heard)
  }

  static let isThere = Fixtures.exists("training/README.md")

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func nanoGPT() throws {
    let (all, heard) = Self.rows("training/nanogpt/shakespeare_char.log")
    let rows = all.filter { $0[.loss] != nil }
    #expect(rows.count == 501)
    #expect(rows.first?[.step] == 0)
    #expect(rows.first?[.reportedMFU] == nil)
    #expect(rows.first?[.stepTime].map { abs($0 - 17.49139) < 1e-9 } == true)
    #expect(rows.last?[.step] == 5000)
    #expect(rows.last?[.loss] == 0.8068)
    #expect(rows.last?[.reportedMFU] == 0.0844)
    #expect(rows.compactMap { $0[.stepTime] }.sorted()[250] == 0.03657)
    let evaluations = all.compactMap { $0[.validationLoss] }
    #expect(evaluations.count == 21)
    #expect(evaluations.last == 1.7189)
    #expect(evaluations.min() == 1.4720)
    #expect(heard.events.isEmpty)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func megatron() throws {
    let (all, heard) = Self.rows("training/megatron/megatron_gpt2_n4.out")
    let rows = all.filter { $0[.validationLoss] == nil }
    #expect(rows.map { $0[.step] ?? 0 } == (1...20).map { Double($0) * 10 })
    #expect(rows.first?[.loss] == nil)
    #expect(rows[1][.gradientNorm] == nil)
    #expect(rows.last?[.loss] == 7.365868)
    #expect(rows.last?[.stepTime] == 1.3822)
    #expect(rows.last?[.tokens] == 819_200.0)
    #expect(rows.last?[.samples] == 800.0)
    #expect(heard.events.isEmpty)
    let facts = try #require(heard.devices.last?.attributes)
    #expect(facts["sequence_length"] == "1024")
    #expect(facts["layers"] == "40")
    #expect(facts["model_width"] == "6144")
    #expect(facts["heads"] == "32")
    #expect(facts["world_size"] == "16")
    #expect(facts["precision"] == "fp16")
    let other = Self.rows("training/megatron/megatron_ds3d_n16.out")
    #expect(other.rows.count == 62)
    #expect(other.rows.last?[.step] == 62)
    #expect(other.rows.last?[.stepTotal] == 1000)
    #expect(other.rows.last?[.samples] == 63_488)
    #expect(other.rows.last?[.tokens] == 65_011_712.0)
    #expect(other.rows.last?[.stepTime] == 125.2478)
    #expect(other.rows.last?[.loss] == 20.43871)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func huggingFace() throws {
    let (rows, heard) = Self.rows("training/hf-trainer/slurm_hf_deepspeed_tqdm.out")
    #expect(rows.compactMap { $0[.step] }.max() == 16)
    #expect(rows.allSatisfy { $0[.stepTotal].map { $0 == 16 } ?? true })
    #expect(Set(rows.compactMap { $0[.step] }) == Set((0...16).map(Double.init)))
    #expect(rows.compactMap { $0[.samples] }.max() == 1024)
    #expect(heard.events.map(\.text) == ["training ended after 919 s"])
    let facts = try #require(heard.devices.last?.attributes)
    #expect(facts["framework"] == "Hugging Face Trainer or tqdm")
    #expect(facts["global_batch"] == "64")
    #expect(facts["train_samples"] == "1000")
    #expect(facts["world_size"] == "16")
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func moddedNanoGPT() throws {
    let (rows, heard) = Self.rows("training/modded-nanogpt/2024-11-24_windowwarmup.txt")
    #expect(rows.count == 1765)
    #expect(rows.filter { $0[.loss] != nil }.count == 1750)
    #expect(rows.filter { $0[.validationLoss] != nil }.count == 15)
    #expect(rows.last?[.step] == 1750)
    #expect(rows.last?[.validationLoss] == 3.2745)
    #expect(rows.last?[.stepTime] == 0.16057)
    #expect(heard.events.isEmpty)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func llmc() throws {
    let medium = Self.rows("training/llmc/main_medium_2025-01-18.log").rows
    #expect(medium.count == 241)
    #expect(medium.allSatisfy { $0[.loss] == nil })
    #expect(medium.last?[.step] == 60_000)
    #expect(medium.last?[.validationLoss] == 2.9282)
    let (twin, heard) = Self.rows("training/llmc/pytorch_adamw_2024-06-06.log")
    #expect(twin.filter { $0[.loss] != nil }.count == 9536)
    #expect(twin.filter { $0[.validationLoss] != nil }.count == 76)
    #expect(twin.last?[.step] == 9536)
    #expect(twin.last?[.validationLoss] == 3.275959)
    #expect(heard.events.isEmpty)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func llamaFactory() throws {
    let (rows, heard) = Self.rows("training/llamafactory/trainer_log.jsonl")
    #expect(rows.count == 436)
    let last = try #require(rows.last { $0[.loss] != nil })
    #expect(last[.step] == 2175)
    #expect(last[.loss] == 1.9787)
    #expect(last[.stepTime].map { 380..<410 ~= $0 } == true)
    #expect(rows.last?[.step] == 2178)
    #expect(rows.last?[.stepTotal] == 2178)
    #expect(rows.last?[.loss] == nil)
    #expect(heard.events.isEmpty)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func deepSpeed() throws {
    let (all, heard) = Self.rows("training/deepspeed/reward_opt350m.log")
    let rows = all.filter { $0[.sampleRate] != nil }
    #expect(rows.count == 184)
    #expect(rows.last?[.step] == 1840)
    #expect(rows.last?[.sampleRate].map { 218.17..<218.19 ~= $0 } == true)
    #expect(heard.events.isEmpty)
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func mlperf() throws {
    let (bert, heard) = Self.rows("training/mlperf/lenovo_8xB200_bert/result_0.txt")
    #expect(heard.events.map(\.text) == ["MLPerf run started", "MLPerf run stopped: success"])
    let events = heard.events
    #expect(abs(events[1].time - events[0].time - 220.176) < 1e-6)
    let evaluations = bert.filter { $0[.accuracy] != nil }
    #expect(evaluations.count == 17)
    #expect(evaluations.last?[.accuracy] == 0.720333)
    #expect(evaluations.last?[.samples] == 2_549_478)
    #expect(bert.compactMap { $0[.sampleRate] }.last.map { 11_579..<11_580 ~= $0 } == true)
    #expect(heard.devices.last?.attributes["global_batch"] == "768")
    let lora = Self.rows("training/mlperf/lenovo_8xB200_llama2_70b_lora/result_0.txt")
    #expect(abs(lora.heard.events[1].time - lora.heard.events[0].time - 655.908) < 1e-6)
    #expect(lora.rows.filter { $0[.validationLoss] != nil }.count == 5)
    let last = lora.rows.last { $0[.validationLoss] != nil }
    #expect(last?[.validationLoss] == 0.924984)
    #expect(last?[.samples] == 3072)
    #expect(last?[.accuracy] == nil)
    #expect(lora.rows.compactMap { $0[.sampleRate] }.last.map { 5.24..<5.25 ~= $0 } == true)
    #expect(lora.rows.compactMap { $0[.stepTime] }.last.map { 1.52..<1.53 ~= $0 } == true)
    let nemo = Self.rows("training/mlperf/hpe_h200_llama2_nemo_mixed/result_1.txt")
    #expect(nemo.rows.filter { $0[.loss] != nil }.count == 38)
    #expect(nemo.heard.devices.last?.attributes["framework"] == "MLPerf")
  }

  @Test(.enabled(if: isThere, "no ../shared/fixtures beside the package"))
  func mxnet() throws {
    let (rows, heard) = Self.rows("training/mlperf/alibaba_a100x8_resnet_mxnet/result.log")
    let rates = rows.compactMap { $0[.sampleRate] }
    #expect(rates.count == 779)
    #expect(rates.last == 21_321.68)
    #expect(rows.last { $0[.accuracy] != nil }?[.accuracy] == 0.76002)
    #expect(rows.last { $0[.accuracy] != nil }?[.epoch] == 41)
    #expect(heard.devices.last?.attributes["global_batch"] == "3264")
  }

  @Test(
    .enabled(if: isThere, "no ../shared/fixtures beside the package"),
    arguments: [
      "training/wandb/run-8kelgntz.wandb", "training/prometheus/vllm_opt125m.prom",
      "training/tfevents/events.out.tfevents.1585769947.cvp", "training/README.md",
      "training/mlperf/lenovo_8xB200_bert/power/result_0/node_0.txt",
    ])
  func whatIsOfNoFormatSaysNothing(path: String) {
    let (rows, heard) = Self.rows(path)
    #expect(rows.allSatisfy { $0[.loss] == nil })
    #expect(heard.events.isEmpty)
  }
}
