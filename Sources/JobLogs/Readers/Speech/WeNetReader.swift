/// Reads the lines of WeNet.
///
///     2021-06-01 10:01:00,123 DEBUG TRAIN Batch 0/100 loss 49.0 loss_att 40.0 lr 0.00001 rank 0
///     2024-01-01 10:01:00,123 DEBUG TRAIN | steps/sec 1.234| Batch 0/100 loss 49.0 lr 1e-05 rank 0
///     2021-06-01 10:09:00,123 DEBUG CV Batch 0/100 loss 43.1 history loss 44.0 rank 0
///
/// The first number is the pass, counted from 0, the second the batch of it; nobody says how many a
/// pass has, so steps are known in the first. Each rank writes its own lines; the first's are taken.
/// Source: github.com/wenet-e2e/wenet, wenet/utils/train_utils.py and executor.py.
struct WeNetReader: ProgressReader {
  static let format = "WeNet"
  static let caution = "batches are steps in the first pass, where gradients are not accumulated"
  static let firstCharacters: StaticString = "TC"

  /// Whether steps of the first pass were told, which are not those of the run.
  private var hasSteps = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    let isTraining = line.starts(with: "TRAIN ", at: start)
    guard isTraining || line.starts(with: "CV ", at: start),
      let batch = line.find("Batch ", from: start), batch - start < 40,
      let epoch = line.number(at: batch + 6), let pass = epoch.whole,
      line.starts(with: "/", at: epoch.end), let part = line.number(at: epoch.end + 1),
      let count = part.whole, line.starts(with: " loss ", at: part.end),
      let loss = line.number(at: part.end + 6)
    else { return false }
    // What has no rank at its end is cut.
    guard let rank = line.number(after: "rank", from: loss.end), rank.end == line.bytes.count else {
      return false
    }
    guard rank.whole == 0 else { return true }
    progress.epoch = Double(pass)
    guard isTraining else {
      // That of a batch is none of all the data.
      progress.validationLoss = line.number(after: "history loss", from: loss.end)?.value
      return true
    }
    progress.loss = loss.value
    progress.learningRate = line.number(after: "lr", from: loss.end)?.value
    progress.gradientNorm = line.number(after: "grad_norm", from: loss.end)?.value
    if pass == 0 { progress.step = count }
    (progress.retractsSteps, hasSteps) = (hasSteps && pass > 0, pass == 0)
    return true
  }
}
