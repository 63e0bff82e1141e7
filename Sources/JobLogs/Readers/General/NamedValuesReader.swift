import Formats

/// Reads lines of names and numbers of which no other reader knows the format.
///
///     2026-08-10 15:55:20 | INFO | root | step 9 | epoch 0 | loss 0.6974 | lr 1.00e-05
///     loss: 2.301, learning_rate: 3e-05, global_step: 10, interval_steps_per_second: 0.8
///     step:7 - actor/loss:0.014 - perf/throughput:5664.6
///     Epoch [1/20], Step [100/600], Loss: 0.5
///     Train Epoch: 1 [640/60000 (1%)]  Loss: 2.298730
///
/// A log is taken for such after three lines with a rising step or pass and a loss. What a name
/// means is in `ScalarNames`, and what a step counts is left to `ProgressModel`.
struct NamedValuesReader: ProgressReader {
  static let format = "named values"
  static let caution = "read by the names in the log's lines"

  let authority = ProgressAuthority.layer
  private var values = NamedValues()
  private var last: (epoch: Double, step: Int64)?
  private var rising = 0
  private var isAccepted = false
  /// Whether steps that stand behind the number of a pass are those of the run.
  private var isRunWide = false
  /// Whether steps begin anew with each pass, and nobody says how many there are.
  private var isStepHidden = false
  private var countsFromZero = false
  /// The pass of the line before, and whether a pass has several lines.
  private var lastPass: Int64?
  private var isWithinPass = false

  private(set) var isProvisional = false

  /// What a line counts.
  private struct Counting {
    var step: LogLine.Number?
    var stepTotal: Int64?
    var isIteration = false
    /// A number without a name, of how many.
    var part: (done: Int64, total: Int64)?
    var epoch: LogLine.Number?
    var epochTotal: Int64?
    var isEpochFirst = false
    var isEvaluation = false
  }

