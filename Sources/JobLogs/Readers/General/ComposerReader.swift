/// Reads the blocks of MosaicML Composer, and so of LLM Foundry.
///
///     [batch=10/4800]:
///       Train loss/train/total: 9.8012
///       Train throughput/device/tokens_per_sec: 10240.1
///       Train throughput/device/mfu: 0.4103
///     [metric][batch=10]: {"loss/train/total": 9.8012, …}           (its file logger)
///
/// Source: github.com/mosaicml/composer, composer/loggers/console_logger.py, file_logger.py.
struct ComposerReader: ProgressReader {
  static let format = "Composer"
  static let caution = "rates are means over 100 batches"
  static let firstCharacters: StaticString = "[{TE"

  private var step: Int64?
  private var stepTotal: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "[batch=", at: 0) { return batch(line, 7, &progress) }
    if line.starts(with: "[metric][batch=", at: 0) { return metrics(line, 15, &progress) }
    guard let step else { return false }
    var name = start + 6
    if line.starts(with: "Eval ", at: start) {
      name = start + 5
    } else if !line.starts(with: "Train ", at: start) {
      return false
    }
    guard let colon = line.find(": ", from: name), let number = line.number(at: colon + 2),
      number.end == line.bytes.count
    else { return false }
    progress.step = step
    progress.stepTotal = stepTotal
    Self.take(line, name..<colon, number, &progress)
    return !progress.fields.subtracting([.step, .stepTotal]).isEmpty
  }

  private mutating func batch(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let number = line.number(at: place), let count = number.whole,
      line.starts(with: "/", at: number.end), let all = line.number(at: number.end + 1),
      line.starts(with: "]:", at: all.end), all.end + 2 == line.bytes.count
    else { return false }
    (step, stepTotal) = (count, all.whole)
    progress.step = count
    progress.stepTotal = stepTotal
    return true
  }

  private func metrics(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard line.ends(with: "}"), let number = line.number(at: place), let count = number.whole,
      line.starts(with: "]: {", at: number.end)
    else { return false }
    progress.step = count
    line.forEachEntry(from: number.end) { line, key, number in
      Self.take(line, key, number, &progress)
    }
    return progress.fields != .step
  }

  private static func take(
    _ line: LogLine, _ key: Range<Int>, _ number: LogLine.Number, _ progress: inout Progress
  ) {
    func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
    if isKey("loss/train/total") {
      progress.loss = number.value
    } else if isKey("throughput/device/tokens_per_sec") {
      progress.tokenRate = number.value
      progress.facts = Progress.ratesOfDevice
    } else if isKey("throughput/device/mfu") {
      progress.reportedMFU = number.value
    } else if isKey("throughput/device/flops_per_sec") {
      progress.reportedFLOPRate = number.value
    } else if isKey("throughput/samples_per_sec") {
      progress.sampleRate = number.value
    } else if isKey("throughput/total_tokens") || isKey("time/token") {
      progress.tokens = Int64(exactly: number.value.rounded())
    } else if isKey("time/sample") {
      progress.samples = Int64(exactly: number.value.rounded())
    } else if isKey("metrics/eval/LanguageCrossEntropy") || isKey("metrics/eval/CrossEntropy") {
      progress.validationLoss = number.value
    } else if isKey("metrics/eval/MulticlassAccuracy") || isKey("metrics/eval/Accuracy") {
      progress.accuracy = number.value
    } else if isKey("memory/peak_allocated_mem") {
      progress.peakMemory = Progress.bytes(number.value, scale: 1e9)
    } else if isKey("l2_norm/grad/global") {
      progress.gradientNorm = number.value
    }
  }
}
