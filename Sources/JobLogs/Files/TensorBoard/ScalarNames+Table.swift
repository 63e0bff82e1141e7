import Quantities
import Telemetry

extension ScalarNames {
  private struct Line {
    var use: ScalarUse
    var names: [String]

    init(
      _ metric: Metric, _ names: [String], rank: Int = 0, factor: Double = 1, scope: String = ""
    ) {
      use = ScalarUse(metric: metric, factor: factor, rank: rank, scope: scope)
      self.names = names
    }
  }

  /// Every name with its meaning, spelt as `ScalarNames` compares it.
  ///
  /// Sources: torchtitan components/metrics.py, transformers integrations, Megatron-LM training.py,
  /// Lightning, Keras callbacks, Composer, Levanter, TRL, torchtune, DeepSpeed monitor, Ultralytics.
  static let table: [String: ScalarUse] = {
    var table: [String: ScalarUse] = [:]
    for line in lines {
      for name in line.names { table[name] = line.use }
    }
    var share = ScalarUse(metric: .reportedMFU, rank: 1)
    share.isUnclear = true
    table["mfu"] = share
    return table
  }()

  private static let lines: [Line] = progress + losses + rates

  private static let progress: [Line] = [
    Line(
      .step,
      [
        "global_step", "train/global_step", "trainer/global_step", "step", "current_steps", "iter",
        "iteration",
      ]),
    Line(.stepTotal, ["max_steps", "total_steps"]),
    Line(.epoch, ["epoch", "train/epoch", "trainer/epoch", "time/epoch"]),
    Line(
      .tokens,
      [
        "num_input_tokens_seen", "train/num_input_tokens_seen", "num_tokens", "train/num_tokens",
        "n_tokens_seen", "ntokens", "consumed_tokens", "total_tokens", "train/total_tokens",
        "throughput/total_tokens", "tokens/total", "time/token",
      ]),
    Line(
      .samples,
      ["consumed_samples", "consumed_train_samples", "samples_count", "samples", "time/sample"]),
  ]

  private static let losses: [Line] = [
    Line(
      .loss,
      [
        "loss", "train_loss", "train/loss", "loss/train", "training_loss", "training/loss",
        "loss/train/total", "train_loss_step", "train/loss_step", "lm_loss",
        "lm_loss_training/lm_loss", "loss_metrics/global_avg_loss", "reduced_train_loss",
        "train/total_loss", "total_loss", "loss/training",
      ]),
    Line(.loss, ["batch_loss"], rank: 1),
    Line(.loss, ["epoch_loss", "train_loss_epoch", "train/loss_epoch"], rank: 2),
    Line(
      .validationLoss,
      [
        "val_loss", "valid_loss", "validation_loss", "eval_loss", "val/loss", "valid/loss",
        "validation/loss", "eval/loss", "loss/val", "loss/valid", "loss/validation", "loss/eval",
        "lm_loss_validation", "lm_loss_validation/lm_loss_validation", "val_loss_epoch",
        "validation_metrics/global_avg_loss", "validation_metrics/loss", "loss/eval/total",
      ]),
    Line(.validationLoss, ["epoch_val_loss", "evaluation_loss_vs_iterations"], rank: 1),
    Line(
      .accuracy,
      [
        "val_accuracy", "val_acc", "valid_accuracy", "valid_acc", "validation_accuracy",
        "eval_accuracy", "eval_acc", "val/accuracy", "val/acc", "validation/accuracy",
        "eval/accuracy", "eval/acc", "accuracy/val", "accuracy/validation", "epoch_val_acc",
        "epoch_val_accuracy", "metrics/accuracy_top1", "metrics/map50_95(b)",
      ]),
    Line(.accuracy, ["evaluation_accuracy_vs_iterations"], rank: 1),
    // Nobody says on which data.
    Line(.accuracy, ["accuracy", "acc"], rank: 5),
    Line(
      .learningRate,
      [
        "lr", "learning_rate", "train/lr", "train/learning_rate", "optim/learning_rate",
        "learning_rate/learning_rate", "optim/lr", "optimizer/lr", "training/lr",
      ]),
    Line(.learningRate, ["lr/pg0", "lr/group0", "epoch_learning_rate", "epoch_lr"], rank: 1),
    Line(
      .gradientNorm,
      [
        "grad_norm", "train/grad_norm", "grad_norm/grad_norm", "optim/grad_norm",
        "gradient_norm", "training/grad_norm",
      ]),
  ]

  private static let rates: [Line] = [
    Line(
      .tokenRate,
      [
        "throughput(tps)", "tps", "tokens_per_second_per_gpu", "throughput/device/tokens_per_sec",
        "tokens/train_per_sec_per_gpu", "tokens_per_gpu_per_second_(tgs)",
      ], scope: "device"),
    Line(
      .tokenRate,
      [
        "tokens_per_second", "throughput/tokens_per_second", "throughput/tokens_per_sec",
        "tokens_per_sec", "tok/sec",
      ], rank: 1, scope: "job"),
    Line(.sampleRate, ["iteration_time/samples_per_second", "throughput/samples_per_sec"]),
    Line(
      .stepTime,
      [
        "time_metrics/end_to_end(s)", "iteration_time", "iteration_time/iteration_time",
        "train_step_timing_in_s", "step_time", "train/step_time",
      ]),
    Line(.dataTime, ["time_metrics/data_loading(s)", "data_time"]),
    Line(.reportedMFU, ["mfu(%)", "mfu_(%)", "mfu_percent", "throughput/mfu"], factor: 0.01),
    Line(.reportedMFU, ["device/mfu", "train_device/mfu", "throughput/device/mfu"]),
    Line(
      .reportedFLOPRate, ["tflops", "tflops_per_gpu", "throughput/tflops_per_gpu"], factor: 1e12),
    Line(
      .reportedFLOPRate,
      ["device/flops_per_sec", "train_device/flops_per_sec", "throughput/device/flops_per_sec"]),
    Line(
      .peakMemory, ["memory/max_active(gib)", "memory/max_active_(gib)"], factor: 1_073_741_824),
    Line(
      .peakMemory, ["memory/max_reserved(gib)", "memory/device_reserved_(gib)"], rank: 1,
      factor: 1_073_741_824),
  ]
}
