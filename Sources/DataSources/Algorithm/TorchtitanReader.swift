/// Reads the lines of torchtitan.
///
///     [titan] 2026-02-24 19:46:17,508 - root - INFO - step:  4  loss:  7.62585  grad_norm: 26.6250
///       memory: 66.91GiB(37.51%)  tps: 10,050  tflops: 314.71  mfu: 13.99%     (one line)
///
/// Tokens per second are those of one device. The time has no zone and is not used. Every rank
/// may print its own copy. Source: github.com/pytorch/torchtitan, components/metrics.py.
struct TorchtitanReader: ProgressReader {
  static let format = "torchtitan"
  static let caution = "tokens per second are those of ONE device"

  mutating func read(_ line: LogLine) -> Progress? {
    guard let place = line.find("step:"), line.find("step:", from: place + 1) == nil,
      place == 0 || line.starts(with: "- ", at: place - 2),
      let count = line.number(after: "step", from: place)?.whole,
      let loss = line.number(after: "loss", from: place),
      let rate = line.number(after: "tps", from: place),
      // What follows the rate shows that the rate is complete.
      line.find("tflops", from: rate.end) != nil || line.find("mfu", from: rate.end) != nil
    else { return nil }
    var progress = Progress(step: count, loss: loss.value, tokenRate: rate.value)
    progress.learningRate = line.number(after: "lr", from: place)?.value
    if let mfu = line.number(after: "mfu", from: place), mfu.isPercent {
      progress.reportedMFU = mfu.share
    }
    return progress
  }
}
