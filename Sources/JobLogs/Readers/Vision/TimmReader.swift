/// Reads the lines of timm's `train.py`.
///
///     Train: 0 [  50/1251 (  4%)]  Loss: 6.94 (6.95)  Time: 0.350s,  731.4/s  (0.36s,  711.1/s)
///       LR: 1.000e-06  Data: 0.012 (0.034)                                     (one line)
///     Test: [  78/78]  Time: 0.1 (0.2)  Loss:   1.2 ( 1.3)  Acc@1:  70.1 ( 72.3)  Acc@5: …
///
/// Epochs count from 0, images per second are those of all devices, the loss of the older form is
/// one batch's. Source: github.com/huggingface/pytorch-image-models, train.py.
struct TimmReader: ProgressReader {
  static let format = "timm"
  static let caution = "images per second of all devices"
  static let firstCharacters: StaticString = "T"

  private var updates: Int64 = 0
  private var lastStep: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "Train: ", at: start) { return training(line, start + 7, &progress) }
    return line.starts(with: "Test: [", at: start) && test(line, start + 7, &progress)
  }

  private mutating func training(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool
  {
    guard let number = line.number(at: start), let epoch = number.whole,
      0..<1_000_000 ~= epoch, line.starts(with: " [", at: number.end),
      let place = line.number(behindSpaces: number.end + 2), let done = place.whole,
      line.starts(with: "/", at: place.end), let all = line.number(at: place.end + 1),
      let total = all.whole, let loss = line.number(after: "Loss", from: all.end),
      let time = line.number(after: "Time", from: loss.end),
      let data = line.number(after: "Data", from: time.end), line.ends(with: ")"),
      line.find("Train: ", from: start) == nil
    else { return false }
    // The line says what part of the epoch 100 % are: the last batch, counted from 0, or all.
    updates = max(updates, total)
    progress.loss = loss.value
    progress.stepTime = time.value
    progress.dataTime = data.value
    if let before = Progress.product(epoch, updates) ?? (epoch == 0 ? 0 : nil) {
      progress.step = before.addingReportingOverflow(done).partialValue
    }
    lastStep = progress.step
    progress.epoch = total > 0 ? Double(epoch) + Double(done) / Double(total) : Double(epoch)
    progress.learningRate = line.number(after: "LR", from: time.end)?.value
    if line.starts(with: "s, ", at: time.end) {
      let rate = line.number(behindSpaces: time.end + 3)
      if let rate, line.starts(with: "/s", at: rate.end) { progress.sampleRate = rate.value }
    }
    return true
  }

  /// The last line of an evaluation holds its means.
  private func test(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    guard let place = line.number(behindSpaces: start), line.starts(with: "/", at: place.end),
      let total = line.number(at: place.end + 1), place.value == total.value, line.ends(with: ")"),
      let loss = mean(line, "Loss", total.end), let best = mean(line, "Acc@1", total.end)
    else { return false }
    progress.step = lastStep
    progress.validationLoss = loss
    progress.accuracy = best / 100
    return true
  }

  /// The number in parentheses behind the number behind a name.
  private func mean(_ line: LogLine, _ name: StaticString, _ place: Int) -> Double? {
    guard let number = line.number(after: name, from: place),
      line.starts(with: " (", at: number.end)
    else { return nil }
    return line.number(behindSpaces: number.end + 2)?.value
  }
}
