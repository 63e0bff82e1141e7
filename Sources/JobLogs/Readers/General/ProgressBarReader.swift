import Formats

/// Reads progress bars, whoever draws them: tqdm, accelerate, diffusers, Lightning, Keras, YOLO.
///
///     Steps:   5%|▌         | 50/1000 [00:30<09:30,  1.67it/s, lr=1e-5, step_loss=0.12]
///     Epoch 0:  45%|████▌     | 450/1000 [01:00<01:13,  7.50it/s, v_num=0, loss=2.31]
///      12%|█▏        | 50/409 [02:00<13:54,  2.39s/it]
///     Epoch 2/10
///     100/100 ━━━━━━━━━━━━━━━━━━━━ 6s 57ms/step - loss: 1.2000 - val_loss: 1.2000
///
/// It says only what a bar counts; what that is, `ProgressModel` decides.
struct ProgressBarReader: ProgressReader {
  static let format = "progress bar"
  static let caution = "step and step time from the progress bar, a moving mean"
  let authority = ProgressAuthority.bar

  private var values = NamedValues()
  /// The pass that Keras named on a line of its own.
  private var kerasEpoch: (number: Int64, total: Int64)?
  private var kerasTotal: Int64?
  private var kerasSamples: Int64?
  private var kerasBatch = KerasBatch()
  private var isKerasPassOver = false
  /// The names of the columns of Ultralytics.
  private var columns: [String] = []

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard let last = line.bytes.last else { return false }
    if let bar = ProgressBar(line) {
      take(line, bar, &progress)
      return true
    }
    if last &- 0x30 < 10, line.starts(with: "Epoch ", at: line.message) {
      kerasEpoch = Self.epochLine(line)
      (kerasTotal, isKerasPassOver) = (nil, false)
    } else if line.find("_loss ", from: line.message) != nil,
      line.starts(with: "Epoch ", at: line.skipSpaces(line.message))
    {
      columns = line.text(line.message..<line.bytes.count, most: 400).split(separator: " ").map(
        String.init)
    } else if line.starts(with: "Train on ", at: line.message) {
      // Keras before 2.3 counts samples in its bars.
      let samples = line.number(at: line.message + 9)
      if let samples, line.starts(with: " samples", at: samples.end) {
        kerasSamples = samples.whole
      }
    } else if line.starts(with: "- ", at: line.message) {
      return bareKeras(line, &progress)
    } else if line.bytes[line.message] &- 0x30 < 10 {
      return plainKeras(line, &progress)
    }
    return false
  }

  private mutating func take(_ line: LogLine, _ bar: ProgressBar, _ progress: inout Progress) {
    values.begin()
    progress.elapsed = bar.elapsed
    var count = Count(
      done: bar.done, total: bar.total, secondsEach: bar.secondsEach, elapsed: bar.elapsed,
      unit: bar.unit)
    count.caption = Caption(line, bar.description)
    // The lowest 16 bits are for how often it began.
    let mark = count.caption.name &* 31 &+ UInt64(bitPattern: bar.total)
    progress.clock = mark &* 0x9E37_79B9_7F4A_7C15 & ~0xFFFF | 1 << 63
    var values = values
    line.forEachPair(in: bar.description) { line, pair in
      guard values.field(line, pair.key) == .loss, !pair.isKeyBehind else { return }
      values.take(line, pair.key, pair.number, &progress)
    }
    if bar.description.isEmpty, line.bytes.last != 0x5D, keras(bar, &count) {
      progress.retractsSteps = true
    }
    var isLightning = false
    line.forEachPair(in: bar.postfix) { line, pair in
      if line.holds("v_num", in: pair.key) { isLightning = true }
      values.take(line, pair.key, pair.number, &progress)
    }
    self.values = values
    if isLightning { count.caption.words.insert(.fromZero) }
    if count.caption.name == 1 { takeColumns(line, bar, &progress) }
    count.hasLoss = progress.loss != nil
    progress.count = count
  }

  /// Keras says the pass on a line before; a bar after the end of it is an evaluation.
  ///
  /// True where what was told as steps before shows to be samples.
  private mutating func keras(_ bar: ProgressBar, _ count: inout Count) -> Bool {
    count.caption.name = 2
    let hadSteps = !kerasBatch.countsSamples
    kerasBatch.hear(bar)
    guard let epoch = kerasEpoch, kerasTotal == nil || kerasTotal == bar.total,
      !isKerasPassOver || bar.done == bar.total
    else {
      count.caption.words = .evaluation
      return false
    }
    kerasTotal = bar.total
    if bar.total == kerasSamples || kerasBatch.countsSamples { count.unit = .data }
    isKerasPassOver = bar.done == bar.total
    // What is said of a step has one digit: `1s/step`.
    if isKerasPassOver, bar.done > 0, let elapsed = bar.elapsed, elapsed >= 20 {
      count.secondsEach = elapsed / Double(bar.done)
    }
    count.caption.epoch = epoch.number
    count.caption.epochTotal = epoch.total
    count.caption.words = [.withinEpoch, .training]
    return hadSteps && kerasBatch.countsSamples
  }

  /// The loss of Ultralytics' columns: the sum of its parts.
  private func takeColumns(_ line: LogLine, _ bar: ProgressBar, _ progress: inout Progress) {
    let cells = line.text(bar.description, most: 400).split(separator: " ")
    var sum: Double?
    for place in columns.indices where columns[place].hasSuffix("_loss") {
      guard place < cells.count, let part = Double(cells[place]) else { return }
      sum = (sum ?? 0) + part
    }
    progress.loss = sum
  }

  /// `Epoch 2/10`, alone on its line.
  private static func epochLine(_ line: LogLine) -> (number: Int64, total: Int64)? {
    guard let number = line.number(at: line.message + 6), let epoch = number.whole,
      line.starts(with: "/", at: number.end), let all = line.number(at: number.end + 1),
      all.end == line.bytes.count, let total = all.whole, 0..<1_000_000 ~= total,
      0...total ~= epoch
    else { return nil }
    return (epoch, total)
  }

  /// Keras 2 without a bar and without a count: ` - 4s - loss: 1.2 - acc: 0.61 - val_loss: 1.3`.
  private mutating func bareKeras(_ line: LogLine, _ progress: inout Progress) -> Bool {
    guard let epoch = kerasEpoch, let passed = line.number(at: line.message + 2),
      line.starts(with: "s - loss: ", at: passed.end) || line.starts(with: "s ", at: passed.end)
    else { return false }
    values.begin()
    var values = values
    line.forEachPair(in: passed.end..<line.bytes.count) { line, pair in
      values.take(line, pair.key, pair.number, &progress)
    }
    self.values = values
    guard progress.loss != nil else { return false }
    (progress.epoch, progress.epochTotal) = (Double(epoch.number), epoch.total)
    progress.epochTime = passed.value
    kerasEpoch = nil
    return true
  }

  /// Keras without a bar (`verbose=2`): `100/100 - 6s - 57ms/step - loss: 1.2 - val_loss: 1.2`.
  private mutating func plainKeras(_ line: LogLine, _ progress: inout Progress) -> Bool {
    guard let epoch = kerasEpoch, let number = line.number(at: line.message),
      let done = number.whole, line.starts(with: "/", at: number.end),
      let all = line.number(at: number.end + 1), let total = all.whole, done == total, total > 0,
      line.starts(with: " - ", at: all.end), let passed = line.number(at: all.end + 3),
      line.starts(with: "s - ", at: passed.end)
    else { return false }
    values.begin()
    var count = Count(done: done, total: total, elapsed: passed.value)
    let next = passed.end + 4
    if let each = line.number(at: next), line.starts(with: "ms/step", at: each.end) {
      count.secondsEach = each.value / 1000
    } else if let each = line.number(at: next), line.starts(with: "s/step", at: each.end) {
      count.secondsEach = each.value
    }
    var values = values
    line.forEachPair(in: next..<line.bytes.count) { line, pair in
      values.take(line, pair.key, pair.number, &progress)
    }
    self.values = values
    count.caption.words = [.withinEpoch, .training]
    (count.caption.epoch, count.caption.epochTotal) = (epoch.number, epoch.total)
    count.caption.name = 2
    count.hasLoss = progress.loss != nil
    progress.elapsed = nil
    progress.count = count
    return true
  }
}
