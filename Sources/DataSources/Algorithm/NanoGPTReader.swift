/// Reads the lines of nanoGPT's `train.py`.
///
///     tokens per iteration will be: 491,520
///     iter 10: loss 3.1820, time 35.78ms, mfu 10.41%
///
/// Iterations count from 0. The first lines say `mfu -100.00%`, which means unknown, and the time
/// of an iteration after an evaluation includes it. Source: github.com/karpathy/nanoGPT, train.py.
struct NanoGPTReader: ProgressReader {
  static let format = "nanoGPT"
  static let caution = "MFU as nanoGPT states it: against the peak of an A100, whatever the device"

  private var tokensPerIteration: Int64?

  mutating func read(_ line: LogLine) -> Progress? {
    if let number = line.number(after: "tokens per iteration will be") {
      tokensPerIteration = number.whole
      return nil
    }
    guard line.starts(with: "iter "), let step = line.number(at: 5), let iteration = step.whole,
      line.starts(with: ":", at: step.end), line.ends(with: "%") || line.ends(with: "ms"),
      // Twice means that two processes wrote into the same line.
      line.find("iter ", from: 5) == nil, let loss = line.number(after: "loss"),
      let time = line.number(after: "time"), line.starts(with: "ms", at: time.end)
    else { return nil }
    var progress = Progress(step: iteration, loss: loss.value, stepTime: time.value / 1000)
    if let lr = line.number(after: "lr") { progress.learningRate = lr.value }
    if let mfu = line.number(after: "mfu"), mfu.isPercent { progress.reportedMFU = mfu.share }
    if let tokensPerIteration {
      let (tokens, overflow) = tokensPerIteration.multipliedReportingOverflow(by: iteration)
      if !overflow { progress.tokens = tokens }
    }
    return progress
  }
}

/// Reads the lines of modded-nanogpt.
///
///     step:125/1750 train_loss:4.9 train_time:23144ms step_avg:201.25ms
///
/// The log begins with the program itself, so only a digit after `step:` counts. Validation lines
/// are passed over. Source: github.com/KellerJordan/modded-nanogpt, records.
struct ModdedNanoGPTReader: ProgressReader {
  static let format = "modded-nanogpt"
  static let caution = "step time is the job's mean since step 10"

  mutating func read(_ line: LogLine) -> Progress? {
    guard line.starts(with: "step:"), let step = line.number(at: 5), let count = step.whole,
      line.starts(with: "/", at: step.end), let total = line.number(at: step.end + 1)?.whole,
      line.ends(with: "ms"), line.find("val_loss") == nil, line.find("step:", from: 5) == nil
    else { return nil }
    var progress = Progress(step: count, stepTotal: total)
    progress.loss = line.number(after: "train_loss")?.value
    if let mean = line.number(after: "step_avg")?.value, mean.isFinite {
      progress.stepTime = mean / 1000
    }
    return progress
  }
}
