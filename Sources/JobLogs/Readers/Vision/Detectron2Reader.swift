/// Reads the lines of detectron2.
///
///     [04/12 10:00:00 d2.utils.events]:  eta: 1:00:00  iter: 19  total_loss: 1.234  loss_cls: 0.5
///       time: 0.5012  last_time: 0.4  data_time: 0.0203  last_data_time: 0.01  lr: 0.0002
///       max_mem: 3000M                                                         (one line)
///
/// Iterations count from 0; times are medians over 20. Source: github.com/facebookresearch/
/// detectron2, detectron2/utils/events.py.
struct Detectron2Reader: ProgressReader {
  static let format = "detectron2"
  static let caution = "loss and times are medians over 20 iterations"
  static let firstCharacters: StaticString = "ei"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "eta: ", at: start) || line.starts(with: "iter: ", at: start),
      let step = line.number(after: "iter", from: start), let count = step.whole,
      let loss = line.number(after: "total_loss", from: step.end),
      let time = line.number(after: "time", from: loss.end),
      line.find("iter: ", from: step.end) == nil, line.find("lr: ", from: time.end) != nil
    else { return false }
    progress.step = count
    progress.loss = loss.value
    progress.stepTime = time.value
    progress.dataTime = line.number(after: "data_time", from: loss.end)?.value
    progress.learningRate = line.number(after: "lr", from: time.end)?.value
    if let memory = line.number(after: "max_mem", from: time.end),
      line.starts(with: "M", at: memory.end)
    {
      progress.peakMemory = Progress.bytes(memory.value, scale: 1_048_576)
    }
    return true
  }
}
