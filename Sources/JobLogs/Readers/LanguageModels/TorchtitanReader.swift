/// Reads the lines of torchtitan.
///
///     [titan] 2026-02-24 19:46:17,508 - root - INFO - step:  4  loss:  7.62585  grad_norm: 26.6250
///       memory: 66.91GiB(37.51%)  tps: 10,050  tflops: 314.71  mfu: 13.99%     (one line)
///     … Model llama3 8B size: 8,030,261,248 total parameters
///     … Building 2-D device mesh with ['dp_shard', 'tp'], [4, 2]
///     … Training starts at step 1, with local batch size 1, global batch size 8, sequence length
///       2048, total steps 10 (warmup 2)                                        (one line)
///
/// Tokens per second are those of one device. The time has no zone and is not used. Every rank
/// may print its own copy. Source: github.com/pytorch/torchtitan, components/metrics.py, train.py.
struct TorchtitanReader: ProgressReader {
  static let format = "torchtitan"
  static let caution = "tokens per second are those of ONE device"
  static let firstCharacters: StaticString = "svMTB"

  private var tokensPerStep: Int64?
  private var batch: Int64?
  private var stepTotal: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "step:", at: start) { return step(line, start, &progress) }
    if line.starts(with: "validate step:", at: start) {
      return validation(line, start + 9, &progress)
    }
    if line.starts(with: "Model ", at: start), let size = line.find(" size: ", from: start),
      line.find(" total parameters", from: size) != nil
    {
      return progress.learn([
        "parameters": line.number(at: size + 7)?.fact,
        "model": line.text((start + 6)..<size),
      ])
    }
    if line.starts(with: "Building ", at: start),
      let names = line.find("device mesh with [", from: start),
      let sizes = line.find("], [", from: names)
    {
      return progress.learn(["world_size": product(line, sizes + 4)])
    }
    return line.starts(with: "Training starts at step", at: start) && header(line, start, &progress)
  }

  private func step(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard line.find("step:", from: place + 1) == nil,
      let count = line.number(after: "step", from: place)?.whole,
      let loss = line.number(after: "loss", from: place),
      let rate = line.number(after: "tps", from: loss.end),
      // What follows the rate shows that the rate is complete.
      line.find("tflops", from: rate.end) != nil || line.find("mfu", from: rate.end) != nil
    else { return false }
    progress.step = count
    progress.stepTotal = stepTotal
    progress.loss = loss.value
    progress.tokenRate = rate.value
    progress.gradientNorm = line.number(after: "grad_norm", from: loss.end)?.value
    progress.learningRate = line.number(after: "lr", from: place)?.value
    progress.peakMemory = memory(line, loss.end)
    if let rate = line.number(after: "tflops", from: rate.end),
      line.starts(with: " ", at: rate.end)
    {
      progress.reportedFLOPRate = rate.value * 1e12
    }
    if let mfu = line.number(after: "mfu", from: rate.end), mfu.isPercent {
      progress.reportedMFU = mfu.share
    }
    progress.tokens = Progress.product(count, tokensPerStep)
    progress.samples = Progress.product(count, batch)
    progress.facts = Progress.ratesOfDevice
    return true
  }

  private func validation(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let count = line.number(after: "step", from: place)?.whole,
      let loss = line.number(after: "loss", from: place), loss.end < line.bytes.count
    else { return false }
    progress.step = count
    progress.validationLoss = loss.value
    return true
  }

  /// The product of the sizes of a device mesh, `8]` or `4, 2]`.
  private func product(_ line: LogLine, _ start: Int) -> String? {
    var product: Int64 = 1
    var place = start
    for _ in 0..<8 {
      guard let size = line.number(behindSpaces: place),
        let all = Progress.product(product, size.whole)
      else { return nil }
      product = all
      if line.starts(with: "]", at: size.end) { return "\(product)" }
      guard line.starts(with: ",", at: size.end) else { return nil }
      place = size.end + 1
    }
    return nil
  }

  private func memory(_ line: LogLine, _ place: Int) -> Int64? {
    guard let memory = line.number(after: "memory", from: place),
      line.starts(with: "GiB", at: memory.end)
    else { return nil }
    return Progress.bytes(memory.value, scale: Progress.gibibyte)
  }

  private mutating func header(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    let length = line.number(after: "sequence length", from: start)
    let all = line.number(after: "global batch size", from: start)
    batch = all?.whole
    tokensPerStep = Progress.product(all?.whole, length?.whole)
    stepTotal = line.number(after: "total steps", from: start)?.whole
    progress.isBanner = true
    return progress.learn(["global_batch": all?.fact, "sequence_length": length?.fact])
  }
}
