/// Reads what the Trainer of Hugging Face transformers prints, and what builds on it: TRL, Axolotl.
///
///     {'loss': 2.5586, 'grad_norm': 6.8, 'learning_rate': 5e-05, 'epoch': 0.01}
///     {'loss': '1.098', 'learning_rate': '2e-05', 'num_tokens': '1.144e+04'}
///     {'eval_loss': 1.5, 'eval_runtime': 3.1, 'epoch': 0.02}
///      12%|█▏        | 50/409 [02:00<13:54,  2.39s/it]
///
/// The first is version 4, a Python dictionary; the second version 5, where every number is a text
/// with four digits: too few to count tokens with, so those are not taken. Rates of tokens and
/// samples are means since the start and not taken either. The step stands only in the progress
/// bar, the first one without a description or the one whose length the header states; bars of
/// another length are evaluations or downloads. A bar behind the step is another rank's, until
/// twenty of them in a row say that the job began again.
struct HuggingFaceReader: ProgressReader {
  static let format = "Hugging Face Trainer or tqdm"
  static let caution = "step and step time from the progress bar, a moving mean"
  static let firstCharacters: StaticString = "{0123456789NTIG"

  /// A lone bar may count anything; only the Trainer's own lines make it the Trainer's.
  private(set) var authority = ProgressAuthority.bar
  private var step: Int64?
  private var stepTotal: Int64?
  private var batch: Int64?
  /// How many bars in a row were behind the step: other ranks' copies, or a job that began again.
  private var barsBehind = 0

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard line.message < line.bytes.count else { return false }
    switch line.bytes[line.message] {
    case UInt8(ascii: "{"): return dictionary(line, &progress)
    case 0x30...0x39: return bar(line, &progress)
    default: return header(line, &progress)
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
    line.forEachEntry(from: start) { line, key, number in
      Self.take(line, key, number, &progress, &runtime)
    }
    if let runtime, progress.loss == nil {
      authority = .framework
      guard runtime.isFinite, 0..<1e9 ~= runtime else { return false }
      defer { (step, stepTotal) = (nil, nil) }
      progress.clear()
      progress.step = step
      progress.stepTotal = stepTotal
      progress.elapsed = runtime
      progress.note = "training ended after \(Int(runtime.rounded(.down))) s"
      return true
    }
    guard progress.loss != nil || progress.validationLoss != nil else { return false }
    authority = .framework
    if let stated = progress.step {
      step = stated
    } else {
      (progress.step, progress.stepTotal) = (step, stepTotal)
    }
    progress.samples = Progress.product(progress.step, batch)
    return true
  }

  /// Takes one entry of a dictionary.
  private static func take(
    _ line: LogLine, _ key: Range<Int>, _ number: LogLine.Number, _ progress: inout Progress,
    _ runtime: inout Double?
  ) {
    func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
    if isKey("loss") {
      progress.loss = number.value
    } else if isKey("grad_norm") {
      progress.gradientNorm = number.value
    } else if isKey("learning_rate") {
      progress.learningRate = number.value
    } else if isKey("epoch") {
      progress.epoch = number.value
    } else if isKey("num_input_tokens_seen") || isKey("num_tokens") || isKey("tokens/total") {
      // Four digits are what is left of a count between quotes.
      if !number.isQuoted { progress.tokens = Int64(exactly: number.value.rounded()) }
    } else if isKey("eval_loss") {
      progress.validationLoss = number.value
    } else if isKey("eval_accuracy") {
      progress.accuracy = number.value
    } else if isKey("step_time") {
      progress.stepTime = number.value
    } else if isKey("step") || isKey("global_step") {
      progress.step = number.whole
    } else if isKey("tokens/train_per_sec_per_gpu") {
      progress.tokenRate = number.value
      progress.facts = Progress.ratesOfDevice
    } else if isKey("memory/max_active (GiB)") {
      progress.peakMemory = Progress.bytes(number.value, scale: Progress.gibibyte)
    } else if isKey("train_runtime") {
      runtime = number.value
    }
  }

  /// Reads a bar of tqdm without a description.
  private mutating func bar(_ line: LogLine, _ progress: inout Progress) -> Bool {
    guard let bar = ProgressBar(line), bar.description.isEmpty else { return false }
    if let stepTotal, stepTotal != bar.total { return false }
    if let step, bar.done < step, barsBehind < 20 {
      barsBehind += 1
      return false
    }
    barsBehind = 0
    (step, stepTotal) = (bar.done, bar.total)
    progress.step = bar.done
    progress.stepTotal = bar.total
    progress.stepTime = bar.secondsEach
    progress.elapsed = bar.elapsed
    bar.readPostfix(line, &progress)
    progress.samples = progress.samples ?? Progress.product(bar.done, batch)
    return true
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
      authority = .framework
      stepTotal = number.whole
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
