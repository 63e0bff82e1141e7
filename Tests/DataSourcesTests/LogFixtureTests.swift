import Quantities
import Telemetry
import Testing

@testable import DataSources

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

  @Test(
    .enabled(
      if: Fixtures.exists("training/nanogpt/shakespeare_char.log"),
      "no ../shared/fixtures beside the package"))
  func nanoGPT() throws {
    let (rows, heard) = Self.rows("training/nanogpt/shakespeare_char.log")
    #expect(rows.count == 501)
    #expect(rows.first?[.step] == 0)
    #expect(rows.first?[.reportedMFU] == nil)
    #expect(rows.first?[.stepTime].map { abs($0 - 17.49139) < 1e-9 } == true)
    #expect(rows.last?[.step] == 5000)
    #expect(rows.last?[.loss] == 0.8068)
    #expect(rows.last?[.reportedMFU] == 0.0844)
    #expect(heard.events.isEmpty)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/megatron/megatron_gpt2_n4.out"),
      "no ../shared/fixtures beside the package"))
  func megatron() throws {
    let (rows, heard) = Self.rows("training/megatron/megatron_gpt2_n4.out")
    #expect(rows.map { $0[.step] ?? 0 } == (1...20).map { Double($0) * 10 })
    #expect(rows.first?[.loss] == nil)
    #expect(rows.last?[.loss] == 7.365868)
    #expect(rows.last?[.stepTime] == 1.3822)
    #expect(rows.last?[.tokens] == 819_200.0)
    #expect(heard.events.isEmpty)
    let other = Self.rows("training/megatron/megatron_ds3d_n16.out")
    #expect(other.rows.count == 62)
    #expect(other.rows.last?[.step] == 62)
    #expect(other.rows.last?[.stepTotal] == 1000)
    #expect(other.rows.last?[.tokens] == 65_011_712.0)
    #expect(other.rows.last?[.stepTime] == 125.2478)
    #expect(other.rows.last?[.loss] == 20.43871)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/hf-trainer/slurm_hf_deepspeed_tqdm.out"),
      "no ../shared/fixtures beside the package"))
  func huggingFace() throws {
    let (rows, heard) = Self.rows("training/hf-trainer/slurm_hf_deepspeed_tqdm.out")
    #expect(rows.compactMap { $0[.step] }.max() == 16)
    #expect(rows.allSatisfy { $0[.stepTotal].map { $0 == 16 } ?? true })
    #expect(Set(rows.compactMap { $0[.step] }) == Set((0...16).map(Double.init)))
    #expect(heard.events.map(\.text) == ["training ended after 919 s"])
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/modded-nanogpt/2024-11-24_windowwarmup.txt"),
      "no ../shared/fixtures beside the package"))
  func moddedNanoGPT() throws {
    let (rows, _) = Self.rows("training/modded-nanogpt/2024-11-24_windowwarmup.txt")
    #expect(rows.count == 1750)
    #expect(rows.last?[.step] == 1750)
  }

  @Test(
    .enabled(
      if: Fixtures.exists("training/deepspeed/reward_opt350m.log"),
      "no ../shared/fixtures beside the package"),
    arguments: [
      "training/deepspeed/reward_opt350m.log", "training/llamafactory/trainer_log.jsonl",
      "training/mlperf/hpe_h200_llama2_nemo_mixed/result_1.txt",
      "training/mlperf/alibaba_a100x8_resnet_mxnet/result.log",
      "training/wandb/run-8kelgntz.wandb", "training/prometheus/vllm_opt125m.prom",
    ])
  func whatIsOfNoFormatSaysNothing(path: String) {
    let (rows, heard) = Self.rows(path)
    #expect(rows.allSatisfy { $0[.loss] == nil })
    #expect(heard.events.isEmpty)
  }
}
