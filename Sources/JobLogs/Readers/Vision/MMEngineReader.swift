/// Reads the lines of OpenMMLab's mmengine, and of mmcv before it.
///
///     2024/05/05 12:00:00 - mmengine - INFO - Epoch(train)   [1][ 50/100]  lr: 1.0000e-02
///       eta: 0:05:00  time: 0.3500  data_time: 0.0100  memory: 3000  loss: 0.5000  (one line)
///     … Iter(train) [   50/80000]  lr: …        … Epoch(val) [1][79/79]    accuracy/top1: 76.5
///     … Epoch [1][50/100]  lr: 1.000e-02, eta: 0:05:00, time: 0.350, data_time: 0.010, loss: 0.5
///
/// Epochs and iterations count from 1; memory is in MiB. Source: github.com/open-mmlab/mmengine,
/// mmengine/runner/log_processor.py.
struct MMEngineReader: ProgressReader {
  static let format = "mmengine"
  static let caution = "means over the log interval"
  static let firstCharacters: StaticString = "EI"

  private var lastStep: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "Epoch(train)", at: start) { return training(line, start + 12, &progress) }
    if line.starts(with: "Epoch [", at: start) { return training(line, start + 6, &progress) }
    if line.starts(with: "Iter(train)", at: start) { return training(line, start + 11, &progress) }
    guard line.starts(with: "Epoch(val)", at: start),
      let accuracy = line.number(after: "accuracy/top1", from: start)
    else { return false }
    progress.step = lastStep
    progress.accuracy = accuracy.value / 100
    return true
  }

  private mutating func training(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool
  {
    let bracket = line.skipSpaces(start)
    guard line.starts(with: "[", at: bracket),
      let first = line.number(behindSpaces: bracket + 1), var step = first.whole
    else { return false }
    var end = first.end

    if line.starts(with: "][", at: first.end) {
      guard 1...1_000_000 ~= step, let inner = line.number(behindSpaces: first.end + 2),
        let done = inner.whole, line.starts(with: "/", at: inner.end),
        let all = line.number(at: inner.end + 1), let total = all.whole, total > 0
      else { return false }
      progress.epoch = Double(step - 1) + Double(done) / Double(total)
      let (before, overflow) = (step - 1).multipliedReportingOverflow(by: total)
      guard !overflow else { return false }
      step = before.addingReportingOverflow(done).partialValue
      end = all.end
    } else {
      guard line.starts(with: "/", at: first.end), let all = line.number(at: first.end + 1) else {
        return false
      }
      progress.stepTotal = all.whole
      end = all.end
    }
    func value(_ key: StaticString) -> Double? { line.number(after: key, from: end)?.value }
    guard let time = value("time"), let loss = line.number(after: "loss", from: end),
      loss.end <= line.bytes.count, line.find("data_time", from: end) != nil
    else { return false }
    progress.step = step
    progress.loss = loss.value
    progress.stepTime = time
    progress.dataTime = value("data_time")
    progress.learningRate = value("lr")
    progress.gradientNorm = value("grad_norm")
    progress.peakMemory = Progress.bytes(value("memory"), scale: 1_048_576)
    lastStep = step
    return true
  }
}
