/// Reads the lines of minGPT.
///
///     iter_dt 12.30ms; iter 100: train loss 2.30412
///
/// Source: github.com/karpathy/minGPT, projects.
struct MinGPTReader: ProgressReader {
  static let format = "minGPT"
  static let firstCharacters: StaticString = "i"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "iter_dt ", at: start), let time = line.number(at: start + 8),
      line.starts(with: "ms; iter ", at: time.end), let step = line.number(at: time.end + 9),
      line.starts(with: ": train loss ", at: step.end),
      let loss = line.number(at: step.end + 13), loss.end == line.bytes.count,
      line.decimals(endingAt: loss.end) == 5
    else { return false }
    progress.step = step.whole
    progress.loss = loss.value
    progress.stepTime = time.value / 1000
    return true
  }
}
