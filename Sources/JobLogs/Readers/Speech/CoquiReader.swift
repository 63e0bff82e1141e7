/// Reads the blocks of Coqui's trainer, under a line with the step.
///
///      > EPOCH: 0/1000
///        --> TIME: 2024-03-01 10:00:24 -- STEP: 24/312 -- GLOBAL_STEP: 24
///          | > loss: 2.47600  (2.60000)
///      > EVALUATION
///          | > avg_loss: 2.31 (+0.0)
///
/// Source: github.com/coqui-ai/Trainer, trainer/logging/console_logger.py.
struct CoquiReader: ProgressReader {
  static let format = "Coqui"
  static let firstCharacters: StaticString = "|>-"

  private var values = NamedValues()
  private var step: Int64?
  private var epoch: LogLine.Number?
  private var epochTotal: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "> EPOCH: ", at: start) {
      epoch = line.number(at: start + 9)
      epochTotal = epoch.flatMap { epoch in
        line.starts(with: "/", at: epoch.end) ? line.number(at: epoch.end + 1)?.whole : nil
      }
      return false
    }
    if line.starts(with: "> EVALUATION", at: start) || line.starts(with: "--> EVAL", at: start) {
      step = nil
      return false
    }
    if line.starts(with: "--> ", at: start),
      let global = line.find("GLOBAL_STEP: ", from: start), let count = line.number(at: global + 13)
    {
      step = count.whole
      progress.step = step
      progress.epoch = epoch?.value
      progress.epochTotal = epochTotal
      return step != nil
    }
    // The mean stands in brackets behind the newest value.
    guard let step, line.starts(with: "| > ", at: start), line.ends(with: ")"),
      let colon = line.find(": ", from: start + 4), colon - start < 60,
      let number = line.number(behindSpaces: colon + 2)
    else { return false }
    if line.holds("step_time", in: (start + 4)..<colon) {
      progress.stepTime = number.value
    } else if line.holds("loader_time", in: (start + 4)..<colon) {
      progress.dataTime = number.value
    } else {
      var values = values
      values.begin()
      values.take(line, (start + 4)..<colon, number, &progress)
      self.values = values
      progress.drop([.step, .stepTotal])
    }
    guard !progress.fields.isEmpty else { return false }
    progress.step = step
    return true
  }
}
