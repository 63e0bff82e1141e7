/// Reads the lines of build-nanogpt, of its forks, and of llm.c: fields between bars.
///
///     step     5 | loss: 6.813421 | lr 4.2857e-05 | norm: 2.1 | dt: 338.2ms | tok/sec: 1550213.4
///     step   12/19560 | loss 9.6 (+nanz)| norm 4.1 (+nanz)| lr 1.20e-05 | 297.1 ms | 41.2% bf16 MFU
///       | 1764823 tok/s                                                                 (one line)
///     step 00010/03000 (0.33%) | loss: 7.412345 | lrm: 1.00 | dt: 250.00ms | tok/sec: 1,048,576
///       | bf16_mfu: 41.20 | epoch: 1 | total time: 0.04m                (nanochat, one line)
///     step 3: train loss 5.191557 (took 1234.56 ms)                       (llm.c on processors)
///     | total batch size      | 524288       |       (llm.c's table; its batch counts in tokens)
///
/// Source: github.com/karpathy/build-nanogpt, train_gpt2.py; github.com/karpathy/llm.c,
/// train_gpt2.cu, train_gpt2.c, train_gpt2.py.
struct StepTableReader: ProgressReader {
  static let format = "build-nanogpt or llm.c"
  static let caution = "tokens per second of all ranks; llm.c states a moving mean"
  static let firstCharacters: StaticString = "s|vt"

  private var tokensPerStep: Int64?
  private var sequenceLength: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "step ", at: start) { return step(line, start + 5, &progress) }
    if line.starts(with: "| ", at: start) { return tableRow(line, start + 2, &progress) }
    if line.starts(with: "val loss", at: start) || line.starts(with: "val loss:", at: start),
      let loss = line.number(after: "val loss", from: start), loss.end == line.bytes.count
    {
      progress.validationLoss = loss.value
      return true
    }
    if line.starts(with: "total desired batch size: ", at: start) {
      tokensPerStep = line.number(at: start + 26)?.whole
      progress.isBanner = true
      return progress.learn(["tokens_per_step": tokensPerStep.map { "\($0)" }])
    }
    return false
  }

  private func step(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    guard line.find("step ", from: start) == nil,
      let number = line.number(behindSpaces: start), let count = number.whole
    else { return false }
    progress.step = count
    var place = number.end
    if line.starts(with: ": train loss ", at: place) {
      return processorStep(line, place, &progress)
    }
    if line.starts(with: "/", at: place), let total = line.number(at: place + 1) {
      progress.stepTotal = total.whole
      place = total.end
    }
    place = line.skipSpaces(place)
    // nanochat: the share that is done.
    if line.starts(with: "(", at: place), let share = line.number(at: place + 1), share.isPercent,
      line.starts(with: ")", at: share.end)
    {
      place = line.skipSpaces(share.end + 1)
    }
    guard line.starts(with: "|", at: place), let loss = line.number(after: "loss", from: place)
    else { return false }
    progress.loss = loss.value
    progress.learningRate = line.number(after: "lr", from: place)?.value
    progress.gradientNorm = line.number(after: "norm", from: place)?.value
    progress.tokenRate = line.number(after: "tok/sec", from: place)?.value
    if let time = line.number(after: "dt", from: place), line.starts(with: "ms", at: time.end) {
      progress.stepTime = time.value / 1000
    }
    if let mfu = line.number(after: "bf16_mfu", from: place) {
      progress.reportedMFU = mfu.value / 100
    }
    fields(line, from: place, &progress)
    guard progress.stepTime != nil || progress.tokenRate != nil else { return false }
    progress.tokens = Progress.product(count, tokensPerStep)
    progress.facts = Progress.ratesOfJob
    return true
  }

  /// Reads `step 3: train loss 5.191557 (took 1234.56 ms)` from the colon on.
  private func processorStep(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard line.ends(with: " ms)"), let loss = line.number(at: place + 13),
      line.starts(with: " (took ", at: loss.end), let time = line.number(at: loss.end + 7)
    else { return false }
    progress.loss = loss.value
    progress.stepTime = time.value / 1000
    return true
  }

  /// The fields of llm.c, which say what they are behind the number.
  private func fields(_ line: LogLine, from start: Int, _ progress: inout Progress) {
    var place = start
    while let bar = line.find("|", from: place) {
      place = line.skipSpaces(bar + 1)
      if line.starts(with: "(", at: place) { place += 1 }
      guard let number = line.number(at: place) else { continue }
      place = number.end
      if line.starts(with: " ms", at: place) { progress.stepTime = number.value / 1000 }
      if line.starts(with: " tok/s", at: place) { progress.tokenRate = number.value }
      if number.isPercent, line.starts(with: " bf16 MFU", at: place) {
        progress.reportedMFU = number.share
      }
    }
  }

  /// One row of the table of settings llm.c begins with.
  private mutating func tableRow(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool
  {
    guard line.ends(with: "|"), let bar = line.find("| ", from: start) else { return false }
    let value = line.skipSpaces(bar + 1)
    let number = line.number(at: value)
    func isNamed(_ name: StaticString) -> Bool {
      line.starts(with: name, at: start) && start + name.utf8CodeUnitCount < bar
    }
    if isNamed("total batch size ") || isNamed("total_batch_size ") {
      tokensPerStep = number?.whole
      let sequences = tokensPerStep.flatMap { tokens in
        sequenceLength.flatMap { $0 > 0 && tokens % $0 == 0 ? "\(tokens / $0)" : nil }
      }
      return progress.learn(["tokens_per_step": number?.fact, "global_batch": sequences])
    }
    if isNamed("sequence length ") || isNamed("max_sequence_length") {
      if sequenceLength == nil || isNamed("sequence length ") { sequenceLength = number?.whole }
      let sequences = sequenceLength.flatMap { length in
        tokensPerStep.flatMap { length > 0 && $0 % length == 0 ? "\($0 / length)" : nil }
      }
      return progress.learn([
        "sequence_length": sequenceLength.map { "\($0)" }, "global_batch": sequences,
      ])
    }
    let key: String? =
      isNamed("num_parameters")
      ? "parameters"
      : isNamed("vocab_size")
        ? "vocabulary"
        : isNamed("num_layers")
          ? "layers"
          : isNamed("num_heads")
            ? "heads"
            : isNamed("channels")
              ? "model_width"
              : isNamed("num_processes") || isNamed("Number of processes") ? "world_size" : nil
    if let key { return progress.learn([key: number?.fact]) }
    if isNamed("precision") {
      return progress.learn(["precision": LogLine.precision(line.word(at: value))])
    }
    return false
  }
}
