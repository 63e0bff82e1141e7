/// Reads the lines of nanoGPT's `train.py`.
///
///     tokens per iteration will be: 491,520
///     number of parameters: 124.34M
///     step 0: train loss 4.3480, val loss 4.3422
///     iter 10: loss 3.1820, time 35.78ms, mfu 10.41%
///
/// Iterations count from 0. The first lines say `mfu -100.00%`, which means unknown, and the time
/// of an iteration after an evaluation includes it. Source: github.com/karpathy/nanoGPT, train.py.
struct NanoGPTReader: ProgressReader {
  static let format = "nanoGPT"
  static let caution = "MFU as nanoGPT states it: against the peak of an A100, whatever the device"
  static let firstCharacters: StaticString = "itns"

  private var tokensPerIteration: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "iter ", at: start) { return iteration(line, start + 5, &progress) }
    if line.starts(with: "step ", at: start) { return evaluation(line, start + 5, &progress) }
    if line.starts(with: "tokens per iteration", at: start) {
      tokensPerIteration = line.number(after: "tokens per iteration will be")?.whole
      progress.isBanner = true
      return progress.learn(["tokens_per_step": tokensPerIteration.map { "\($0)" }])
    }
    if line.starts(with: "number of parameters", at: start) {
      return progress.learn(["parameters": line.count(after: "number of parameters")])
    }
    return false
  }

  private func iteration(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let step = line.number(at: place), let iteration = step.whole,
      line.starts(with: ":", at: step.end), line.ends(with: "%") || line.ends(with: "ms"),
      // Twice means that two processes wrote into the same line.
      line.find("iter ", from: place) == nil,
      let loss = line.number(after: "loss", from: step.end),
      let time = line.number(after: "time", from: loss.end),
      line.starts(with: "ms", at: time.end)
    else { return false }
    progress.step = iteration
    progress.loss = loss.value
    progress.stepTime = time.value / 1000
    if let lr = line.number(after: "lr", from: step.end) { progress.learningRate = lr.value }
    if let mfu = line.number(after: "mfu", from: time.end), mfu.isPercent {
      progress.reportedMFU = mfu.share
    }
    progress.tokens = Progress.product(iteration, tokensPerIteration)
    return true
  }

  private func evaluation(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let step = line.number(at: place), let count = step.whole,
      line.starts(with: ": train loss ", at: step.end),
      let training = line.number(at: step.end + 13),
      line.starts(with: ", val loss ", at: training.end),
      let validation = line.number(at: training.end + 11), validation.end == line.bytes.count,
      // Both have as many digits, unless the line was cut.
      line.decimals(endingAt: validation.end) == line.decimals(endingAt: training.end)
    else { return false }
    progress.step = count
    progress.validationLoss = validation.value
    return true
  }
}
