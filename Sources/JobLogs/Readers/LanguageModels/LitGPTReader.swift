/// Reads the lines of LitGPT.
///
///     Epoch 1 | iter 120 step 30 | loss train: 2.846, val: 2.861 | iter time: 112.20 ms (step)
///       remaining time: 0:01:54                                                (one line)
///     Epoch 3 | iter 256 step 64 | loss train: 1.052, val: n/a | iter time: 98.50 ms
///
/// `iter` counts micro steps, and the time is that of one. Source: github.com/Lightning-AI/litgpt,
/// litgpt/finetune, litgpt/pretrain.py.
struct LitGPTReader: ProgressReader {
  static let format = "LitGPT"
  static let caution = "time is that of one iteration, of which a step may have several"
  static let firstCharacters: StaticString = "E"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "Epoch ", at: start), let epoch = line.number(at: start + 6),
      line.starts(with: " | iter ", at: epoch.end), let iteration = line.number(at: epoch.end + 8),
      line.starts(with: " step ", at: iteration.end),
      let step = line.number(at: iteration.end + 6),
      line.starts(with: " | loss train: ", at: step.end),
      let loss = line.number(at: step.end + 15),
      let time = line.number(after: "iter time", from: loss.end),
      line.starts(with: " ms", at: time.end), line.find("Epoch ", from: step.end) == nil
    else { return false }
    progress.step = step.whole
    progress.loss = loss.value
    progress.validationLoss = line.number(after: "val", from: loss.end)?.value
    progress.stepTime = time.value / 1000
    return true
  }
}
