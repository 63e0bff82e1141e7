import Quantities

extension Metric {
  // Training.
  public static let step = Metric("step", .count)
  public static let stepTotal = Metric("step_total", .count)
  /// Steps that were done once more since the job was resumed from an earlier one.
  public static let redoneSteps = Metric("redone_steps", .count, counter: true)
  public static let epoch = Metric("epoch_e6", .count, scale: 1e-6)
  public static let loss = Metric("loss_e6", .count, scale: 1e-6)
  public static let validationLoss = Metric("validation_loss_e6", .count, scale: 1e-6)
  /// Whatever fraction the job calls its accuracy, on data it did not train on.
  public static let accuracy = Metric("accuracy_e6", .ratio, scale: 1e-6)
  public static let gradientNorm = Metric("grad_norm_e6", .count, scale: 1e-6)
  public static let learningRate = Metric("learning_rate_e12", .count, scale: 1e-12)
  public static let tokens = Metric("tokens", .count, counter: true)
  public static let tokenRate = Metric("token_rate_e3", .perSecond, scale: 1e-3)
  public static let samples = Metric("samples", .count, counter: true)
  public static let sampleRate = Metric("sample_rate_e3", .perSecond, scale: 1e-3)
  public static let stepTime = Metric("step_time_us", .second, scale: 1e-6)
  /// The part of a step spent waiting for data, as the job's own framework states it.
  public static let dataTime = Metric("data_time_us", .second, scale: 1e-6)
  /// Model FLOPs utilisation as the job's own framework states it.
  public static let reportedMFU = Metric("reported_mfu_ppm", .ratio, scale: 1e-6)
  /// FLOP/s of one device as the job's own framework states it, in whole MFLOP/s.
  public static let reportedFLOPRate = Metric(
    "reported_flop_rate_e6", .flopPerSecond, scale: 1e6)
  /// Joules of a step on one device as the job's own framework states it.
  public static let reportedStepEnergy = Metric("reported_step_energy_uj", .joule, scale: 1e-6)
  public static let peakMemory = Metric("peak_memory_b", .byte)

  // Serving.
  /// Tokens written for users.
  public static let outputTokens = Metric("output_tokens", .count, counter: true)
  /// Tokens of prompts that were computed.
  public static let promptTokens = Metric("prompt_tokens", .count, counter: true)
  /// Tokens of prompts that were found in a cache.
  public static let cachedPromptTokens = Metric("cached_prompt_tokens", .count, counter: true)
  public static let requests = Metric("requests", .count, counter: true)
  /// How long the requests that ended took, added up.
  public static let requestTime = Metric("request_time_us", .second, scale: 1e-6, counter: true)
  public static let requestsRunning = Metric("requests_running", .count)
  public static let requestsWaiting = Metric("requests_waiting", .count)
  public static let prefillTime = Metric("prefill_time_us", .second, scale: 1e-6, counter: true)
  public static let decodeTime = Metric("decode_time_us", .second, scale: 1e-6, counter: true)
  /// FLOP of one device as the server itself estimates them, in whole MFLOP.
  public static let reportedFLOP = Metric("reported_flop_e6", .count, scale: 1e6, counter: true)
  /// Bytes one device moved between memory and processors, as the server itself estimates them.
  public static let reportedMemoryTraffic = Metric(
    "reported_memory_traffic_b", .byte, counter: true)
  /// Joules as the server itself states them.
  public static let reportedEnergy = Metric(
    "reported_energy_uj", .joule, scale: 1e-6, counter: true)

  static let jobs: [Metric] = [
    step, stepTotal, redoneSteps, epoch, loss, validationLoss, accuracy, gradientNorm,
    learningRate, tokens, tokenRate, samples, sampleRate, stepTime, dataTime, reportedMFU,
    reportedFLOPRate,
    reportedStepEnergy, peakMemory, outputTokens, promptTokens, cachedPromptTokens, requests,
    requestTime, requestsRunning, requestsWaiting, prefillTime, decodeTime, reportedFLOP,
    reportedMemoryTraffic, reportedEnergy,
  ]
}
