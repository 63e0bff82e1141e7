import Quantities
import Telemetry

extension ScalarNames {
  private struct Line {
    var use: ScalarUse
    var names: [String]

    init(_ metric: Metric, _ names: [String], rank: Int = 0, factor: Double = 1) {
      use = ScalarUse(metric: metric, factor: factor, rank: rank)
      self.names = names
    }
  }

  /// Every name with its meaning, spelt as `ScalarNames` compares it.
  ///
  /// Sources: torchtitan components/metrics.py, transformers integrations, Megatron-LM training.py,
  /// Lightning, Keras callbacks, Composer, Levanter, TRL, torchtune, DeepSpeed monitor, Ultralytics,
  /// verl, OLMo-core, nanotron, NeMo Automodel and RL, prime-rl, slime, lerobot, ms-swift.
  static let table: [String: ScalarUse] = {
    var table: [String: ScalarUse] = [:]
    for line in lines {
      for name in line.names { table[name] = line.use }
    }
    var share = ScalarUse(metric: .reportedMFU, rank: 1)
    share.isUnclear = true
    for name in ["mfu", "train/mfu", "perf/mfu"] { table[name] = share }
    return table
  }()

  private static let lines: [Line] = progress + losses + rates

  private static let progress: [Line] = [
    Line(
      .step,
      [
        "global_step", "train/global_step", "trainer/global_step", "training/global_step", "step",
        "train/step", "train/steps", "training/step", "current_steps", "train/n_updates",
      ]),
    // These may be batches of which several make a step.
    Line(.step, ["iter", "iteration", "iteration_step"], rank: 1),
    Line(.stepTotal, ["max_steps", "total_steps"]),
    Line(
      .epoch,
      [
        "epoch", "train/epoch", "train/epochs", "trainer/epoch", "training/epoch", "time/epoch",
        "progress/epoch",
      ]),
    Line(.epochTotal, ["num_train_epochs"]),
    Line(
      .tokens,
      [
        "num_input_tokens_seen", "train/num_input_tokens_seen", "num_tokens", "train/num_tokens",
        "n_tokens_seen", "ntokens", "consumed_tokens", "total_tokens", "train/total_tokens",
        "throughput/total_tokens", "tokens/total", "train/tokens/total", "time/token",
        "progress/total_tokens",
      ]),
    Line(
      .samples,
      [
        "time/total_timesteps", "timesteps_total", "consumed_samples", "consumed_train_samples",
        "samples_count", "samples", "train/samples",
        "time/sample", "progress/total_samples",
      ]),
  ]

  private static let losses: [Line] = [
    Line(
      .loss,
      [
        "loss", "train_loss", "train/loss", "loss/train", "training_loss", "training/loss",
        "loss/train/total", "train_loss_step", "train/loss_step",
        "loss_metrics/global_avg_loss", "reduced_train_loss", "train/total_loss", "total_loss",
        "loss/training", "actor/loss",
      ]),
    // What is minimized may be this and something else, which then has a plainer name.
    Line(
      .loss,
      [
        "lm_loss", "lm_loss_training/lm_loss", "train/ce_loss", "batch_loss", "actor/pg_loss",
        "loss/mean",
      ], rank: 1),
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
        "epoch_val_accuracy", "metrics/accuracy_top1", "metrics/map50_95(b)", "eval_token_acc",
        "eval/token_acc", "eval_mean_token_accuracy", "eval/mean_token_accuracy",
      ]),
    Line(.accuracy, ["evaluation_accuracy_vs_iterations"], rank: 1),
    // Nobody says on which data.
    Line(.accuracy, ["accuracy", "acc"], rank: 5),
    Line(
      .learningRate,
      [
        "lr", "learning_rate", "train/lr", "train/learning_rate", "optim/learning_rate",
        "learning_rate/learning_rate", "optim/lr", "optimizer/lr", "training/lr", "actor/lr",
      ]),
    Line(
      .learningRate,
      [
        "lr/pg0", "lr/group0", "epoch_learning_rate", "epoch_lr", "optim/lr_(group_0)",
        "optim/lr__group_0_",
        "train/lr_pg_0",
      ], rank: 1),
    Line(
      .gradientNorm,
      [
        "grad_norm", "train/grad_norm", "grad_norm/grad_norm", "optim/grad_norm",
        "gradient_norm", "training/grad_norm", "optim/total_grad_norm", "actor/grad_norm",
      ]),
  ]

  /// Rates of tokens are read in `ScalarNames+Rates.swift`, since their names say what they are for.
  ///
  /// verl's `perf/total_num_tokens` are those of a step, `train_speed(s/it)` of ms-swift is a mean
  /// since the start, and `perf/tokens_per_gpu_per_sec` of slime is that of its rollouts: none of
  /// them is here.
  private static let rates: [Line] = [
    Line(
      .sampleRate,
      [
        "iteration_time/samples_per_second", "throughput/samples_per_sec",
        "throughput/examples_per_second",
      ]),
    Line(
      .stepTime,
      [
        "time_metrics/end_to_end(s)", "iteration_time", "iteration_time/iteration_time",
        "train_step_timing_in_s", "step_time", "train/step_time", "perf/time_per_step",
        "perf/step_time", "throughput/duration", "timing/train/total_step_time", "time/step",
      ]),
    Line(.stepTime, ["timing_s/step"], rank: 1),
    Line(.evaluationTime, ["eval_runtime", "eval/runtime"]),
    Line(.stepTime, ["elapsed_time_per_iteration_ms"], factor: 0.001),
    Line(
      .dataTime,
      [
        "time_metrics/data_loading(s)", "data_time", "train/dataloading_s",
        "throughput/loading_time",
      ]),
    Line(.reportedMFU, ["mfu(%)", "mfu_(%)", "mfu_percent", "throughput/mfu"], factor: 0.01),
    Line(.reportedMFU, ["device/mfu", "train_device/mfu", "throughput/device/mfu"]),
    Line(.reportedMFU, ["perf/mfu/actor"], rank: 2),
    Line(
      .reportedFLOPRate,
      ["tflops", "tflops_per_gpu", "throughput/tflops_per_gpu", "model_tflops_per_gpu"],
      factor: 1e12),
    Line(
      .reportedFLOPRate,
      ["device/flops_per_sec", "train_device/flops_per_sec", "throughput/device/flops_per_sec"]),
    Line(
      .peakMemory,
      [
        "memory/max_active(gib)", "memory/max_active_(gib)", "train/memory/max_active_(gib)",
        "perf/max_memory_allocated_gb",
        "actor/perf/max_memory_allocated_gb",
      ], factor: 1_073_741_824),
    Line(
      .peakMemory,
      [
        "memory/max_reserved(gib)", "memory/device_reserved_(gib)", "memory(gib)",
        "train/memory(gib)", "perf/max_memory_reserved_gb",
      ], rank: 1, factor: 1_073_741_824),
  ]
}
