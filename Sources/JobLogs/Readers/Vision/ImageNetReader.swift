/// Reads the lines of PyTorch's ImageNet example and of the many loops that grew from it.
///
///     Epoch: [0][  11/5005]  Time  0.345 ( 1.445)  Data  0.001 ( 0.738)  Loss 6.8e+00 (6.85e+00)
///       Acc@1   0.00 (  0.00)  Acc@5   0.39 (  0.39)                           (one line)
///      *   Acc@1 12.340 Acc@5 30.120
///
/// Epochs count from 0; the numbers are of one batch, those in parentheses means of the epoch.
/// Source: github.com/pytorch/examples, imagenet/main.py.
struct ImageNetReader: ProgressReader {
  static let format = "PyTorch ImageNet example"
  static let caution = "loss and times are those of one batch"
  static let firstCharacters: StaticString = "E*"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "* ", at: start), let best = line.number(after: "Acc@1", from: start),
      let five = line.number(after: "Acc@5", from: best.end),
      line.decimals(endingAt: five.end) == line.decimals(endingAt: best.end)
    {
      progress.accuracy = best.value / 100
      return true
    }
    guard line.starts(with: "Epoch: [", at: start), let epoch = line.number(at: start + 8),
      line.starts(with: "][", at: epoch.end),
      let done = line.number(behindSpaces: epoch.end + 2), line.starts(with: "/", at: done.end),
      let all = line.number(at: done.end + 1), line.starts(with: "]", at: all.end),
      let loss = line.number(after: "Loss", from: all.end), line.ends(with: ")"),
      let pass = epoch.whole, let batch = done.whole, let total = all.whole,
      line.find("Epoch: [", from: all.end) == nil
    else { return false }
    progress.loss = loss.value
    progress.dataTime = line.number(after: "Data", from: all.end)?.value
    var count = Count(done: batch, total: total)
    count.secondsEach = line.number(after: "Time", from: all.end)?.value
    count.caption.words = [.withinEpoch, .steps, .fromZero]
    (count.caption.epoch, count.caption.name) = (pass, 4)
    count.hasLoss = true
    count.isLine = true
    progress.count = count
    return true
  }
}
