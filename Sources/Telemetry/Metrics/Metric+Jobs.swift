import Quantities

extension Metric {
  /// The largest step or number of bytes that is believed: more was never counted.
  private static let whole = 0.0...0x1p50

  /// Optimizer steps since the job began.
  public static let step = Metric(
    "step", .count, "step", style: .count, in: whole, "optimizer steps since the job began")
  /// The step at which the job will end.
  public static let stepTotal = Metric(
    "step_total", .count, "steps in all", label: "of", style: .count, in: 1...0x1p50,
    "the step the job will end at")
  /// Steps done once more after the job was resumed from an earlier one, as a counter.
  public static let redoneSteps = Metric(
    "redone_steps", .count, counter: true, "steps redone", label: "redone", style: .count,
    "steps that were done once more since the job was resumed from an earlier one")
  /// Passes over the training data, with fractions.
  public static let epoch = Metric(
    "epoch", .count, stored: "e6", "epoch", in: 0...1e9,
    "passes over the data, with fractions")
  /// Passes over the training data that the job will make.
  public static let epochTotal = Metric(
    "epoch_total", .count, "epochs in all", label: "epochs", style: .count, in: 1...1e9,
    "passes over the data the job will make")
  /// The training loss as the job states it.
  public static let loss = Metric(
    "loss", .count, stored: "e6", "loss", in: -1e9...1e9, "training loss as the job states it")
  /// The loss on data the job does not train on, as the job states it.
  public static let validationLoss = Metric(
    "validation_loss", .count, stored: "e6", "validation loss", label: "val loss",
    in: -1e9...1e9, "loss on data the job does not train on")
  /// The accuracy on data the job does not train on, 0...1, as the job defines it.
  public static let accuracy = Metric(
    "accuracy", .ratio, stored: "ppm", "accuracy", style: .significant(4), in: 0...1,
    "whatever fraction the job calls its accuracy, on data it did not train on")
  /// The norm of the gradient as the job states it.
  public static let gradientNorm = Metric(
    "grad_norm", .count, stored: "e6", "gradient norm", label: "grad norm", in: 0...1e12,
    "norm of the gradient as the job states it")
  /// The learning rate as the job states it.
  public static let learningRate = Metric(
    "learning_rate", .count, stored: "e12", "learning rate", label: "lr", in: 0...1e3,
    "as the job states it")
  /// Tokens trained on since the job began, over all devices, as a counter.
  public static let tokens = Metric(
    "tokens", .count, counter: true, "tokens", style: .count, in: 0...0x1p62,
    "tokens trained on since the job began, over all devices")
  /// Tokens a second as the job states it; `JobFacts.rateScope` says whether for a device or the
  /// job.
  public static let tokenRate = Metric(
    "token_rate", .perSecond, stored: "e3", "tokens per second", label: "tokens/s",
    in: 0...1e12, aliases: ["tokens_per_second"],
    "as the job states it, of whatever its format counts them for")
  /// Samples (sequences, images) trained on since the job began, over all devices, as a counter.
  public static let samples = Metric(
    "samples", .count, counter: true, "samples", style: .count, in: 0...0x1p62,
    "samples (sequences, images) since the job began, over all devices")
  /// Samples a second over all devices, as the job states it.
  public static let sampleRate = Metric(
    "sample_rate", .perSecond, stored: "e3", "samples per second", label: "samples/s",
    in: 0...1e12, "as the job states it, over all devices")
  /// Seconds one step took, as the job states it.
  ///
  /// Less than a microsecond is refused: an asynchronous runtime had only handed the work on.
  public static let stepTime = Metric(
    "step_time", .second, stored: "us", "step time", label: "s/step", in: 1e-6...1e6,
    "seconds one step took, as the job states it")
  /// Seconds of a step spent waiting for data, as the job's framework states it.
  public static let dataTime = Metric(
    "data_time", .second, stored: "us", "data time", label: "data", in: 0...1e6,
    "the part of a step spent waiting for data, as the job's own framework states it")
  /// Seconds one pass over the training data took, as the job states it.
  public static let epochTime = Metric(
    "epoch_time", .second, stored: "us", "epoch time", label: "s/epoch", in: 1e-6...1e9,
    "seconds one pass over the data took, as the job states it")
  /// Seconds that the evaluation took which ended at the time of the reading.
  public static let evaluationTime = Metric(
    "evaluation_time", .second, stored: "us", "evaluation time", label: "evaluation", in: 0...1e7,
    "seconds of the evaluation that ended at this time, as the job states it")
  /// Seconds that writing the checkpoint took which was done at the time of the reading.
  public static let checkpointTime = Metric(
    "checkpoint_time", .second, stored: "us", "checkpoint time", label: "checkpoint", in: 0...1e7,
    "seconds of writing the checkpoint that was done at this time, as the job states it")
  /// Model FLOPs utilisation as the job's framework states it, 0...1.
  public static let reportedMFU = Metric(
    "reported_mfu", .ratio, stored: "ppm", "MFU stated", label: "MFU", in: 0...1.1,
    aliases: ["mfu"],
    "model FLOPs utilisation as the job's own framework states it")
  /// FLOP/s of one device as the job's framework states it.
  public static let reportedFLOPRate = Metric(
    "reported_flop_rate", .flopPerSecond, stored: "mflops", "FLOP/s stated", label: "FLOP/s",
    in: 0...1e16, "FLOP/s of one device as the job's own framework states it")
  /// Joules of one step on one device, as the job's framework states it.
  public static let reportedStepEnergy = Metric(
    "reported_step_energy", .joule, stored: "uj", "step energy stated", label: "J/step",
    in: 0...1e12, "joules of a step on one device as the job's own framework states it")
  /// The most bytes the job ever held on one device.
  public static let peakMemory = Metric(
    "peak_memory", .byte, stored: "b", "peak memory", label: "peak", style: .memory,
    in: 1...0x1p50, "the most memory the job ever held on one device")

  static let jobs: [Metric] = [
    step, stepTotal, redoneSteps, epoch, epochTotal, loss, validationLoss, accuracy, gradientNorm,
    learningRate, tokens, tokenRate, samples, sampleRate, stepTime, dataTime, epochTime,
    evaluationTime, checkpointTime, reportedMFU, reportedFLOPRate, reportedStepEnergy, peakMemory,
  ]
}
