/// Reads the lines of Megatron-LM and Megatron-DeepSpeed.
///
///     iteration 62/ 1000 | consumed samples: 63488 | elapsed time per iteration (ms): 1382.2 |
///       learning rate: 1.484E-04 | global batch size: 1024 | lm loss: 2.043871E+01 | …  (one line)
///     validation loss at iteration 10 | lm loss value: 3.1E+00 | lm loss PPL: 2E+01 |
///         evaluate .......................................: (4091.11, 4092.22)
///
///     samples/sec: 8.000 | iteration 35/ 10000 | elapsed time per iteration (ms): 4000.0 |
///       learning rate: 2.111E-06 | approx flops per GPU: 110.0TFLOPS | lm_loss: 1.09E+01 | (GPT-NeoX)
///
/// The unit of the time stands in the parentheses and differs between the two. Tokens are stated
/// by Megatron-DeepSpeed; for Megatron-LM they are samples times the sequence length of the list of
/// arguments. Source: github.com/NVIDIA/Megatron-LM, megatron/training/training.py.
struct MegatronReader: ProgressReader {
  static let format = "Megatron"
  static let caution = "means over the log interval"
  static let firstCharacters: StaticString = "isnhpwgvNmte"

  private var sequenceLength: Int64?
  private var batch: Double?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "iteration ", at: start) { return iteration(line, start, &progress) }
    if line.starts(with: "samples/sec: ", at: start),
      let place = line.find("| iteration ", from: start)
    {
      progress.sampleRate = line.number(at: start + 13)?.value
      return iteration(line, place + 2, &progress)
    }
    if line.starts(with: "validation loss at iteration ", at: start) {
      return validation(line, start + 29, &progress)
    }
    if line.starts(with: "successfully saved checkpoint", at: start) {
      progress.pause = .checkpoint
      return true
    }
    if let timed = Self.timer(line, start) {
      (progress.pause, progress.pauseSeconds) = timed
      return true
    }
    if line.starts(with: "Number of parameters in billions: ", at: start) {
      let billions = line.number(at: start + 34)?.value ?? 0
      return progress.learn([
        "parameters": Int64(exactly: (billions * 1e9).rounded()).flatMap { $0 > 0 ? "\($0)" : nil }
      ])
    }
    return argument(line, start, &progress)
  }

  private mutating func iteration(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool
  {
    guard line.ends(with: "|"), !isTorn(line, from: place + 1),
      let number = line.number(after: "iteration", from: place), let count = number.whole
    else { return false }
    let slash = line.skipSpaces(number.end)
    guard line.starts(with: "/", at: slash), let all = line.number(behindSpaces: slash + 1),
      let total = all.whole
    else { return false }
    func value(_ key: StaticString) -> LogLine.Number? { line.number(after: key, from: all.end) }
    progress.step = count
    progress.stepTotal = total
    progress.loss = (value("lm loss") ?? value("lm-loss") ?? value("lm_loss"))?.value
    progress.learningRate = value("learning rate")?.value
    progress.gradientNorm = value("grad norm")?.value
    progress.stepTime =
      value("elapsed time per iteration (ms)").map { $0.value / 1000 }
      ?? value("elapsed time per iteration (s)")?.value
    progress.isTimeWithoutPauses = progress.stepTime != nil
    progress.samples = value("consumed samples")?.whole
    progress.tokens =
      value("consumed tokens")?.whole ?? Progress.product(progress.samples, sequenceLength)
    progress.sampleRate = value("samples per second")?.value ?? progress.sampleRate
    progress.reportedFLOPRate =
      (value("throughput per GPU (TFLOP/s/GPU)") ?? value("TFLOPs")
      ?? value("approx flops per GPU")).map { $0.value * 1e12 }
    progress.reportedStepEnergy = value("energy per GPU (J/iter/GPU)")?.value
    progress.tokenRate = value("tokens per gpu per second (tgs)")?.value
    if progress.tokenRate != nil { progress.facts = Progress.ratesOfDevice }
    if let number = value("global batch size"), number.value != batch {
      batch = number.value
      progress.facts["global_batch"] = number.fact
    }
    return true
  }

  /// `evaluate .....: (4091.11, 4092.22)`: milliseconds of the fastest rank and of the slowest.
  private static func timer(_ line: LogLine, _ start: Int) -> (PauseKind, Double)? {
    let kind: PauseKind
    if line.starts(with: "evaluate ..", at: start) {
      kind = .evaluation
    } else if line.starts(with: "save-checkpoint ..", at: start) {
      kind = .checkpoint
    } else {
      return nil
    }
    guard let open = line.find(": (", from: start), let low = line.number(at: open + 3),
      line.starts(with: ", ", at: low.end), let high = line.number(at: low.end + 2),
      line.starts(with: ")", at: high.end)
    else { return nil }
    return (kind, high.value / 1000)
  }

  private func validation(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard line.ends(with: "|"), let step = line.number(at: place), let count = step.whole,
      let loss = line.number(after: "lm loss value", from: step.end),
      line.find("validation loss", from: place) == nil
    else { return false }
    progress.step = count
    progress.validationLoss = loss.value
    progress.pause = .evaluation
    return true
  }

  /// Reads `seq_length ..... 4096` of the list of arguments.
  private mutating func argument(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool
  {
    guard let dots = line.find(" ...", from: start), dots > start, dots - start < 60 else {
      return false
    }
    let name = start..<dots
    let place = line.skip(0x2E, from: dots)
    func isNamed(_ text: StaticString) -> Bool { line.holds(text, in: name) }
    let key: String? =
      isNamed("seq_length")
      ? "sequence_length"
      : isNamed("num_layers")
        ? "layers"
        : isNamed("hidden_size")
          ? "model_width"
          : isNamed("num_attention_heads")
            ? "heads"
            : isNamed("padded_vocab_size")
              ? "vocabulary"
              : isNamed("world_size")
                ? "world_size"
                : isNamed("global_batch_size")
                  ? "global_batch"
                  : isNamed("micro_batch_size")
                    ? "micro_batch"
                    : isNamed("tensor_model_parallel_size")
                      ? "tensor_parallel"
                      : isNamed("pipeline_model_parallel_size") ? "pipeline_parallel" : nil
    if let key, let number = line.number(at: place), number.end == line.bytes.count {
      if key == "sequence_length" { sequenceLength = number.whole ?? sequenceLength }
      return progress.learn([key: number.fact])
    }
    if isNamed("params_dtype") {
      return progress.learn(["precision": LogLine.precision(line.word(at: place))])
    }
    return false
  }

  /// Whether a second line begins within the first; only the time has the word once more.
  private func isTorn(_ line: LogLine, from start: Int) -> Bool {
    var place = start
    while let next = line.find("iteration ", from: place) {
      if !line.starts(with: "(", at: next + 10) { return true }
      place = next + 1
    }
    return false
  }
}
