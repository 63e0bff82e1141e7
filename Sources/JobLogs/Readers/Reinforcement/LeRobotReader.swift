/// Reads the lines of LeRobot, which round what they count from a thousand on.
///
///     INFO 2026-06-12 10:57:03 train.py:357 step:800 smpl:26K ep:81 epch:2.02 loss:1.467 grdn:5.1
///       lr:1.0e-05 updt_s:0.54 data_s:0.01                                            (one line)
///     step:1K smpl:32K ep:101 epch:2.53 loss:1.226 grdn:4.8 lr:1.0e-05 updt_s:0.53 data_s:0.01
///
/// The lines come every so many steps. How many is seen while they are told exactly; then each line is so
/// many further, as long as that rounds to what is shown. Source: github.com/huggingface/lerobot,
/// src/lerobot/utils/logging_utils.py, `format_big_number`.
struct LeRobotReader: ProgressReader {
  static let format = "LeRobot"
  static let caution = "steps from a thousand on follow from how many lie between two lines"
  private var values = NamedValues()
  /// The step of the line before, and how many lay between it and the one before that.
  private var last: Int64?
  private var interval: Int64?
  private var isLost = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard let samples = line.find(" smpl:", from: line.message),
      let start = line.find("step:", from: line.message), start < samples,
      let shown = line.number(at: start + 5),
      let pass = line.find(" epch:", from: samples), let epoch = line.number(at: pass + 6),
      line.starts(with: " loss:", at: epoch.end), line.find(" data_s:", from: epoch.end) != nil,
      line.find("step:", from: samples) == nil
    else { return false }
    values.begin()
    var values = values
    line.forEachPair(in: epoch.end..<line.bytes.count) { line, pair in
      values.take(line, pair.key, pair.number, &progress)
    }
    self.values = values
    progress.step = step(shown, line)
    // The last one that was told is not where the run stands.
    if progress.step == nil, !isLost { (isLost, progress.retractsSteps) = (true, true) }
    progress.epoch = epoch.value
    return progress.loss != nil
  }

  private mutating func step(_ shown: LogLine.Number, _ line: LogLine) -> Int64? {
    guard let unit = Self.units.first(where: { line.starts(with: $0.0, at: shown.end) }) else {
      guard let step = shown.whole, 0..<1000 ~= step, line.starts(with: " ", at: shown.end) else {
        return nil
      }
      if let last, step > last { interval = step - last }
      (last, isLost) = (step, false)
      return step
    }
    guard !isLost, let last, let interval else { return nil }
    let next = last &+ interval
    // What is less than a unit is told without it.
    guard Double(next) >= unit.1, abs(Double(next) - shown.value * unit.1) <= unit.1 / 2 else {
      return nil
    }
    self.last = next
    return next
  }

  private static let units: [(StaticString, Double)] = [
    ("K", 1e3), ("M", 1e6), ("B", 1e9),
  ]
}
