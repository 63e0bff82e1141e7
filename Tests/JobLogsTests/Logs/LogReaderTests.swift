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

  @Test func megatronWithEnergy() throws {
    let heard = Self.parse(
      """
       [2026-08-22 15:22:42.123456] iteration       20/    1000 | consumed samples:           80 | elapsed time per iteration (ms): 1354.9 | throughput per GPU (TFLOP/s/GPU): 411.2 | energy per GPU (J/iter/GPU): 812.5 | power per GPU (W/GPU): 599.7 | learning rate: 3.750E-05 | global batch size:     4 | lm loss: 1.203115E+01 | loss scale: 1.0 | grad norm: 1.250 | number of skipped iterations:   0 | number of nan iterations:   0 |
       [2026-08-22 15:22:43.123456] iteration       30/    1000 | consumed samples:          120 | elapsed time per iteration (ms): 1354.9 | energy per GPU (J/iter/GPU): 0.0 | global batch size:     4 | lm loss: 1.1E+01 |
      """)
    let rows = heard.readings
    #expect(rows[0][.reportedFLOPRate] == 411.2e12)
    #expect(rows[0][.reportedStepEnergy] == 812.5)
    #expect(rows[0][.gradientNorm] == 1.25)
    #expect(rows[1][.reportedStepEnergy] == nil)
    #expect(heard.events.isEmpty)
    #expect(heard.devices.last?.attributes["global_batch"] == "4")
  }

  @Test func deepSpeed() throws {
    let heard = Self.parse(
      """
      [2023-04-18 01:47:00,000] [INFO] [config.py:957:print]   train_batch_size ............. 64
      Gr[2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] epoch=0/micro_step=70/global_step=70, RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=160.0, MemAllocated=3.96GB, MaxMemAllocated=22.5GB
      [2023-04-18 01:47:43,882] [INFO] [logging.py:96:log_dist] [Rank 0] step=70, skipped=6, lr=[9.5e-06, 9.5e-06], mom=[(0.9, 0.95)]
      steps: 80 loss: 7.7470 iter time (s): 2.181 samples/sec: 117.4
      fwd flops per GPU:                                                      1.2 T
      epoch=0/micro_step=70/global_step=90, RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=16
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [70, 70, 80])
    #expect(rows[0][.sampleRate] == 160)
    #expect(rows[0][.samples] == 4480)
    #expect(rows[0][.stepTime] == 0.4)
    #expect(rows[0][.peakMemory] == 24_159_191_040)
    #expect(rows[1][.learningRate] == 9.5e-6)
    #expect(rows[2][.loss] == 7.747)
    #expect(heard.devices.last?.attributes["global_batch"] == "64")
  }

  @Test func nemo() throws {
    let heard = Self.parse(
      "Training epoch 0, iteration 9/99 | lr: 5.7e-06 | global_batch_size: 512 | global_step: 9 | reduced_train_loss: 11.03 | train_step_timing in s: 12.3 | consumed_samples: 5120 | TFLOPS_per_GPU: 411.2 | val_loss: 10.9"
    )
    let row = try #require(heard.readings.first)
    #expect(row[.step] == 9)
    #expect(row[.stepTotal] == 100)
    #expect(row[.loss] == 11.03)
    #expect(row[.validationLoss] == 10.9)
    #expect(row[.samples] == 5120)
    #expect(row[.stepTime] == 12.3)
    #expect(row[.reportedFLOPRate] == 411.2e12)
  }

  @Test func composerInBlocksAndAsFile() throws {
    let rows = Self.parse(
      """
      [batch=10/4800]:
      \t Train loss/train/total: 9.8012
      \t Train throughput/device/tokens_per_sec: 10240.5
      \t Train throughput/device/mfu: 0.4103
      \t Train time/token: 20480
      \t Eval metrics/eval/LanguageCrossEntropy: 9.5
      [metric][batch=11]: {"loss/train/total": 9.75, "throughput/device/mfu": 0.41}
      """
    ).readings
    #expect(rows.map { $0[.step] } == [10, 10, 10, 10, 10, 10, 11])
    #expect(rows[0][.stepTotal] == 4800)
    #expect(rows[1][.loss] == 9.8012)
    #expect(rows[2][.tokenRate] == 10_240.5)
    #expect(rows[3][.reportedMFU] == 0.4103)
    #expect(rows[4][.tokens] == 20_480)
    #expect(rows[5][.validationLoss] == 9.5)
    #expect(rows[6][.loss] == 9.75)
  }

  @Test func maxTextWithoutItsFirstPromises() throws {
    let heard = Self.parse(
      """
      number parameters: 1.104 billion
      completed step: 0, seconds: 0.002, TFLOP/s/device: 917442.1, Tokens/s/device: 9999999.0, total_weights: 1000, loss: 10.9
      completed step: 1, seconds: 0.004, TFLOP/s/device: 90.1, Tokens/s/device: 99999.0, total_weights: 1000, loss: 10.8
      I0820 12:00:00.123456 140 metric_logger.py:100] completed step: 2, seconds: 5.667, TFLOP/s/device: 134.924, Tokens/s/device: 8672.758, total_weights: 900, loss: 10.374
      eval metrics after step: 2, loss=9.5, total_weights=1000
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [0, 1, 2, 2])
    #expect(rows.map { $0[.stepTime] } == [nil, nil, 5.667, nil])
    #expect(rows.map { $0[.tokenRate] } == [nil, nil, 8672.758, nil])
    #expect(rows.map { $0[.tokens] } == [1000, 2000, 2900, nil])
    #expect(rows[2][.reportedFLOPRate] == 134.924e12)
    #expect(rows[3][.validationLoss] == 9.5)
    #expect(heard.devices.last?.attributes["parameters"] == "1104000000")
    #expect(heard.events.isEmpty)
  }

  @Test func llamaFactory() throws {
    let rows = Self.parse(
      """
      {"current_steps": 5, "total_steps": 2178, "loss": 2.5, "lr": 1.5e-06, "epoch": 0.0025, "percentage": 0.23, "elapsed_time": "0:32:48", "remaining_time": "9 days, 21:39:23"}
      {"current_steps": 10, "total_steps": 2178, "loss": 2.25, "lr": 4e-06, "epoch": 0.005, "percentage": 0.46, "elapsed_time": "1 day, 0:32:48", "remaining_time": "9 days, 21:03:44", "throughput": 12.5, "total_tokens": 4096}
      """
    ).readings
    #expect(rows.map { $0[.step] } == [5, 10])
    #expect(rows.map { $0[.stepTime] } == [nil, 17_280])
    #expect(rows.map { $0[.tokens] } == [nil, 4096])
    #expect(rows[1][.tokenRate] == nil)
    #expect(rows[0][.learningRate] == 1.5e-6)
  }

  @Test func mlperfOfTheOldKind() throws {
    let heard = Self.parse(
      """
      :::MLL 1561426490.000 submission_benchmark: {"value": "resnet", "metadata": {"file": "a.py", "lineno": 1}}
      :::MLL 1561426491.000 run_start: {"value": null, "metadata": {"file": "a.py", "lineno": 2}}
      :::MLL 1561426495.331 eval_accuracy: {"value": 0.7203, "metadata": {"epoch_num": 4}}
      :::MLL 1561426496.000 run_stop: {"value": null, "metadata": {"status": "aborted"}}
      """)
    #expect(heard.events.map(\.text) == ["MLPerf run started", "MLPerf run stopped: aborted"])
    #expect(heard.readings.first?[.samples] == 0, "the account begins with the run")
    let row = try #require(heard.readings.first { $0[.accuracy] != nil })
    #expect(row.time == Timestamp(nanoseconds: 1_561_426_495_331_000_000))
    #expect(row[.accuracy] == 0.7203)
    #expect(row[.epoch] == 4)
  }

  @Test func imageTrainings() throws {
    let timm = Self.parse(
      """
      Train: 1 [  50/1000 (  5%)]  Loss: 6.94 (6.95)  Time: 0.350s,  731.4/s  (0.36s,  711.1/s)  LR: 1.000e-06  Data: 0.012 (0.034)
      Test: [  10/78]  Time: 0.1 (0.2)  Loss:   1.2 ( 1.3)  Acc@1:  70.1 ( 72.3)  Acc@5:  90 ( 91)
      Test: [  78/78]  Time: 0.1 (0.2)  Loss:   1.2 ( 1.5)  Acc@1:  70.1 ( 72.5)  Acc@5:  90 ( 91)
      """
    ).readings
    #expect(timm.map { $0[.step] } == [1050, 1050])
    #expect(timm[0][.dataTime] == 0.012)
    #expect(timm[0][.sampleRate] == 731.4)
    #expect(timm[0][.stepTime] == 0.35)
    #expect(timm[1][.accuracy] == 0.725)
    #expect(timm[1][.validationLoss] == 1.5)
    let mm = Self.parse(
      """
      2024/05/05 12:00:00 - mmengine - INFO - Epoch(train)   [2][ 50/100]  lr: 1.0000e-02  eta: 0:05:00  time: 0.3500  data_time: 0.0100  memory: 3000  grad_norm: 2.5  loss: 0.5000
      2024/05/05 12:00:01 - mmengine - INFO - Epoch(val) [2][79/79]    accuracy/top1: 76.5000  accuracy/top5: 93.1
      2024/05/05 12:00:02 - mmengine - INFO - Iter(train) [  200/80000]  lr: 1.0000e-02  time: 0.25  data_time: 0.0100  loss: 0.25
      """
    ).readings
    #expect(mm.map { $0[.step] } == [150, 150, 200])
    #expect(mm.map { $0[.dataTime] } == [0.01, nil, 0.01])
    #expect(mm[1][.accuracy] == 0.765)
    // torch.cuda.max_memory_allocated() divided by 1024², as MMEngine's get_max_cuda_memory does.
    #expect(mm.map { $0[.peakMemory] } == [3000 * 1_048_576, nil, nil])
    #expect(mm[2][.stepTotal] == 80_000)
    let detectron = Self.parse(
      "[04/12 10:00:00 d2.utils.events]:  eta: 1:00:00  iter: 19  total_loss: 1.25  loss_cls: 0.5  time: 0.5012  last_time: 0.4  data_time: 0.0203  last_data_time: 0.01  lr: 0.0002  max_mem: 3000M"
    ).readings
    #expect(detectron.first?[.step] == 19)
    #expect(detectron.first?[.stepTime] == 0.5012)
    #expect(detectron.first?[.dataTime] == 0.0203)
    #expect(detectron.first?[.loss] == 1.25)
    let mxnet = Self.parse(
      """
      INFO:root:Epoch[2] Batch [20-40]\tSpeed: 20461.75 samples/sec\taccuracy=nan
      2020-07-10 18:52:44,594 Node[0] Epoch[2] Validation-accuracy=0.7012
      """
    ).readings
    #expect(mxnet.map { $0[.sampleRate] } == [20_461.75, nil])
    #expect(mxnet.map { $0[.accuracy] } == [nil, 0.7012])
  }

  @Test func dlLogger() throws {
    let rows = Self.parse(
      """
      DLLL {"timestamp": "1714300000.1", "elapsedtime": "1.5", "datetime": "x", "type": "LOG", "step": [1, 10], "data": {"train.loss": 3.25, "train.total_ips": 730.5}}
      DLLL {"timestamp": "1714300000.1", "elapsedtime": "1.5", "datetime": "x", "type": "LOG", "step": [], "data": {"train.loss": 3.2}}
      """
    ).readings
    #expect(rows.count == 1)
    #expect(rows.first?[.step] == 10)
    #expect(rows.first?[.loss] == 3.25)
    #expect(rows.first?[.sampleRate] == 730.5)
  }
}
