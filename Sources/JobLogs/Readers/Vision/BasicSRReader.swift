/// Reads the lines of BasicSR and of what was built on it, such as Real-ESRGAN and GFPGAN.
///
///     2021-01-01 10:01:00,123 INFO: [train..][epoch:  0, iter:   1,000, lr:(2.000e-04,)]
///       [eta: 1 day, 1:00:00, time (data): 0.600 (0.010)] l_pix: 4.9000e-02      (one line)
///     <epoch: 86, iter: 107,200, lr:2.500e-05> l_g_pix: 1.4819e-03               (ESRGAN of 2019)
///
/// Of several losses nobody says what their sum is: a loss is told where it stands alone. Source:
/// github.com/XPixelGroup/BasicSR, basicsr/utils/logger.py.
struct BasicSRReader: ProgressReader {
  static let format = "BasicSR"
  static let caution = "losses of a sum are not told"
  static let firstCharacters: StaticString = "[<"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    if line.starts(with: "<epoch:", at: line.message) { return readOld(line, &progress) }
    guard let head = line.find("[epoch:", from: 0),
      let epoch = line.number(behindSpaces: head + 7), let pass = epoch.whole,
      line.starts(with: ", iter:", at: epoch.end),
      let step = line.number(behindSpaces: epoch.end + 7), let count = step.whole,
      line.starts(with: ", lr:(", at: step.end)
    else { return false }
    guard let time = line.find("time (data): ", from: step.end),
      let each = line.number(at: time + 13), line.starts(with: " (", at: each.end),
      let data = line.number(at: each.end + 2), line.starts(with: ")]", at: data.end)
    else { return false }
    progress.step = count
    progress.epoch = Double(pass)
    progress.learningRate = line.number(at: step.end + 6)?.value
    (progress.stepTime, progress.dataTime) = (each.value, data.value)
    progress.loss = Self.loss(line, data.end + 2)
    return true
  }

  private func readOld(_ line: LogLine, _ progress: inout Progress) -> Bool {
    guard let epoch = line.number(behindSpaces: line.message + 7), let pass = epoch.whole,
      line.starts(with: ", iter:", at: epoch.end),
      let step = line.number(behindSpaces: epoch.end + 7), let count = step.whole,
      line.starts(with: ", lr:", at: step.end), let rate = line.number(at: step.end + 5),
      line.starts(with: ">", at: rate.end)
    else { return false }
    (progress.step, progress.epoch, progress.learningRate) = (count, Double(pass), rate.value)
    progress.loss = Self.loss(line, rate.end + 1)
    return true
  }

  /// The loss behind a place, if there is but one.
  private static func loss(_ line: LogLine, _ start: Int) -> Double? {
    var losses: [Double] = []
    line.forEachPair(in: start..<line.bytes.count) { line, pair in
      if line.starts(with: "l_", at: pair.key.lowerBound) { losses.append(pair.number.value) }
    }
    return losses.count == 1 ? losses[0] : nil
  }
}
