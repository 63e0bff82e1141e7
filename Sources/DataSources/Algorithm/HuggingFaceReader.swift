/// Reads what the Trainer of Hugging Face transformers prints, and what builds on it (TRL).
///
///     {'loss': 2.5586, 'grad_norm': 6.8, 'learning_rate': 5e-05, 'epoch': 0.01}
///     {'loss': '1.098', 'learning_rate': '2e-05', 'num_tokens': '1.144e+04'}
///      12%|█▏        | 50/409 [02:00<13:54,  2.39s/it]
///
/// The first is version 4, a Python dictionary; the second version 5, where every number is a text
/// with four digits: too few to count tokens with, so those are not taken. The step stands only
/// in the progress bar, the first one without a description; bars of another length are
/// evaluations or downloads. A bar behind the step is another rank's, until twenty of them in a row
/// say that the job began again.
struct HuggingFaceReader: ProgressReader {
  static let format = "Hugging Face Trainer or tqdm"
  static let caution = "step and step time from the progress bar, a moving mean"

  private var step: Int64?
  private var stepTotal: Int64?
  /// How many bars in a row were behind the step: other ranks' copies, or a job that began again.
  private var barsBehind = 0

  mutating func read(_ line: LogLine) -> Progress? {
    if line.starts(with: "{'") || line.starts(with: "{\"loss") { return dictionary(line) }
    return bar(line)
  }

  private mutating func dictionary(_ line: LogLine) -> Progress? {
    guard line.ends(with: "}"), line.find("{", from: 1) == nil else { return nil }
    if let runtime = line.number(after: "'train_runtime'"), runtime.value.isFinite,
      0..<1e9 ~= runtime.value, line.number(after: "'loss'") == nil
    {
      defer { (step, stepTotal) = (nil, nil) }
      return Progress(
        step: step, stepTotal: stepTotal,
        note: "training ended after \(Int(runtime.value.rounded(.down))) s")
    }
    guard let loss = line.number(after: "'loss'") ?? line.number(after: "\"loss\"") else {
      return nil
    }
    var progress = Progress(step: step, stepTotal: stepTotal, loss: loss.value)
    progress.learningRate = line.number(after: "'learning_rate'")?.value
    progress.stepTime = line.number(after: "'step_time'")?.value
    let tokens = line.number(after: "'num_input_tokens_seen'") ?? line.number(after: "'num_tokens'")
    if let tokens, !tokens.isQuoted { progress.tokens = Int64(exactly: tokens.value.rounded()) }
    return progress
  }

  /// Reads a bar of tqdm: `{description}{percent}%|{bar}| {n}/{total} [{elapsed}<{left}, {rate}]`.
  private mutating func bar(_ line: LogLine) -> Progress? {
    // A description before the percentage means that it is some other bar.
    guard let percent = line.number(at: 0), percent.isPercent,
      line.starts(with: "|", at: percent.end),
      line.ends(with: "]"), let edge = line.find("| ", from: percent.end + 1),
      let count = line.number(at: edge + 2), let done = count.whole,
      line.starts(with: "/", at: count.end), let all = line.number(at: count.end + 1),
      let total = all.whole, line.starts(with: " [", at: all.end), 0...total ~= done
    else { return nil }
    if let stepTotal, stepTotal != total { return nil }
    if let step, done < step, barsBehind < 20 {
      barsBehind += 1
      return nil
    }
    barsBehind = 0
    (step, stepTotal) = (done, total)
    var progress = Progress(step: done, stepTotal: total)
    if let comma = line.find(", ", from: all.end) {
      var place = comma + 2
      while line.starts(with: " ", at: place) { place += 1 }
      if let rate = line.number(at: place), rate.value > 0 {
        if line.starts(with: "s/it", at: rate.end) { progress.stepTime = rate.value }
        if line.starts(with: "it/s", at: rate.end) { progress.stepTime = 1 / rate.value }
      }
    }
    return progress
  }
}
