/// Reads the blocks of OLMo-core, and those of its kind: a line with the step, values below it.
///
///     2026-08-01T12:00:01.123  gpu01:0  olmo_core.train.callbacks…  INFO  [step=10/1000,epoch=1]
///         optim/total grad norm=0.91
///         throughput/device/TPS=32,768
///         throughput/total tokens=10,485,760
///         train/CE loss=5.123
///
/// MFU is a percentage. Source: github.com/allenai/OLMo-core, olmo_core/train/callbacks/
/// console_logger.py.
struct OLMoCoreReader: ProgressReader {
  static let format = "OLMo-core"
  static let caution = "tokens per second are those of ONE device"

  private var values = NamedValues()
  private var step: Int64?
  private var stepTotal: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    if let mark = line.find("[step="), line.ends(with: "]") { return head(line, mark, &progress) }
    guard let step, let equals = line.find("="), equals > line.message,
      let slash = line.find("/", from: line.message), slash < equals,
      let number = line.number(at: equals + 1), number.end == line.bytes.count
    else {
      // The block is over with the first line that is no value of it.
      self.step = nil
      return false
    }
    let key = line.message..<equals
    values.begin()
    if line.holds("throughput/device/MFU", in: key) {
      progress.reportedMFU = number.value / 100
    } else {
      var values = values
      values.take(line, key, number, &progress)
      self.values = values
    }
    progress.step = step
    progress.stepTotal = stepTotal
    return true
  }

  private mutating func head(_ line: LogLine, _ mark: Int, _ progress: inout Progress) -> Bool {
    guard let number = line.number(at: mark + 6), let count = number.whole else { return false }
    step = count
    stepTotal = nil
    if line.starts(with: "/", at: number.end) {
      stepTotal = line.number(at: number.end + 1)?.whole
    }
    progress.step = count
    progress.stepTotal = stepTotal
    return true
  }
}
