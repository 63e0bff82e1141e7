/// Reads the lines of Megatron-LM and Megatron-DeepSpeed.
///
///     iteration 62/ 1000 | consumed samples: 63488 | elapsed time per iteration (ms): 1382.2 |
///       learning rate: 1.484E-04 | global batch size: 1024 | lm loss: 2.043871E+01 | …  (one line)
///
/// The unit of the time stands in the parentheses and differs between the two. Tokens are stated
/// by Megatron-DeepSpeed; for Megatron-LM they are samples times the sequence length of the list of
/// arguments. Source: github.com/NVIDIA/Megatron-LM, megatron/training/training.py.
struct MegatronReader: ProgressReader {
  static let format = "Megatron"
  static let caution = "means over the log interval"

  private var sequenceLength: Int64?

  mutating func read(_ line: LogLine) -> Progress? {
    if line.starts(with: "seq_length ") {
      var place = 11
      while line.starts(with: ".", at: place) || line.starts(with: " ", at: place) { place += 1 }
      sequenceLength = line.number(at: place)?.whole ?? sequenceLength
      return nil
    }
    guard let place = line.find("iteration "), line.ends(with: "|"),
      place == 0 || line.starts(with: "[") && line.starts(with: "] ", at: place - 2),
      !isTorn(line, from: place + 1),
      let number = line.number(after: "iteration", from: place), let count = number.whole
    else { return nil }
    var slash = number.end
    while line.starts(with: " ", at: slash) { slash += 1 }
    guard line.starts(with: "/", at: slash) else { return nil }
    slash += 1
    while line.starts(with: " ", at: slash) { slash += 1 }
    guard let total = line.number(at: slash)?.whole else { return nil }
    var progress = Progress(step: count, stepTotal: total)
    progress.loss = (line.number(after: "lm loss") ?? line.number(after: "lm-loss"))?.value
    progress.learningRate = line.number(after: "learning rate")?.value
    progress.stepTime =
      line.number(after: "elapsed time per iteration (ms)").map { $0.value / 1000 }
      ?? line.number(after: "elapsed time per iteration (s)")?.value
    if let tokens = line.number(after: "consumed tokens")?.whole {
      progress.tokens = tokens
    } else if let samples = line.number(after: "consumed samples")?.whole, let sequenceLength {
      let (tokens, overflow) = samples.multipliedReportingOverflow(by: sequenceLength)
      if !overflow { progress.tokens = tokens }
    }
    return progress
  }

  /// Whether a second line begins within the first; only the time has the word once more.
  private func isTorn(_ line: LogLine, from start: Int) -> Bool {
    var place = start
    while let next = line.find("iteration ", from: place) {
      if !line.starts(with: "(", at: next + 10) { return true }
      place = next + 1
    }
    return false
  }
}
