/// Reads the plain loss files of llm.c (`main.log`), its PyTorch twin and build-nanogpt (`log.txt`).
///
///     s:250 tel:6.3097                 250 val 6.3097
///     s:250 trl:6.3571 lr:0.000600     250 train 6.357100
///     s:250 eval:0.2944                250 hella 0.2944
///
/// Steps count from 0. There is no time in them, and no word on tokens. Source:
/// github.com/karpathy/llm.c, llmc/logger.h; github.com/karpathy/build-nanogpt, train_gpt2.py.
struct LossFileReader: ProgressReader {
  static let format = "llm.c or build-nanogpt loss file"
  static let caution = "accuracy is that of HellaSwag"
  static let firstCharacters: StaticString = "s0123456789"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "s:", at: start) { return colons(line, start + 2, &progress) }
    guard start == 0, let step = line.number(at: 0), let count = step.whole,
      line.starts(with: " ", at: step.end), step.end + 1 < line.bytes.count
    else { return false }
    progress.step = count
    let end: Int?
    switch line.bytes[step.end + 1] {
    case UInt8(ascii: "t"):
      let loss = line.number(after: "train", from: step.end)
      (progress.loss, end) = (loss?.value, loss?.end)
    case UInt8(ascii: "v"):
      let loss = line.number(after: "val", from: step.end)
      (progress.validationLoss, end) = (loss?.value, loss?.end)
    case UInt8(ascii: "h"):
      let share = line.number(after: "hella", from: step.end)
      (progress.accuracy, end) = (share?.value, share?.end)
    default: return false
    }
    return end == line.bytes.count
  }

  private func colons(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let step = line.number(at: place), let count = step.whole,
      line.starts(with: " ", at: step.end), line.find("s:", from: step.end) == nil
    else { return false }
    progress.step = count
    let first = step.end + 1
    if line.starts(with: "trl:", at: first) {
      progress.loss = line.number(at: first + 4)?.value
      progress.learningRate = line.number(after: "lr", from: first)?.value
      progress.gradientNorm = line.number(after: "norm", from: first)?.value
    } else if line.starts(with: "tel:", at: first) {
      progress.validationLoss = line.number(at: first + 4)?.value
    } else if line.starts(with: "eval:", at: first) {
      progress.accuracy = line.number(at: first + 5)?.value
    }
    return progress.fields != .step
  }
}
