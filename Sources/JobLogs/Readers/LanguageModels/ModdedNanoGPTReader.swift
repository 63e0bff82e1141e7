/// Reads the lines of modded-nanogpt.
///
///     step:125/1750 train_loss:4.9 train_time:23144ms step_avg:201.25ms
///     step:125/1750 val_loss:4.8 train_time:23144ms step_avg:201.25ms
///
/// The log begins with the program itself, so only a digit after `step:` counts. Later versions
/// leave the training loss out. Source: github.com/KellerJordan/modded-nanogpt, records.
struct ModdedNanoGPTReader: ProgressReader {
  static let format = "modded-nanogpt"
  static let caution = "step time is the job's mean since step 10"
  static let firstCharacters: StaticString = "s"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "step:", at: start), let step = line.number(at: start + 5),
      let count = step.whole, line.starts(with: "/", at: step.end),
      let all = line.number(at: step.end + 1), let total = all.whole, line.ends(with: "ms"),
      line.find("step:", from: start + 5) == nil,
      let passed = line.find("train_time:", from: all.end)
    else { return false }
    progress.step = count
    if let time = line.number(at: passed + 11), line.starts(with: "ms", at: time.end) {
      progress.elapsed = time.value / 1000
    }
    progress.stepTotal = total
    progress.loss = line.number(after: "train_loss", from: all.end)?.value
    progress.validationLoss = line.number(after: "val_loss", from: all.end)?.value
    if let mean = line.number(after: "step_avg", from: all.end)?.value, mean.isFinite {
      progress.stepTime = mean / 1000
    }
    return true
  }
}
