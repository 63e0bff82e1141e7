/// Reads the lines of ESPnet.
///
///     1epoch:train:101-200batch: iter_time=1.2e-04, loss=150.5, grad_norm=70.1, train_time=0.411
///
/// Batches count from 1 in each epoch, of which nobody says how long it is: steps are known in the
/// first. Source: github.com/espnet/espnet, espnet2/train/reporter.py.
struct ESPnetReader: ProgressReader {
  static let format = "ESPnet"
  static let caution = "means over the log interval"
  static let firstCharacters: StaticString = "0123456789"

  private var values = NamedValues()
  /// Whether steps of the first pass were told, which are not those of the run.
  private var hasSteps = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard let epoch = line.number(at: start), line.starts(with: "epoch:train:", at: epoch.end),
      let first = line.number(at: epoch.end + 12), line.starts(with: "-", at: first.end),
      let last = line.number(at: first.end + 1), line.starts(with: "batch: ", at: last.end)
    else { return false }
    values.begin()
    var values = values
    line.forEachPair(in: (last.end + 7)..<line.bytes.count) { line, pair in
      if line.holds("train_time", in: pair.key) {
        progress.stepTime = pair.number.value
      } else if line.holds("iter_time", in: pair.key) {
        progress.dataTime = pair.number.value
      } else {
        values.take(line, pair.key, pair.number, &progress)
      }
    }
    self.values = values
    if epoch.whole == 1 { progress.step = last.whole }
    (progress.retractsSteps, hasSteps) = (hasSteps && epoch.whole != 1, epoch.whole == 1)
    if let pass = epoch.whole, pass > 1 { progress.epoch = Double(pass - 1) }
    return progress.loss != nil
  }
}
