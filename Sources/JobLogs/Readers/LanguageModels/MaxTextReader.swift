/// Reads the lines of MaxText.
///
///     completed step: 9, seconds: 5.667, TFLOP/s/device: 134.924, Tokens/s/device: 8672.758,
///       total_weights: 196608, loss: 10.374                                    (one line)
///     number parameters: 1.104 billion
///
/// The first steps may be told before they are done, for JAX only hands them on: a step of less
/// than 10 ms, or a device of more than 10 PFLOP/s, was not measured. `total_weights` are the
/// step's tokens that count for the loss. Source: github.com/AI-Hypercomputer/maxtext,
/// metric_logger.py.
struct MaxTextReader: ProgressReader {
  static let format = "MaxText"
  static let caution = "tokens per second are those of ONE device; tokens are those with a loss"
  static let firstCharacters: StaticString = "cne"

  private var tokens: Int64?
  private var last: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "number parameters: ", at: start) {
      return progress.learn(["parameters": line.count(after: "number parameters", from: start)])
    }
    if line.starts(with: "eval metrics after step: ", at: start) {
      guard let step = line.number(at: start + 25)?.whole,
        let loss = line.number(after: "loss", from: start + 25), loss.end < line.bytes.count
      else { return false }
      progress.step = step
      progress.validationLoss = loss.value
      return true
    }
    guard line.starts(with: "completed step: ", at: start),
      let number = line.number(at: start + 16), let step = number.whole,
      let seconds = line.number(after: "seconds", from: number.end),
      let loss = line.number(after: "loss", from: seconds.end),
      line.find("completed step", from: start + 1) == nil
    else { return false }
    progress.step = step
    progress.loss = loss.value
    let rate = line.number(after: "TFLOP/s/device", from: seconds.end)?.value
    if !(rate ?? 0 > 10_000 || step <= 2 && seconds.value < 0.01) {
      progress.stepTime = seconds.value
      progress.reportedFLOPRate = rate.map { $0 * 1e12 }
      progress.tokenRate = line.number(after: "Tokens/s/device", from: seconds.end)?.value
    }
    count(line.number(after: "total_weights", from: seconds.end)?.whole, of: step)
    progress.tokens = tokens
    progress.facts = Progress.ratesOfDevice
    return true
  }

  /// Adds the tokens of a step; those before the first one that was seen were as many each.
  private mutating func count(_ weights: Int64?, of step: Int64) {
    guard let weights, weights >= 0, 0..<1_000_000_000_000 ~= step else { return }
    if let known = tokens, let last, step == last + 1 {
      tokens = known.addingReportingOverflow(weights).partialValue
    } else if step != last {
      tokens = Progress.product(step + 1, weights)
    }
    last = step
  }
}
