/// Reads the lines of NVIDIA's Tacotron 2 and of its forks.
///
///     Train loss 12 0.534534 Grad Norm 1.234567 1.35s/it
///     Validation loss 500: 0.412345
///
/// Source: github.com/NVIDIA/tacotron2, train.py.
struct TacotronReader: ProgressReader {
  static let format = "Tacotron 2"
  static let firstCharacters: StaticString = "TV"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "Validation loss ", at: start),
      let step = line.number(at: start + 16), let count = step.whole,
      line.starts(with: ": ", at: step.end), let loss = line.number(behindSpaces: step.end + 2),
      loss.end == line.bytes.count
    {
      (progress.step, progress.validationLoss) = (count, loss.value)
      return true
    }
    guard line.starts(with: "Train loss ", at: start), let step = line.number(at: start + 11),
      let count = step.whole, let loss = line.number(behindSpaces: step.end),
      line.starts(with: " Grad Norm ", at: loss.end), let norm = line.number(at: loss.end + 11),
      let time = line.number(behindSpaces: norm.end), line.starts(with: "s/it", at: time.end)
    else { return false }
    (progress.step, progress.loss, progress.gradientNorm) = (count, loss.value, norm.value)
    progress.stepTime = time.value
    return true
  }
}
