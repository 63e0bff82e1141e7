/// Reads the lines of build-nanogpt, of its forks, and of llm.c: fields between bars.
///
///     step     5 | loss: 6.813421 | lr 4.2857e-05 | norm: 2.1 | dt: 338.2ms | tok/sec: 1550213.4
///     step   12/19560 | loss 9.6 (+nanz)| norm 4.1 (+nanz)| lr 1.20e-05 | 297.1 ms | 41.2% bf16 MFU
///       | 1764823 tok/s                                                                 (one line)
///
/// Source: github.com/karpathy/build-nanogpt, train_gpt2.py; github.com/karpathy/llm.c,
/// train_gpt2.cu.
struct StepTableReader: ProgressReader {
  static let format = "build-nanogpt or llm.c"
  static let caution = "tokens per second of all ranks; llm.c states a moving mean"

  mutating func read(_ line: LogLine) -> Progress? {
    guard line.starts(with: "step "), line.find("step ", from: 5) == nil else { return nil }
    var place = 5
    while line.starts(with: " ", at: place) { place += 1 }
    guard let step = line.number(at: place), let count = step.whole else { return nil }
    var progress = Progress(step: count)
    place = step.end
    if line.starts(with: "/", at: place), let total = line.number(at: place + 1) {
      progress.stepTotal = total.whole
      place = total.end
    }
    while line.starts(with: " ", at: place) { place += 1 }
    guard line.starts(with: "|", at: place), let loss = line.number(after: "loss", from: place)
    else { return nil }
    progress.loss = loss.value
    progress.learningRate = line.number(after: "lr", from: place)?.value
    progress.tokenRate = line.number(after: "tok/sec", from: place)?.value
    if let time = line.number(after: "dt", from: place), line.starts(with: "ms", at: time.end) {
      progress.stepTime = time.value / 1000
    }
    fields(line, from: place, &progress)
    return progress.stepTime == nil && progress.tokenRate == nil ? nil : progress
  }

  /// The fields of llm.c, which say what they are behind the number.
  private func fields(_ line: LogLine, from start: Int, _ progress: inout Progress) {
    var place = start
    while line.starts(with: "|", at: place) || line.find("|", from: place) != nil {
      place = (line.find("|", from: place) ?? place) + 1
      while line.starts(with: " ", at: place) { place += 1 }
      guard let number = line.number(at: place) else { continue }
      if line.starts(with: " ms", at: number.end) { progress.stepTime = number.value / 1000 }
      if line.starts(with: " tok/s", at: number.end) { progress.tokenRate = number.value }
      if number.isPercent, line.starts(with: " bf16 MFU", at: number.end) {
        progress.reportedMFU = number.share
      }
    }
  }
}
