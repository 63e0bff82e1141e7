import Formats

/// Reads the bars that tqdm-loggable writes into a log, as Levanter does.
///
///     Progress on:train 101it/10.0kit rate:2.0s/it remaining:5:30:00 elapsed:03:22 postfix:loss=4.30
///
/// Counts above a thousand are rounded; a rounded step is none. Source:
/// github.com/tradingstrategy-ai/tqdm-loggable, tqdm_loggable/tqdm_logging.py.
struct LevanterReader: ProgressReader {
  static let format = "Levanter"
  static let caution = "step and step time from the progress bar, a moving mean"
  static let firstCharacters: StaticString = "P"

  private var values = NamedValues()

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "Progress on:", at: start),
      let space = line.find(" ", from: start + 12), let number = line.number(at: space + 1),
      let rate = line.find(" rate:", from: number.end)
    else { return false }
    progress.elapsed = line.find(" elapsed:", from: rate).flatMap { place in
      let end = line.find(" ", from: place + 1) ?? line.bytes.count
      return PlainNumber.clock(line.bytes[(place + 9)..<end])
    }
    values.begin()
    if let postfix = line.find(" postfix:", from: rate) {
      var values = values
      line.forEachPair(in: (postfix + 9)..<line.bytes.count) { line, pair in
        values.take(line, pair.key, pair.number, &progress)
      }
      self.values = values
    }
    var caption = Caption(line, (start + 12)..<space)
    guard caption.words.isDisjoint(with: .aside) else { return false }
    caption.words.insert(.training)
    guard let done = number.whole, line.starts(with: "it", at: number.end) else {
      return !progress.fields.isEmpty
    }
    var count = Count(done: done)
    count.caption = caption
    count.hasLoss = progress.loss != nil
    count.elapsed = progress.elapsed
    if let slash = line.find("/", from: number.end), slash < rate {
      count.total = Self.total(line, slash + 1)
    }
    if let each = line.number(at: rate + 6), each.value > 0 {
      if line.starts(with: "s/it", at: each.end) { count.secondsEach = each.value }
      if line.starts(with: "it/s", at: each.end) { count.secondsEach = 1 / each.value }
    }
    progress.count = count
    return true
  }

  /// `10.0kit`, to three digits.
  private static func total(_ line: LogLine, _ place: Int) -> Int64? {
    guard let number = line.number(at: place) else { return nil }
    let scale: Double? =
      line.starts(with: "it", at: number.end)
      ? 1
      : line.starts(with: "kit", at: number.end)
        ? 1e3 : line.starts(with: "Mit", at: number.end) ? 1e6 : nil
    return scale.flatMap { Int64(exactly: (number.value * $0).rounded()) }
  }
}
