/// Reads what the Trainer of Hugging Face transformers prints, and what builds on it: TRL, Axolotl,
/// ms-swift, LLaMA-Factory.
///
///     {'loss': 2.5586, 'grad_norm': 6.8, 'learning_rate': 5e-05, 'epoch': 0.01}
///     {'loss': '1.098', 'learning_rate': '2e-05', 'num_tokens': '1.144e+04'}
///     {'eval_loss': 1.5, 'eval_runtime': 3.1, 'epoch': 0.02}
///     {'loss': 0.812, 'train_speed(iter/s)': 0.125, 'global_step/max_steps': '10/100'}
///
/// The first is version 4, a Python dictionary; the second version 5, where every number is a text
/// with four digits: too few to count tokens with, so those are not taken. Rates of tokens and
/// samples are means since the start and not taken either. The step mostly stands only in the
/// progress bar beside it.
struct HuggingFaceReader: ProgressReader {
  static let format = "Hugging Face Trainer"
  static let caution = "step and step time from the progress bar, a moving mean"
  static let firstCharacters: StaticString = "{NTG"

  private var batch: Int64?
  private var values = NamedValues()

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard line.message < line.bytes.count else { return false }
    return line.bytes[line.message] == UInt8(ascii: "{")
      ? dictionary(line, &progress) : header(line, &progress)
  }

  func complete(_ progress: inout Progress) {
    if !progress.fields.has(.samples) {
      progress.samples = Progress.product(progress.step, batch)
    }
  }

  private mutating func dictionary(_ line: LogLine, _ progress: inout Progress) -> Bool {
    let start = line.message
    guard
      line.starts(with: "'", at: start + 1) || line.starts(with: "\"loss", at: start + 1)
        || line.starts(with: "\"eval_loss", at: start + 1),
      line.ends(with: "}"), line.find("{", from: start + 1) == nil
    else { return false }

    var runtime: Double?
    var values = values
    var parts = LossParts()
    values.begin()
    line.forEachEntry(from: start) { line, key, number in
      func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
      if isKey("train_runtime") {
        runtime = number.value
      } else if isKey("eval_runtime") {
        progress.evaluationTime = number.value
      } else if isKey("train_speed(iter/s)"), number.value > 0 {
        progress.stepTime = 1 / number.value
      } else if isKey("train_speed(s/it)") {
        progress.stepTime = number.value
      } else if isKey("throughput") {
        progress.tokenRate = number.value
        progress.facts = Progress.ratesOfJob
      } else if !Self.isMean(line, key) {
        parts.hear(values.part(line, key), isTaken: progress.loss != nil)
        values.take(line, key, number, &progress)
      }
    }
    // Of TRL's PPO: `loss/policy_avg` beside `loss/value_avg`.
    if parts.isPart { progress.loss = nil }
    self.values = values
    steps(line, &progress)
    if let runtime, progress.loss == nil || line.find("train_steps_per_second", from: start) != nil
    {
      guard runtime.isFinite, 0..<1e9 ~= runtime else { return false }
      progress.clear()
      progress.elapsed = runtime
      progress.note = "training ended after \(Int(runtime.rounded(.down))) s"
      progress.isEnd = true
      return true
    }
    return progress.loss != nil || progress.validationLoss != nil
  }

  /// Reads ms-swift's `'global_step/max_steps': '10/100'`.
  private func steps(_ line: LogLine, _ progress: inout Progress) {
    guard let key = line.find("global_step/max_steps"),
      let colon = line.find(":", from: key)
    else { return }
    var place = line.skipSpaces(colon + 1)
    if line.starts(with: "'", at: place) || line.starts(with: "\"", at: place) { place += 1 }
    guard let step = line.number(at: place), line.starts(with: "/", at: step.end),
      let total = line.number(at: step.end + 1)
    else { return }
    (progress.step, progress.stepTotal) = (step.whole, total.whole)
  }

  /// Whether a number is a mean since the start, and would pass for the present.
  private static func isMean(_ line: LogLine, _ key: Range<Int>) -> Bool {
    line.holds("train_loss", in: key) || line.holds("train_samples_per_second", in: key)
      || line.holds("train_steps_per_second", in: key)
      || line.holds("train_tokens_per_second", in: key)
  }

  /// Reads one line of `***** Running training *****`.
  private mutating func header(_ line: LogLine, _ progress: inout Progress) -> Bool {
    let start = line.message
    func value(_ name: StaticString) -> LogLine.Number? {
      guard line.starts(with: name, at: start) else { return nil }
      var place = start + name.utf8CodeUnitCount
      if line.starts(with: " (", at: place) { place = (line.find(")", from: place) ?? place) + 1 }
      return line.starts(with: " = ", at: place) ? line.number(at: place + 3) : nil
    }
    if let number = value("Num examples") { return progress.learn(["train_samples": number.fact]) }
    if let number = value("Total train batch size") {
      batch = number.whole
      return progress.learn(["global_batch": number.fact])
    }
    if let number = value("Total optimization steps") {
      progress.isBanner = true
      progress.announcedTotal = number.whole
      return progress.learn(["steps": number.fact])
    }
    if let number = value("Gradient Accumulation steps") {
      return progress.learn(["accumulation": number.fact])
    }
    if let number = value("Number of trainable parameters") {
      return progress.learn(["trainable_parameters": number.fact])
    }
    return false
  }
}
