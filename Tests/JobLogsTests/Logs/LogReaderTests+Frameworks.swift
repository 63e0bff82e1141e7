import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Frameworks with a format of their own.
extension LogReaderTests {
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
