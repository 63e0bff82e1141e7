/// Reads rows as flat JSON objects, one a line, under the names that most people give them.
///
///     {"step": 20, "loss": 2.31, "lr": 1e-05, "val_loss": 2.4, "timestamp": 1773504001.5}
///     {"lr": 0.01, "data_time": 0.02, "loss": 0.9, "time": 0.35, "epoch": 2, "iter": 200, "step": 200}
///
/// The second is MMEngine's `vis_data/scalars.json`, whose `time` is that of a step. A row without a
/// loss is an evaluation or something else, and its `step` may count another thing. `iter` may begin
/// again with each epoch, so beside an epoch it is no step. A row may say whose loss it is:
/// `"split": "val"`.
struct JSONRowsReader: ProgressReader {
  static let format = "JSON rows"
  static let firstCharacters: StaticString = "{"

  /// The newest row that had both.
  private var last: (step: Int64, epoch: Double)?
  /// Whether steps begin anew with each pass.
  private var isStepOfPass = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "{\"", at: start), line.ends(with: "}"),
      line.find("{", from: start + 1) == nil
    else { return false }
    var iteration: Int64?
    var time: Double?
    line.forEachEntry(from: start) { line, key, number in
      func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
      if isKey("step") || isKey("global_step") || isKey("_step") {
        progress.step = progress.step ?? number.whole
      } else if isKey("iter") || isKey("iteration") {
        iteration = number.whole
      } else if isKey("loss") || isKey("train_loss") || isKey("train/loss") || isKey("lm_loss") {
        progress.loss = progress.loss ?? number.value
      } else if isKey("val_loss") || isKey("eval_loss") || isKey("val/loss") || isKey("eval/loss")
        || isKey("validation_loss")
      {
        progress.validationLoss = number.value
      } else if isKey("lr") || isKey("learning_rate") {
        progress.learningRate = number.value
      } else if isKey("grad_norm") {
        progress.gradientNorm = number.value
      } else if isKey("epoch") {
        progress.epoch = number.value
      } else if isKey("step_time") {
        progress.stepTime = number.value
      } else if isKey("data_time") {
        progress.dataTime = number.value
      } else if isKey("time") {
        time = number.value
      }
    }
    guard progress.loss != nil || progress.validationLoss != nil else { return false }
    if let loss = progress.loss, Self.isEvaluation(line, from: start) {
      progress.validationLoss = loss
      progress.loss = nil
    }
    if progress.step == nil, progress.epoch == nil { progress.step = iteration }
    // Beside the time for data it is MMEngine's, and that of a step; else nobody knows of what.
    if progress.dataTime != nil, let time, time < 1e6 { progress.stepTime = time }
    if let step = progress.step, let epoch = progress.epoch, progress.loss != nil {
      if let last, step < last.step, epoch > last.epoch, !isStepOfPass {
        (isStepOfPass, progress.retractsSteps) = (true, true)
      }
      last = (step, epoch)
    }
    if isStepOfPass { progress.step = nil }
    return progress.step != nil || progress.epoch != nil
  }

  /// Whether a row says that it is not of the training.
  private static func isEvaluation(_ line: LogLine, from start: Int) -> Bool {
    for key in SplitName.keys {
      guard let word = line.word(after: key, from: start), SplitName(word) == .evaluation else {
        continue
      }
      return true
    }
    return false
  }
}
