/// Reads the described progress bars of training loops: accelerate, diffusers, Lightning, Levanter.
///
///     Steps:   5%|▌         | 50/1000 [00:30<09:30,  1.67it/s, lr=1e-5, step_loss=0.12]
///     Epoch 0:  45%|████▌     | 450/1000 [01:00<01:13,  7.50it/s, v_num=0, loss=2.31]
///
/// Bars that speak of something else, such as a download or an evaluation, are passed over. Bars of
/// an epoch count anew in each; the step is known only when the first epoch is seen to be 0, or 1
/// of a number.
struct ProgressBarReader: ProgressReader {
  static let format = "progress bar"
  static let caution = "step and step time from the progress bar, a moving mean"
  let authority = ProgressAuthority.bar

  /// The number the first epoch has, once that is known.
  private var firstEpoch: Int64?
  private var hasSeenEpochs = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard line.bytes.last == 0x5D, let bar = ProgressBar(line), !bar.description.isEmpty else {
      return false
    }
    progress.stepTime = bar.secondsEach
    progress.elapsed = bar.elapsed
    bar.readPostfix(line, &progress)
    let start = bar.description.lowerBound
    if line.starts(with: "Epoch", at: start) {
      readEpoch(line, start + 5, bar, &progress)
    } else if progress.loss != nil || line.starts(with: "Steps", at: start)
      || line.starts(with: "Train", at: start) || line.starts(with: "train", at: start)
    {
      if progress.step == nil { (progress.step, progress.stepTotal) = (bar.done, bar.total) }
    } else {
      return false
    }
    return !progress.fields.isEmpty
  }

  private mutating func readEpoch(
    _ line: LogLine, _ place: Int, _ bar: ProgressBar, _ progress: inout Progress
  ) {
    guard let number = line.number(behindSpaces: place), number.end <= bar.description.upperBound,
      let epoch = number.whole, 0..<1_000_000 ~= epoch
    else { return }
    let isOfANumber = line.starts(with: "/", at: number.end)
    if !hasSeenEpochs {
      hasSeenEpochs = true
      firstEpoch = isOfANumber && epoch >= 1 ? 1 : epoch == 0 ? 0 : nil
    }
    guard let firstEpoch, epoch >= firstEpoch else { return }
    progress.epoch = Double(epoch - firstEpoch) + Double(bar.done) / Double(bar.total)
    guard progress.step == nil else { return }
    let (before, overflow) = (epoch - firstEpoch).multipliedReportingOverflow(by: bar.total)
    if !overflow { progress.step = before &+ bar.done }
  }
}
