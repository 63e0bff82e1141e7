import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Tables in a log, the words of boosters, and losses that are none of the whole.
@Suite struct LogTableTests {
  /// A log, and the newest values it tells; a metric that is not among them must not be told.
  struct Case: CustomTestStringConvertible {
    var name: String
    var text: String
    var last: [Metric: Double]

    var testDescription: String { name }
  }

  private static let watched: [Metric] = [
    .step, .epoch, .loss, .validationLoss, .accuracy, .epochTime, .stepTotal,
  ]

  static let cases: [Case] = [
    Case(
      name: "fastai, with what each pass took",
      text: """
        epoch     train_loss  valid_loss  accuracy  time
        0         0.900000    0.700000    0.912041  00:19
        1         0.450000    0.350000    0.922041  00:18
        2         0.300000    0.233333    0.932041  1:00:17
        """,
      last: [.epoch: 2, .loss: 0.3, .validationLoss: 0.233333, .epochTime: 3617]),
    Case(
      name: "spaCy, whose columns are as wide as the dashes below their names",
      text: """
        E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  SCORE
        ---  ------  ------------  --------  ------  ------
          0       0          0.00    300.00   70.00    0.70
          0     200          0.00    280.00   70.00    0.70
          1     400          0.00    260.00   70.00    0.70
        """,
      last: [.epoch: 1, .step: 400]),
    Case(
      name: "bars between the cells, in the frame of another kind",
      text: """
        ┏━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━┓
        ┃ Epoch ┃ Train Loss ┃ Val Loss ┃
        ┡━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━┩
        │ 1     │ 0.5123     │ 0.6123   │
        │ 2     │ 0.4123     │          │
        │ 3     │ 0.3123     │ 0.4623   │
        """,
      last: [.epoch: 3, .loss: 0.3123, .validationLoss: 0.4623]),
    Case(
      name: "a cell that stands under two names",
      text: """
        epoch  loss  val_loss
        1      0.5   0.6
        2      0.4   0.5
        3       0.412345
        """,
      last: [:]),
    Case(
      name: "the best passes, sorted",
      text: """
        epoch    train_loss    val_loss
        7        0.31          0.41
        9        0.35          0.42
        5        0.28          0.43
        """,
      last: [:]),
    Case(
      name: "a table of settings",
      text: """
        batch    lr        loss
        32       0.001     mse
        64       0.01      mae
        128      0.1       mse
        """,
      last: [:]),
    Case(
      name: "the batch of a pass is no step",
      text: """
        | epoch | batch | loss |
        |-------|-------|------|
        | 1 | 500 | 0.9 |
        | 2 | 500 | 0.8 |
        | 3 | 500 | 0.7 |
        """,
      last: [.epoch: 3, .loss: 0.7]),
    Case(
      name: "XGBoost's data without a name may be those of the training",
      text: """
        [0]\tvalidation_0-logloss:0.60491\tvalidation_1-logloss:0.61219
        [1]\tvalidation_0-logloss:0.53491\tvalidation_1-logloss:0.55219
        """,
      last: [.step: 1]),
    Case(
      name: "an area under a curve is no loss",
      text: """
        [15:51:29] [0]\ttrain-auc:0.81\teval-auc:0.80
        [15:51:30] [1]\ttrain-auc:0.82\teval-auc:0.81
        """,
      last: [.step: 1]),
    Case(
      name: "two scores of the same data, of which one is minimized",
      text: """
        [0]\ttrain-rmse:1.33+0.01\ttrain-mae:0.9+0.01\ttest-rmse:1.34+0.02
        [1]\ttrain-rmse:1.23+0.01\ttrain-mae:0.8+0.01\ttest-rmse:1.24+0.02
        """,
      last: [.step: 1, .validationLoss: 1.24]),
    Case(
      name: "a list in brackets is no score",
      text: "[10] a-b: the rest of it\n[11] a-b: more\n", last: [:]),
    Case(
      name: "two models that learn from one another",
      text: """
        [Epoch 0/200] [Batch 0/938] [D loss: 0.693] [G loss: 0.71]
        [Epoch 0/200] [Batch 400/938] [D loss: 0.593] [G loss: 0.81]
        [Epoch 0/200] [Batch 900/938] [D loss: 0.293] [G loss: 1.11]
        """,
      last: [.step: 900, .epoch: 900.0 / 938]),
    Case(
      name: "parts of a sum that is not told",
      text: """
        Update 10, policy_loss: 0.21, value_loss: 0.5, entropy: 1.2
        Update 20, policy_loss: 0.20, value_loss: 0.4, entropy: 1.1
        Update 30, policy_loss: 0.19, value_loss: 0.3, entropy: 1.0
        """,
      last: [.step: 30]),
    Case(
      name: "what a pass took, before its losses",
      text: """
        Epoch 1 of 500 took 10.000s
          training loss:\t\t1.200000
          validation loss:\t\t0.900000
        Epoch 2 of 500 took 10.000s
          training loss:\t\t0.600000
          validation loss:\t\t0.450000
        Epoch 3 of 500 took 10.000s
          training loss:\t\t0.400000
          validation loss:\t\t0.300000
        """,
      last: [.epoch: 3, .loss: 0.4, .validationLoss: 0.3]),
  ]

  @Test(arguments: cases) func isReadAsItIs(_ log: Case) {
    let heard = LogFormatTests.parse(log.text + "\n")
    for metric in Self.watched {
      let told = heard.readings.compactMap { $0[metric] }.last
      if let right = log.last[metric] {
        #expect(
          told.map { abs($0 - right) <= 1e-6 * max(1, abs(right)) } == true,
          "\(metric): \(told ?? -1)")
      } else {
        #expect(told == nil, "\(metric)")
      }
    }
  }
}
