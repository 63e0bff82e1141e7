import Formats

/// A progress bar as tqdm draws it.
///
///     Steps:  12%|█▏        | 50/409 [02:00<13:54,  2.39s/it, loss=2.1]
///
/// Source: github.com/tqdm/tqdm, tqdm/std.py.
struct ProgressBar {
  /// What stands before the percentage, without a colon; may be empty.
  let description: Range<Int>
  let done: Int64
  let total: Int64
  /// Seconds for one of what is counted: a moving mean.
  let secondsEach: Double?
  /// Seconds since the bar began, whole ones.
  let elapsed: Double?
  /// Where the values behind the rate start; the end of the line when there are none.
  let postfix: Int

  init?(_ line: LogLine) {
    guard line.bytes.last == 0x5D, let bar = line.find("%|") else { return nil }
    var start = bar
    while start > 0, line.bytes[start - 1] &- 0x30 < 10 { start -= 1 }
    var end = start
    while end > 0, line.bytes[end - 1] == 0x20 || line.bytes[end - 1] == 0x3A { end -= 1 }
    guard start < bar, start == 0 || line.bytes[start - 1] == 0x20 || line.bytes[start - 1] == 0x3A,
      // A second bar within the first: two processes wrote into the same line.
      line.find("%|", from: bar + 2) == nil,
      let edge = line.find("| ", from: bar + 2), let count = line.number(at: edge + 2),
      let done = count.whole, line.starts(with: "/", at: count.end),
      let all = line.number(at: count.end + 1), let total = all.whole,
      line.starts(with: " [", at: all.end), total > 0, 0...total ~= done
    else { return nil }
    description = 0..<end
    (self.done, self.total) = (done, total)
    elapsed = line.find("<", from: all.end).flatMap {
      PlainNumber.clock(line.bytes[min($0, all.end + 2)..<$0])
    }
    var postfix = line.bytes.count
    var each: Double?
    if let comma = line.find(", ", from: all.end),
      let rate = line.number(behindSpaces: comma + 2), rate.value > 0
    {
      if line.starts(with: "s/", at: rate.end) { each = rate.value }
      if line.starts(with: "it/s", at: rate.end) { each = 1 / rate.value }
      postfix = line.find(", ", from: rate.end) ?? postfix
    }
    secondsEach = each
    self.postfix = postfix
  }

  /// Reads the values behind the rate, such as `loss=2.31, lr=1e-5`.
  func readPostfix(_ line: LogLine, _ progress: inout Progress) {
    guard postfix < line.bytes.count else { return }
    for key in ["loss", "train_loss", "step_loss", "reduced_train_loss"] as [StaticString] {
      if let loss = line.number(after: key, from: postfix) {
        progress.loss = loss.value
        break
      }
    }
    progress.validationLoss = line.number(after: "val_loss", from: postfix)?.value
    progress.learningRate = line.number(after: "lr", from: postfix)?.value
    progress.gradientNorm = line.number(after: "grad_norm", from: postfix)?.value
    progress.samples = line.number(after: "consumed_samples", from: postfix)?.whole
    if let step = line.number(after: "global_step", from: postfix)?.whole { progress.step = step }
  }
}
