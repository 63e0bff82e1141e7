/// Reads the lines of NeMo 2.
///
///     Training epoch 0, iteration 9/99 | lr: 5.7e-06 | global_batch_size: 512 | global_step: 9 |
///       reduced_train_loss: 11.03 | train_step_timing in s: 12.3 | consumed_samples: 5120 |
///       TFLOPS_per_GPU: 411.2 | val_loss: 10.9                                 (one line)
///
/// Source: github.com/NVIDIA/NeMo, nemo/lightning/pytorch/callbacks/progress_printer.py.
struct NeMoReader: ProgressReader {
  static let format = "NeMo"
  static let caution = "four digits, means over the log interval"
  static let firstCharacters: StaticString = "T"

  private var batch: Double?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "Training epoch ", at: start),
      let epoch = line.number(at: start + 15),
      line.starts(with: ", iteration ", at: epoch.end),
      let iteration = line.number(at: epoch.end + 12),
      line.starts(with: "/", at: iteration.end), let last = line.number(at: iteration.end + 1),
      line.find("Training epoch", from: start + 1) == nil
    else { return false }
    func value(_ key: StaticString) -> LogLine.Number? { line.number(after: key, from: last.end) }
    guard let step = value("global_step")?.whole else { return false }
    progress.step = step
    if let last = last.whole, last < .max { progress.stepTotal = last + 1 }
    progress.loss = value("reduced_train_loss")?.value
    progress.validationLoss = value("val_loss")?.value
    progress.learningRate = value("lr")?.value
    progress.gradientNorm = value("grad_norm")?.value
    progress.stepTime = value("train_step_timing in s")?.value
    progress.samples = value("consumed_samples")?.whole
    progress.reportedFLOPRate = value("TFLOPS_per_GPU").map { $0.value * 1e12 }
    if let number = value("global_batch_size"), number.value != batch {
      batch = number.value
      progress.facts["global_batch"] = number.fact
    }
    return true
  }
}
