import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Lines of names and numbers that no reader was written for.
@Suite struct NamedValuesTests {
  /// A log, the newest values in it, and what must not be told.
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var right: [Metric: Double]
    var not: [Metric] = []
    var scope: String?
    var testDescription: String { name }
  }

  static let samples = [
    Sample(
      name: "NeMo Automodel",
      text: """
        2026-08-10 15:55:20 | INFO | root | step 9 | epoch 0 | loss 0.6974 | lr 1.00e-05 | tps 12000.00(1500.00/gpu)
        2026-08-10 15:55:22 | INFO | root | step 10 | epoch 0 | loss 0.6874 | lr 1.00e-05 | tps 12000.00(1500.00/gpu)
        2026-08-10 15:55:24 | INFO | root | step 11 | epoch 0 | loss 0.6774 | lr 1.00e-05 | tps 12000.00(1500.00/gpu)
        """, right: [.step: 11, .loss: 0.6774, .tokenRate: 12_000], scope: "job"),
    Sample(
      name: "fairseq",
      text: """
        2026-08-01 12:00:31 | INFO | train_inner | epoch 001:    100 / 1124 loss=12.5, nll_loss=12.2, wps=25331.4, ups=5, num_updates=100, lr=1.25e-05, gnorm=2.5, loss_scale=16, train_wall=15, wall=20
        2026-08-01 12:00:46 | INFO | train_inner | epoch 001:    200 / 1124 loss=11.5, nll_loss=11.2, wps=25331.4, ups=5, num_updates=200, lr=2.5e-05, gnorm=1.5, loss_scale=16, train_wall=15, wall=35
        2026-08-01 12:01:01 | INFO | train_inner | epoch 001:    300 / 1124 loss=10.5, nll_loss=10.2, wps=25331.4, ups=5, num_updates=300, lr=3.75e-05, gnorm=1.25, loss_scale=16, train_wall=15, wall=50
        2026-08-01 12:05:01 | INFO | valid | epoch 001 | valid on 'valid' subset | loss 9.5 | ppl 550.1 | wps 60000 | num_updates 1124
        """,
      right: [
        .step: 1124, .loss: 10.5, .validationLoss: 9.5, .stepTime: 0.2, .tokenRate: 25331.4,
        .gradientNorm: 1.25,
      ], scope: "job"),
    Sample(
      name: "flair",
      text: """
        2026-08-01 12:00:01,123 epoch 1 - iter 10/100 - loss 1.21000000 - time (sec): 3.20 - samples/sec: 100.20 - lr: 0.100000
        2026-08-01 12:00:04,323 epoch 1 - iter 20/100 - loss 1.11000000 - time (sec): 6.40 - samples/sec: 100.20 - lr: 0.100000
        2026-08-01 12:00:07,523 epoch 1 - iter 30/100 - loss 1.01000000 - time (sec): 9.60 - samples/sec: 100.20 - lr: 0.100000
        2026-08-01 12:00:37,523 epoch 2 - iter 10/100 - loss 0.91000000 - time (sec): 3.20 - samples/sec: 100.20 - lr: 0.100000
        """, right: [.step: 110, .loss: 0.91, .epoch: 1.1, .sampleRate: 100.2],
      not: [.stepTime]),
    Sample(
      name: "mlx-lm",
      text: """
        Iter 1: Val loss 2.926, Val took 18.324s
        Iter 10: Train loss 2.412, Learning Rate 1.000e-05, It/sec 0.5, Tokens/sec 215.364, Trained Tokens 3707, Peak mem 8.420 GB
        Iter 20: Train loss 1.912, Learning Rate 1.000e-05, It/sec 0.5, Tokens/sec 216.364, Trained Tokens 7407, Peak mem 8.420 GB
        Iter 30: Train loss 1.712, Learning Rate 1.000e-05, It/sec 0.5, Tokens/sec 217.364, Trained Tokens 11107, Peak mem 8.420 GB
        """, right: [.step: 30, .loss: 1.712, .tokens: 11_107, .stepTime: 2]),
    Sample(
      name: "a tutorial",
      text: """
        Epoch [1/20], Step [100/600], Loss: 0.5
        Epoch [1/20], Step [200/600], Loss: 0.4
        Epoch [1/20], Step [300/600], Loss: 0.3
        Epoch [2/20], Step [100/600], Loss: 0.25
        """, right: [.step: 700, .stepTotal: 12_000, .loss: 0.25]),
    Sample(
      name: "steps of the run behind the pass",
      text: """
        Epoch 1/3 | Step 900/3000 | Loss: 0.5
        Epoch 1/3 | Step 1000/3000 | Loss: 0.4
        Epoch 2/3 | Step 1100/3000 | Loss: 0.3
        Epoch 2/3 | Step 1200/3000 | Loss: 0.25
        """, right: [.step: 1200, .stepTotal: 3000, .loss: 0.25]),
    Sample(
      name: "PyTorch MNIST",
      text: """
        Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.25
        Train Epoch: 1 [1280/60000 (2%)]\tLoss: 2.125
        Train Epoch: 1 [1920/60000 (3%)]\tLoss: 2.0
        Test set: Average loss: 0.0516, Accuracy: 9829/10000 (98%)
        Train Epoch: 2 [30000/60000 (50%)]\tLoss: 1.0
        """, right: [.loss: 1, .epoch: 1.5], not: [.step, .stepTotal, .accuracy]),
    Sample(
      name: "passes alone",
      text: """
        Epoch 1/20, Loss: 2.5
        Epoch 2/20, Loss: 2.25, Val Loss: 2.375
        Epoch 3/20, Loss: 2.0, Val Loss: 2.25
        """,
      right: [.epoch: 3, .epochTotal: 20, .loss: 2, .validationLoss: 2.25], not: [.step]),
    Sample(
      name: "several lines in a pass",
      text: """
        2025-03-02 05:16:20,962 - INFO - Epoch 1 - Batch loss: 12.5
        2025-03-02 05:16:22,229 - INFO - Epoch 1 - Batch loss: 11.5
        2025-03-02 05:16:23,229 - INFO - Epoch 2 - Batch loss: 10.5
        2025-03-02 05:16:24,229 - INFO - Epoch 2 - Batch loss: 9.5
        2025-03-02 05:16:25,229 - INFO - Epoch 3 - Batch loss: 8.5
        2025-03-02 05:16:26,229 - INFO - Epoch 3 - Batch loss: 7.5
        """, right: [.epoch: 2, .loss: 7.5], not: [.step]),
    Sample(
      name: "OpenNMT",
      text: """
        [2024-05-08 04:06:22,127 INFO] Step 50/ 1000; acc: 10.1; ppl: 34.3; xent: 3.5; lr: 0.00125; sents: 3200; bsz: 640/320/64; 12345/5678 tok/s; 10 sec;
        [2024-05-08 04:06:32,127 INFO] Step 100/ 1000; acc: 20.1; ppl: 24.3; xent: 3.25; lr: 0.00125; sents: 3200; bsz: 640/320/64; 12345/5678 tok/s; 20 sec;
        [2024-05-08 04:06:42,127 INFO] Step 150/ 1000; acc: 30.1; ppl: 14.3; xent: 3.0; lr: 0.00125; sents: 3200; bsz: 640/320/64; 12345/5678 tok/s; 30 sec;
        """, right: [.step: 150, .stepTotal: 1000, .loss: 3, .learningRate: 0.00125],
      not: [.tokenRate, .accuracy]),
    Sample(
      name: "lerobot, whose thousands are rounded",
      text: """
        INFO 2026-08-01 12:00:01 ts/train.py:232 step:200 smpl:2K ep:3 epch:0.16 loss:6.5 grdn:151.2 lr:1.0e-05 updt_s:0.25 data_s:0.003
        INFO 2026-08-01 12:00:44 ts/train.py:232 step:400 smpl:3K ep:6 epch:0.32 loss:5.5 grdn:141.2 lr:1.0e-05 updt_s:0.25 data_s:0.003
        INFO 2026-08-01 12:01:27 ts/train.py:232 step:600 smpl:5K ep:9 epch:0.48 loss:4.5 grdn:131.2 lr:1.0e-05 updt_s:0.25 data_s:0.003
        INFO 2026-08-01 12:02:53 ts/train.py:232 step:1K smpl:8K ep:15 epch:0.80 loss:3.5 grdn:131.2 lr:1.0e-05 updt_s:0.25 data_s:0.003
        """, right: [.step: 600, .epoch: 0.8, .loss: 3.5, .stepTime: 0.25, .dataTime: 0.003]),
    Sample(
      name: "an iteration that is part of a step",
      text: """
        iter 40 step 10 | loss 2.5
        iter 44 step 11 | loss 2.25
        iter 48 step 12 | loss 2.0
        """, right: [.step: 12, .loss: 2]),
  ]

  @Test(arguments: samples) func isReadByItsNames(sample: Sample) {
    let heard = LogFormatTests.parse(sample.text)
    for (metric, value) in sample.right {
      #expect(heard.readings.compactMap { $0[metric] }.last == value, "\(metric.name)")
    }
    for metric in sample.not {
      #expect(heard.readings.allSatisfy { $0[metric] == nil }, "\(metric.name)")
    }
    #expect(heard.events.isEmpty)
    if let scope = sample.scope {
      #expect(heard.devices.last?.attributes["rate_scope"] == scope)
    }
  }

  @Test(arguments: [
    // Not three, not rising, not of a training.
    "step 1 loss 2.5\nstep 2 loss 2.4", "step 5 loss 2.5\nstep 5 loss 2.4\nstep 5 loss 2.3",
    "loss: mse, epochs: 10, lr: 0.1\nloss: mae, epochs: 20, lr: 0.1\nloss: mse, epochs: 30, lr: 0.1",
    "step 1 loss_scale 65536\nstep 2 loss_scale 32768\nstep 3 loss_scale 16384",
    "step 1 aux loss 0.1\nstep 2 aux loss 0.2\nstep 3 aux loss 0.3",
    "Epoch 1: val_loss improved from inf to 0.9, saving model\nEpoch 2: val_loss improved from 0.9 to 0.8, saving model\nEpoch 3: val_loss improved from 0.8 to 0.7, saving model",
    "best loss 2.5 at step 10\nbest loss 2.4 at step 20\nbest loss 2.3 at step 30",
  ]) func isNotTakenForATraining(text: String) {
    #expect(LogFormatTests.parse(text).readings.isEmpty)
  }

  @Test func theFirstLinesAreToldOnceTheThirdIsThere() {
    let rows = LogFormatTests.parse("step 1 loss 2.5\nstep 2 loss 2.25\nstep 3 loss 2.0").readings
    #expect(rows.map { $0[.loss] } == [2.5, 2.25, 2])
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $1.time - $0.time == 1 })
  }
}
