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
  var values = NamedValues()
  var last: (epoch: Double, step: Int64)?
  /// The step of the line before that had one, and its pass.
  var lastStep: (epoch: Double, step: Int64)?
  var rising = 0
  var isAccepted = false
  /// Whether steps that stand behind the number of a pass are those of the run.
  var isRunWide = false
  /// Whether they begin anew with each pass.
  var isWithinPasses = false
  var countsFromZero = false
  /// The number of the first pass, where the log shows it.
  var firstPass: Int64?
  /// Whether lines with a loss came that nothing before them marks.
  var hasPlainLosses = false
  /// The pass that a line of its own named, and of how many.
  var namedPass: (number: LogLine.Number, total: Int64?)?
  /// How many steps a pass has, and whether all of this one are done.
  var passTotal: Int64?
  var isPassOver = false
  /// The pass of the line before, and whether a pass has several lines.
  var lastPass: Int64?
  var isWithinPass = false

  private(set) var isProvisional = false

  /// What a line counts.
  struct Counting {
    var step: LogLine.Number?
    var stepTotal: Int64?
    var isIteration = false
    /// A number without a name, of how many.
    var part: (done: Int64, total: Int64)?
    var partNumber: LogLine.Number?
    var epoch: LogLine.Number?
    var epochTotal: Int64?
    var isEpochFirst = false
    /// Whether the pass was named elsewhere than before the step.
    var isEpochApart = false
    var isEvaluation = false
    /// What the losses of the line are to one another.
    var parts = LossParts()
    /// The name of the file that the line was written in.
    var file: Range<Int>?
  }

  /// Longer lines are no lines of numbers.
  private static let longest = 8192

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.bytes.count - start <= Self.longest, let loss = Self.loss(line, start),
      !line.starts(with: "{'", at: start), line.find("%|", from: start) == nil,
      line.find("\u{2501}\u{2501}\u{2501}", from: start) == nil, loss < line.bytes.count
    else {
      if let pass = Self.pass(in: line, start..<line.bytes.count, isAlone: true) {
        // A pass that comes again is one of another training, whose passes may have other lengths.
        if let last = namedPass, pass.number.value <= last.number.value { passTotal = nil }
        (namedPass, isPassOver) = (pass, false)
      }
      return false
    }
    var counting = Counting()
    scan(line, start, &counting, &progress)
    let isOfParts =
      progress.loss == nil && progress.validationLoss == nil && !counting.isEvaluation
      && counting.parts.others + (counting.parts.isPart ? 1 : 0) >= 2
    guard isOfParts || progress.loss != nil || progress.validationLoss != nil else { return false }
    if counting.epoch == nil, counting.step != nil || namedPass != nil {
      let pass = Self.pass(in: line, 0..<start, isAlone: false) ?? namedPass
      (counting.epoch, counting.epochTotal) = (pass?.number, pass?.total)
      counting.isEpochApart = pass != nil
    }
    let step = counting.step?.whole
    guard step != nil || counting.epoch != nil else { return false }
    if isOfEvaluation(step, counting, &progress) { return isAccepted }
    let isTraining = isOfParts || progress.loss != nil
    if !isTraining, !isAccepted { return false }
    let isNew = !isTraining || rise(step ?? counting.part?.done, counting.epoch?.value)
    guard isAccepted || isNew else { return false }
    isProvisional = !isAccepted
    place(step, counting, line, &progress)
    return !progress.fields.isEmpty || progress.count != nil
  }

  /// Where “loss” stands, in any case of letters, or what OpenNMT calls it.
  static func loss(_ line: LogLine, _ start: Int) -> Int? {
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
      // So may the words before a count without a name: `valid on subset  1000 / 1311`.
      let isCount = pair.whole != nil && values.field(line, pair.key) == nil
      let wordsEnd = pair.key.isEmpty || isCount ? pair.number.end : pair.key.lowerBound
      let words = max(gap, start)..<max(gap, start, wordsEnd)
      if !counting.isEvaluation, !words.isEmpty,
        Caption(line, words).words.contains(.evaluation)
      {
        counting.isEvaluation = true
      }
      gap = max(gap, pair.whole?.end ?? pair.number.end, pair.key.upperBound)
      if pair.key.isEmpty || isCount && pair.isBracketed && !Self.isBatch(line, pair.key) {
        // `Train: [0/300][10/1251]`: the pass, and the batch of it.
        if let part = counting.part, counting.step == nil, let whole = counting.partNumber,
          let total = pair.whole?.whole, pair.number.whole != nil,
          Self.areBracketed(line, whole, pair.number)
        {
          (counting.epoch, counting.epochTotal) = (whole, part.total)
          (counting.step, counting.stepTotal) = (pair.number, total)
          (counting.isEpochFirst, counting.part) = (true, nil)
          return
        }
        if let done = pair.number.whole, let total = pair.whole?.whole, total > 0,
          0...total ~= done, counting.part == nil
        {
          (counting.part, counting.partNumber) = ((done, total), pair.number)
        }
        return
      }
      let key = Self.withoutFiller(line, pair.key)
      let isBatch =
        Self.isBatch(line, key)
        && (pair.whole != nil || counting.epoch != nil && !pair.isBracketed
          || line.starts(with: " of epoch ", at: pair.number.end))
      switch isBatch ? .step : pair.isKeyBehind ? nil : values.field(line, key) {
      case .step:
        // The first is the step; what comes later says it once more, or is of something else.
        // An iteration may be a part of a step that is told beside it.
        let isIteration = isBatch || line.starts(with: "it", at: key.lowerBound)
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
        if pair.whole == nil {
          counting.parts.hear(values.part(line, key), isTaken: progress.loss != nil)
        }
        if Self.isCountOfEvaluation(line, key) { counting.isEvaluation = true }
        if pair.whole == nil, !values.take(line, key, pair.number, &progress), key.count > 3,
          line.starts(with: ".py", at: key.upperBound - 3)
        {
          // `eval.py:55`: where the line was written.
          counting.file = key
        }
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
    // A part of a sum that is not told.
    if counting.parts.isPart { progress.loss = nil }
    let isMarked = isMarkedAside(
      line, counting.file, gap, hasLoss: progress.loss != nil)
    guard counting.isEvaluation || isMarked else { return }
    let loss = progress.validationLoss ?? progress.loss
    progress.fields.formIntersection([.epoch])
    progress.validationLoss = loss
  }

  /// Whether a line with a loss is news; three in a row that rise make the log one of this format.
  private mutating func rise(_ step: Int64?, _ epoch: Double?) -> Bool {
    let now = (epoch: epoch ?? 0, step: step ?? 0)
    defer { last = now }
    if let step, let epoch { compare(step, of: epoch) }
    guard let last else {
      rising = 1
      return true
    }
    let isHigher =
      now.step > last.step && now.epoch >= last.epoch || now.epoch > last.epoch
    if isHigher {
      rising += 1
    } else if now != last {
      rising = 1
    }
    if rising >= 3 { isAccepted = true }
    return true
  }
}