  /// Longer lines are no lines of numbers.
  private static let longest = 8192

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.bytes.count - start <= Self.longest, let loss = Self.loss(line, start),
      !line.starts(with: "{'", at: start), line.find("%|", from: start) == nil,
      line.find("\u{2501}\u{2501}\u{2501}", from: start) == nil, loss < line.bytes.count
    else { return false }
    var counting = Counting()
    scan(line, start, &counting, &progress)
    guard progress.loss != nil || progress.validationLoss != nil else { return false }
    let step = counting.step?.whole
    guard step != nil || counting.epoch != nil else { return false }
    if progress.loss == nil, !isAccepted { return false }
    let isNew = progress.loss == nil || rise(step ?? counting.part?.done, counting.epoch?.value)
    guard isAccepted || isNew else { return false }
    isProvisional = !isAccepted
    place(step, counting, line, &progress)
    return !progress.fields.isEmpty || progress.count != nil
  }

  /// Where “loss” stands, in any case of letters, or what OpenNMT calls it.
  private static func loss(_ line: LogLine, _ start: Int) -> Int? {
    line.find("oss", from: start) ?? line.find("OSS", from: start)
      ?? line.find("xent", from: start)
  }

  private mutating func scan(
    _ line: LogLine, _ start: Int, _ counting: inout Counting, _ progress: inout Progress
  ) {
    var values = values
    values.begin()
    // Words between the pairs say whether it is an evaluation's line.
    var gap = start
    func take(_ line: LogLine, _ pair: LogLine.Pair) {
      let words = max(gap, start)..<max(gap, pair.key.lowerBound)
      if !counting.isEvaluation, !words.isEmpty,
        Caption(line, words).words.contains(.evaluation)
      {
        counting.isEvaluation = true
      }
      gap = max(gap, pair.whole?.end ?? pair.number.end, pair.key.upperBound)
      if pair.key.isEmpty {
        if let done = pair.number.whole, let total = pair.whole?.whole, total > 0,
          0...total ~= done, counting.part == nil
        {
          counting.part = (done, total)
        }
        return
      }
      let key = Self.withoutFiller(line, pair.key)
      switch pair.isKeyBehind ? nil : values.field(line, key) {
      case .step:
        // The first is the step; what comes later says it once more, or is of something else.
        // An iteration may be a part of a step that is told beside it.
        let isIteration = line.starts(with: "it", at: key.lowerBound)
        if counting.step == nil || counting.isIteration && !isIteration, pair.number.whole != nil {
          counting.isIteration = isIteration
          counting.step = pair.number
          counting.stepTotal = pair.whole?.whole
          counting.isEpochFirst = counting.epoch != nil
        }
      case .epoch:
        if counting.epoch == nil {
          counting.epoch = pair.number
          counting.epochTotal = pair.whole?.whole
        }
      case .tokenRate where line.starts(with: "(", at: pair.number.end):
        Self.takeRates(line, pair.number, &progress)
      default:
        if pair.whole == nil { values.take(line, key, pair.number, &progress) }
      }
    }
    if let object = line.find("{\"", from: start), line.ends(with: "}") {
      line.forEachPair(in: start..<object) { take($0, $1) }
      line.forEachEntry(from: object) { line, key, number in
        take(line, LogLine.Pair(key: key, number: number))
      }
    } else {
      line.forEachPair(in: start..<line.bytes.count) { take($0, $1) }
    }
    self.values = values
    if progress.tokenRate != nil, line.find("perf/time_per_step", from: start) != nil {
      // verl's is that of one device.
      progress.facts = Progress.ratesOfDevice
    }
    guard counting.isEvaluation else { return }
    let loss = progress.validationLoss ?? progress.loss
    progress.fields.formIntersection([.epoch])
    progress.validationLoss = loss
  }

  /// `tps 12000.00(1500.00/gpu)`: of the job, and of one of its devices.
  private static func takeRates(
    _ line: LogLine, _ rate: LogLine.Number, _ progress: inout Progress
  ) {
    guard let each = line.number(at: rate.end + 1), line.starts(with: "/gpu)", at: each.end),
      each.value > 0
    else { return }
    progress.tokenRate = rate.value
    progress.facts = Progress.ratesOfJob
    let count = (rate.value / each.value).rounded()
    if count >= 1, abs(rate.value / each.value - count) < 0.01 * count {
      progress.facts["world_size"] = "\(Int(count))"
    }
  }

  /// A name without the words of a sentence before it.
  private static func withoutFiller(_ line: LogLine, _ key: Range<Int>) -> Range<Int> {
    var start = key.lowerBound
    let fillers: [StaticString] = [
      "at ", "with ", "for ", "and ", "in ", "Finished ", "finished ", "End of ", "Training ",
      "training ", "Train ", "train ", "Global ", "global ", "the ",
    ]
    var isFound = true
    while isFound {
      isFound = false
      for filler in fillers where line.starts(with: filler, at: start) {
        // “Train loss” is a name of its own.
        let next = start + filler.utf8CodeUnitCount
        guard next < key.upperBound, Self.loss(line, next).map({ $0 >= key.upperBound }) ?? true
        else { continue }
        start = next
        isFound = true
      }
    }
    return start..<key.upperBound
  }

  /// Whether a line with a loss is news; three in a row that rise make the log one of this format.
  private mutating func rise(_ step: Int64?, _ epoch: Double?) -> Bool {
    let now = (epoch: epoch ?? 0, step: step ?? 0)
    defer { last = now }
    guard let last else {
      rising = 1
      return true
    }
    let isHigher =
      now.step > last.step && now.epoch >= last.epoch || now.epoch > last.epoch
    if isHigher {
      if now.epoch > last.epoch, step != nil, epoch != nil {
        if now.step > last.step { isRunWide = true } else { isStepHidden = !isRunWide }
      }
      rising += 1
    } else if now != last {
      rising = 1
    }
    if rising >= 3 { isAccepted = true }
    return true
  }

  /// Says what the line counts.
  private mutating func place(
    _ step: Int64?, _ counting: Counting, _ line: LogLine, _ progress: inout Progress
  ) {
    if let epoch = counting.epoch, epoch.whole == 0 { countsFromZero = true }
    let isFraction =
      counting.epoch.map { line.decimals(endingAt: $0.end - ($0.isQuoted ? 1 : 0)) > 0 } ?? false
    if let step {
      if counting.isEpochFirst, !isRunWide, let epoch = counting.epoch?.whole, !isFraction {
        if let total = counting.stepTotal, total > 0 {
          var count = Count(done: step, total: total)
          count.caption.words = [.withinEpoch, .steps]
          (count.caption.epoch, count.caption.epochTotal) = (epoch, counting.epochTotal)
          count.caption.name = 3
          count.hasLoss = true
          count.isLine = true
          count.secondsEach = progress.stepTime
          progress.count = count
          return
        }
        if isStepHidden {
          progress.epoch = Double(epoch)
          progress.epochTotal = counting.epochTotal
          return
        }
      }
      progress.step = step
      progress.stepTotal = counting.stepTotal
      if isFraction { progress.epoch = counting.epoch?.value }
    } else if let epoch = counting.epoch {
      guard let whole = epoch.whole, !isFraction else {
        progress.epoch = epoch.value
        return
      }
      progress.epochTotal = counting.epochTotal
      if let part = counting.part {
        let before = Double(whole) - (countsFromZero ? 0 : 1)
        progress.epoch = max(0, before) + Double(part.done) / Double(part.total)
      } else {
        // Such a line comes at the end of a pass, unless there are several of them.
        if whole == lastPass { isWithinPass = true }
        lastPass = whole
        let done = Double(whole) + (countsFromZero ? 1 : 0)
        progress.epoch = isWithinPass ? max(0, done - 1) : done
      }
    }
  }
}
