import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Every format by its own lines, whole and torn.
@Suite struct LogReaderTests {
  static func parse(_ text: String) -> [Observation] { LogFormatTests.parse(text) }

  @Test func llmcWithItsTable() throws {
    let heard = Self.parse(
      """
      +-----------------------+----------------------------------------------------+
      | Parameter             | Value                                              |
      | micro batch size B    | 64                                                 |
      | sequence length T     | 1024                                               |
      | total batch size      | 524288                                             |
      | max_sequence_length T | 2048                                               |
      | vocab_size V          | 50257                                              |
      | num_layers L          | 12                                                 |
      | channels C            | 768                                                |
      | num_parameters        | 124475904                                          |
      | precision             | BF16                                               |
      | num_processes         | 8                                                  |
      val loss 10.9876
      step    1/19560 | loss 10.97 (+nanz)| norm 15.3 (+nanz)| lr 8.57e-07 | 297.10 ms | 41.2% bf16 MFU | 1764823 tok/s
      step    2/19560 | loss 10.5 (+nanz)| norm 15.1 (+nanz)| lr 1.71e-06 | 297.20 ms | -100.0% bf16 MFU | 1764000 tok/s
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [nil, 1, 2])
    #expect(rows[0][.validationLoss] == 10.9876)
    #expect(rows[1][.tokens] == 524_288)
    #expect(rows[2][.tokens] == 1_048_576)
    #expect(rows[2][.reportedMFU] == nil)
    #expect(rows[1][.gradientNorm] == 15.3)
    let facts = try #require(heard.devices.last?.attributes)
    #expect(facts["parameters"] == "124475904")
    #expect(facts["sequence_length"] == "1024")
    #expect(facts["global_batch"] == "512")
    #expect(facts["vocabulary"] == "50257")
    #expect(facts["layers"] == "12")
    #expect(facts["model_width"] == "768")
    #expect(facts["precision"] == "bf16")
    #expect(facts["world_size"] == "8")
    #expect(facts["rate_scope"] == "job")
  }

  /// Half the world writes fractions with a comma: such a loss is unknown, and no thousands of it.
  @Test(arguments: ["4,990", "4,9900", "4,9", "4,990 lr 0,001"])
  func aLossWithACommaIsUnknown(loss: String) {
    let rows = Self.parse((1...9).map { "step \($0) loss \(loss)\n" }.joined()).readings
    #expect(rows.allSatisfy { $0[.loss] == nil && $0[.learningRate] == nil })
  }

  @Test func llmcOnProcessorsAndItsTwin() throws {
    let rows = Self.parse(
      """
      step 3: train loss 5.191557 (took 1234.560000 ms)
      step    4/20 | train loss 5.270007 | norm 30.2 | lr 1.00e-04 | (102.50 ms | 40000 tok/s)
      step 5: train loss 5.1 (took 12
      """
    ).readings
    #expect(rows.map { $0[.step] } == [3, 4])
    #expect(rows.map { $0[.loss] } == [5.191557, 5.270007])
    #expect(rows.map { $0[.stepTime] } == [1.23456, 0.1025])
    #expect(rows[1][.tokenRate] == 40_000)
  }

  @Test func lossFiles() throws {
    let rows = Self.parse(
      """
      0 val 10.9500
      0 hella 0.2463
      0 train 10.955032
      1 train 10.5
      s:250 tel:6.3097
      s:250 trl:6.3571 lr:0.000600 norm:1.25
      s:250 eval:0.2944
      s:251 tr
      12 trains left
      """
    ).readings
    #expect(rows.map { $0[.step] } == [0, 0, 0, 1, 250, 250, 250])
    #expect(rows.map { $0[.validationLoss] } == [10.95, nil, nil, nil, 6.3097, nil, nil])
    #expect(rows[1][.accuracy] == 0.2463)
    #expect(rows[5][.learningRate] == 6e-4)
    #expect(rows[5][.gradientNorm] == 1.25)
  }

  @Test func buildNanoGPTCountsTokens() throws {
    let heard = Self.parse(
      """
      total desired batch size: 524288
      => calculated gradient accumulation steps: 32
      step     5 | loss: 6.813421 | lr 4.2857e-05 | norm: 2.1000 | dt: 338.25ms | tok/sec: 1550213.40
      """)
    #expect(heard.readings.first?[.tokens] == 2_621_440)
    #expect(heard.readings.first?[.gradientNorm] == 2.1)
  }

  @Test func minGPT() throws {
    let rows = Self.parse("iter_dt 12.30ms; iter 100: train loss 2.30412\niter_dt 1").readings
    #expect(rows.map { $0[.step] } == [100])
    #expect(rows.first?[.loss] == 2.30412)
    #expect(rows.first?[.stepTime] == 0.0123)
  }

  @Test func huggingFaceHeadEvaluationAndAxolotl() throws {
    let heard = Self.parse(
      """
      [INFO|trainer.py:2128] 2026-05-25 06:38:26,284 >> ***** Running training *****
      [INFO|trainer.py:2129] 2026-05-25 06:38:26,285 >>   Num examples = 1,000
      [INFO|trainer.py:2133] 2026-05-25 06:38:26,285 >>   Total train batch size (w. parallel, distributed & accumulation) = 64
      [INFO|trainer.py:2134] 2026-05-25 06:38:26,285 >>   Gradient Accumulation steps = 4
      [INFO|trainer.py:2135] 2026-05-25 06:38:26,285 >>   Total optimization steps = 409
      [INFO|trainer.py:2136] 2026-05-25 06:38:26,285 >>   Number of trainable parameters = 124,439,808
      100%|██████████| 5/5 [00:00<00:00, 12.30it/s]
        5%|▌         | 20/409 [01:58<13:41,  4.00it/s]
      {'loss': 2.5, 'grad_norm': 6.8, 'learning_rate': 5e-05, 'tokens/train_per_sec_per_gpu': 1500.5, 'tokens/total': 4096, 'memory/max_active (GiB)': 12.5, 'epoch': 0.05}
      {'eval_loss': 1.5, 'eval_accuracy': 0.5, 'eval_runtime': 3.1, 'epoch': 0.05}
      {'loss': nan, 'grad_norm': inf, 'learning_rate': 5e-05, 'epoch': 0.06}
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [20, 20, 20, 20])
    #expect(rows[0][.samples] == 1280)
    #expect(rows[1][.gradientNorm] == 6.8)
    #expect(rows[1][.tokens] == 4096)
    #expect(rows[1][.tokenRate] == 1500.5)
    #expect(rows[1][.peakMemory] == 13_421_772_800)
    #expect(rows[1][.epoch] == 0.05)
    #expect(rows[2][.validationLoss] == 1.5)
    #expect(rows[2][.accuracy] == 0.5)
    #expect(rows[3][.loss] == nil)
    #expect(rows[3][.gradientNorm] == nil)
    let facts = try #require(heard.devices.last?.attributes)
    #expect(facts["train_samples"] == "1000")
    #expect(facts["global_batch"] == "64")
    #expect(facts["accumulation"] == "4")
    #expect(facts["trainable_parameters"] == "124439808")
    #expect(facts["rate_scope"] == "device")
  }

  @Test func describedBars() throws {
    let rows = Self.parse(
      """
      Downloading shards: 100%|██████████| 5/5 [00:10<00:00,  2.00s/it]
      Evaluating:  50%|█████     | 5/10 [00:10<00:00,  2.00s/it]
      Steps:   5%|▌         | 50/1000 [00:30<09:30,  1.60it/s, lr=1e-5, step_loss=0.12]
      Steps:   6%|▌         | 60/1000 [00:30<09:30,  ?it/s]
      """
    ).readings
    #expect(rows.map { $0[.step] } == [50, 60])
    #expect(rows.map { $0[.stepTime] } == [0.625, nil])
    #expect(rows.map { $0[.loss] } == [0.12, nil])
    #expect(rows[0][.learningRate] == 1e-5)
    let epochs = Self.parse(
      """
      Epoch 0:  50%|█████     | 500/1000 [01:00<01:13,  8.00it/s, v_num=0, loss=2.31]
      Epoch 1:  25%|██▌       | 250/1000 [01:00<01:13,  8.00it/s, v_num=0, loss=2.01]
      """
    ).readings
    #expect(epochs.map { $0[.step] } == [500, 1250])
    #expect(epochs.map { $0[.epoch] } == [0.5, 1.25])
    // Lightning counts passes from 0; nobody knows from where another program does.
    let known = Self.parse(
      "Epoch 7:  50%|█████     | 500/1000 [01:00<01:13,  8.00it/s, v_num=0, loss=2.31]")
    #expect(known.readings.first?[.step] == 7500)
    let unknown = Self.parse(
      "Epoch 7:  50%|█████     | 500/1000 [01:00<01:13,  8.00it/s, loss=2.31]")
    #expect(unknown.readings.first?[.step] == nil)
    #expect(unknown.readings.first?[.loss] == 2.31)
  }

  @Test func torchtitanWithItsHead() throws {
    let head = "[titan] 2026-02-24 19:46:17,508 - root - INFO - "
    let heard = Self.parse(
      """
      \(head)Model llama3 8B size: 8,030,261,248 total parameters
      \(head)Building 2-D device mesh with ['dp_shard', 'tp'], [4, 2]
      \(head)Training starts at step 1, with local batch size 1, global batch size 8, sequence length 2048, total steps 1000 (warmup 200)
      \(head)step: 10  loss:  7.62585  grad_norm: 26.6250  memory: 66.91GiB(37.51%)  tps: 10,050  tflops: 314.71  mfu: 13.99%
      """)
    #expect(heard.readings.first?[.tokens] == 163_840)
    #expect(heard.readings.first?[.samples] == 80)
    #expect(heard.readings.first?[.stepTotal] == 1000)
    let facts = try #require(heard.devices.last?.attributes)
    #expect(facts["world_size"] == "8")
    #expect(facts["parameters"] == "8030261248")
    #expect(facts["global_batch"] == "8")
    #expect(facts["sequence_length"] == "2048")
    #expect(facts["model"] == "llama3 8B")
  }

  @Test func torchtune() throws {
    let rows = Self.parse(
      "Step 12 | loss:2.31 lr:2e-05 tokens_per_second_per_gpu:1234.5 peak_memory_active:13.5 grad_norm:1.5 \nStep 13 | "
    ).readings
    #expect(rows.count == 1)
    #expect(rows.first?[.tokenRate] == 1234.5)
    #expect(rows.first?[.gradientNorm] == 1.5)
    #expect(rows.first?[.peakMemory] == 14_495_514_624)
  }
}
