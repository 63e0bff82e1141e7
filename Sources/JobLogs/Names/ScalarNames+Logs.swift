import Telemetry

extension ScalarNames {
  /// Names that stand in the lines of logs, besides those that trackers use.
  ///
  /// Sources: verl, slime, OLMo-core, PaddleNLP, fairseq, mlx-lm, ms-swift, lerobot, nanochat.
  static let logNames: [String: ScalarUse] = {
    var table: [String: ScalarUse] = [:]
    func add(
      _ metric: Metric, _ names: [String], rank: Int = 0, factor: Double = 1,
      scope: JobFacts.RateScope? = nil,
      needsUnit: Bool = false, isInverse: Bool = false
    ) {
      var use = ScalarUse(metric: metric, factor: factor, rank: rank, scope: scope)
      use.needsUnit = needsUnit
      use.isInverse = isInverse
      for name in names { table[name] = use }
    }
    add(
      .step,
      [
        "global_steps", "current_step", "step_num", "train/step", "training/step", "training_step",
        "training/global_step", "num_updates", "update", "updates", "it", "optimizer_step",
        "learning_iteration",
      ])
    add(.epoch, ["epch", "training/epoch", "train_epoch", "epoch_num"])
    // Cross entropy of a token, as OpenNMT calls it.
    add(.loss, ["xent"])
    add(.tokens, ["trained_tokens", "tokens_seen", "seen_tokens", "num_tokens_seen"])
    add(
      .tokenRate, ["interval_tokens_per_second_per_device", "perf/actor_train_tok_per_s"],
      scope: .device)
    add(.tokenRate, ["wps"], rank: 1, scope: .job)
    add(
      .sampleRate,
      [
        "samples/sec", "samples/s", "samples_per_second", "images/sec", "images/s", "imgs/s",
        "img/s", "imgs/sec", "examples/sec", "interval_samples_per_second", "samples_per_sec",
      ])
    add(
      .stepTime,
      [
        "timing_s/step", "perf/time_per_step", "perf/step_time", "time_per_step", "sec/step",
        "s/step", "s/it", "s/iter", "sec/iter", "updt_s", "sec/batch",
        "seconds_per_step",
      ])
    add(
      .stepTime, ["elapsed_time_per_iteration_(ms)", "step_time_ms", "ms/step", "ms/batch"],
      factor: 1e-3)
    add(.stepTime, ["dt", "iter_time", "iteration_time", "step_avg"], needsUnit: true)
    add(
      .stepTime,
      [
        "it/s", "it/sec", "iter/s", "iters/sec", "iter/sec", "steps/s",
        "steps/sec", "steps_per_second", "interval_steps_per_second", "ups", "iterations/sec",
      ], rank: 1, isInverse: true)
    add(.dataTime, ["data_s"])
    add(.gradientNorm, ["gnorm", "grdn", "total_grad_norm", "optim/total_grad_norm"])
    add(.learningRate, ["optim/lr_(group_0)", "actor/lr"], rank: 1)
    add(.reportedMFU, ["perf/mfu/actor"])
    var share = ScalarUse(metric: .reportedMFU, rank: 1)
    share.isUnclear = true
    table["bf16_mfu"] = share
    return table
  }()
}
