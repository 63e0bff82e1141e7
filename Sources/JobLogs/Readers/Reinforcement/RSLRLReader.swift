/// Reads the blocks of rsl_rl, with which robots learn to walk.
///
///     ##########################################################################
///                            Learning iteration 66/30000
///
///                               Total steps: 98304
///                           Mean value loss: 0.4399
///                            Iteration time: 1.60s
///
/// Steps are iterations of the learner; those of the environment are samples. Source:
/// github.com/leggedrobotics/rsl_rl, rsl_rl/runners.
struct RSLRLReader: ProgressReader {
  static let format = "rsl_rl"
  static let caution = "steps are the learner's iterations, samples are steps of the environment"
  static let firstCharacters: StaticString = "LTI"

  private var step: Int64?
  private var stepTotal: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "Learning iteration ", at: start) {
      guard let number = line.number(at: start + 19), let count = number.whole,
        line.starts(with: "/", at: number.end), let all = line.number(at: number.end + 1)
      else { return false }
      (step, stepTotal) = (count, all.whole)
      (progress.step, progress.stepTotal) = (step, stepTotal)
      return true
    }
    guard let step else { return false }
    if line.starts(with: "Total steps: ", at: start)
      || line.starts(with: "Total timesteps: ", at: start)
    {
      progress.samples =
        line.number(after: "steps", from: start)?.whole
        ?? line.number(after: "timesteps", from: start)?.whole
    } else if line.starts(with: "Iteration time: ", at: start),
      let time = line.number(at: start + 16), line.starts(with: "s", at: time.end)
    {
      progress.stepTime = time.value
    } else {
      return false
    }
    guard !progress.fields.isEmpty else { return false }
    (progress.step, progress.stepTotal) = (step, stepTotal)
    return true
  }
}
