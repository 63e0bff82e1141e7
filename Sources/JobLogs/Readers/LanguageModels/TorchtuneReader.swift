/// Reads the lines of torchtune's disk logger.
///
///     Step 12 | loss:2.31 lr:2e-05 tokens_per_second_per_gpu:1234.5 peak_memory_active:13.9
///
/// Source: github.com/pytorch/torchtune, torchtune/training/metric_logging.py.
struct TorchtuneReader: ProgressReader {
  static let format = "torchtune"
  static let caution = "tokens per second are those of ONE device"
  static let firstCharacters: StaticString = "S"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "Step ", at: start), let step = line.number(at: start + 5),
      let count = step.whole, line.starts(with: " | ", at: step.end),
      line.find("Step ", from: start + 5) == nil
    else { return false }
    let place = step.end + 3
    progress.step = count
    progress.loss = line.number(after: "loss", from: place)?.value
    progress.validationLoss = line.number(after: "val_loss", from: place)?.value
    progress.learningRate = line.number(after: "lr", from: place)?.value
    progress.gradientNorm = line.number(after: "grad_norm", from: place)?.value
    progress.tokenRate = line.number(after: "tokens_per_second_per_gpu", from: place)?.value
    let memory = line.number(after: "peak_memory_active", from: place)?.value
    progress.peakMemory = Progress.bytes(memory, scale: Progress.gibibyte)
    guard progress.fields != .step else { return false }
    if progress.tokenRate != nil { progress.facts = Progress.ratesOfDevice }
    return true
  }
}
