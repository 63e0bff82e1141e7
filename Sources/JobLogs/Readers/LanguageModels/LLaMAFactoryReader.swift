/// Reads LLaMA-Factory's `trainer_log.jsonl`.
///
///     {"current_steps": 5, "total_steps": 2178, "loss": 2.3475, "lr": 1.8e-06, "epoch": 0.0023,
///       "percentage": 0.23, "elapsed_time": "0:32:48", "remaining_time": "9 days, 21:39:23"}
///
/// The time of a step is what passed since the line before, divided by the steps between; whole
/// seconds, so shorter stretches than 10 s are not used. `throughput` is a mean since the start
/// and not taken. Source: github.com/hiyouga/LLaMA-Factory, train/callbacks.py.
struct LLaMAFactoryReader: ProgressReader {
  static let format = "LLaMA-Factory"
  static let caution = "step time is the mean between two lines"
  static let firstCharacters: StaticString = "{"

  private var before: (step: Int64, seconds: Double)?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "{\"current_steps\": ", at: start), line.ends(with: "}"),
      line.find("{", from: start + 1) == nil
    else { return false }

    line.forEachEntry(from: start) { line, key, number in
      func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
      if isKey("current_steps") {
        progress.step = number.whole
      } else if isKey("total_steps") {
        progress.stepTotal = number.whole
      } else if isKey("loss") {
        progress.loss = number.value
      } else if isKey("eval_loss") {
        progress.validationLoss = number.value
      } else if isKey("lr") {
        progress.learningRate = number.value
      } else if isKey("epoch") {
        progress.epoch = number.value
      } else if isKey("total_tokens") {
        progress.tokens = number.whole
      }
    }
    guard let step = progress.step else { return false }
    guard let elapsed = line.find("\"elapsed_time\": \""),
      let seconds = Self.duration(line, elapsed + 17)
    else { return true }
    progress.elapsed = seconds
    guard let known = before, known.step <= step, known.seconds <= seconds else {
      before = (step, seconds)
      return true
    }
    if step > known.step, seconds - known.seconds >= 10 {
      progress.stepTime = (seconds - known.seconds) / Double(step &- known.step)
      before = (step, seconds)
    }
    return true
  }

  /// The seconds of `0:32:48` or `9 days, 21:39:23`.
  static func duration(_ line: LogLine, _ start: Int) -> Double? {
    var place = start
    var seconds = 0.0
    if let days = line.number(at: start), line.starts(with: " day", at: days.end) {
      guard let comma = line.find(", ", from: days.end) else { return nil }
      seconds = days.value * 86_400
      place = comma + 2
    }
    guard let hours = line.number(at: place), line.starts(with: ":", at: hours.end),
      let minutes = line.number(at: hours.end + 1), line.starts(with: ":", at: minutes.end),
      let rest = line.number(at: minutes.end + 1)
    else { return nil }
    seconds += hours.value * 3600 + minutes.value * 60 + rest.value
    return seconds.isFinite && seconds >= 0 ? seconds : nil
  }
}
