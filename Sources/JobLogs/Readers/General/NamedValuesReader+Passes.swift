extension NamedValuesReader {
  /// `Epoch 3/10`, `[Epoch 3]`, `=== epoch 3 of 10 ===`: the number of the pass and of how many.
  ///
  /// Alone, no other word or number may stand in the range.
  static func pass(
    in line: LogLine, _ range: Range<Int>, isAlone: Bool
  ) -> (number: LogLine.Number, total: Int64?)? {
    guard range.count < 200, let word = line.find("poch", from: range.lowerBound),
      word > range.lowerBound, line.bytes[word - 1] | 0x20 == 0x65, word < range.upperBound
    else { return nil }
    var at = word + 4
    while at < range.upperBound, [0x20, 0x3A, 0x3D, 0x23, 0x5B].contains(line.bytes[at]) { at += 1 }
    guard at < range.upperBound, let number = line.number(at: at), number.whole != nil else {
      return nil
    }
    var end = number.end
    var total: Int64?
    let next = line.skipSpaces(end)
    if line.starts(with: "/", at: next) || line.starts(with: "of ", at: next) {
      let skip = line.starts(with: "/", at: next) ? 1 : 3
      if let all = line.number(behindSpaces: next + skip) { (total, end) = (all.whole, all.end) }
    }
    guard isAlone else { return (number, total) }
    // `Epoch 1 of 500 took 3.2s`: what it took is no word of another matter.
    let took = line.skipSpaces(end)
    if line.starts(with: "took ", at: took), let time = line.number(at: took + 5),
      let unit = LogLine.TimeUnit(line, at: time.end), unit.seconds > 0
    {
      end = range.upperBound
    }
    let others =
      Array(line.bytes[range.lowerBound..<(word - 1)])
      + line.bytes[min(end, range.upperBound)..<range.upperBound]
    return others.contains { LogLine.isNamePart($0) && $0 != 0x5F && $0 != 0x2D }
      ? nil : (number, total)
  }

  /// Whether steps go on from pass to pass, or begin anew: lines about a whole pass do not count.
  mutating func compare(_ step: Int64, of epoch: Double) {
    defer { lastStep = (epoch, step) }
    guard let lastStep, epoch > lastStep.epoch else { return }
    if step > lastStep.step { isRunWide = true } else { isWithinPasses = !isRunWide }
  }

  /// Says what the line counts.
  mutating func place(
    _ step: Int64?, _ counting: Counting, _ line: LogLine, _ progress: inout Progress
  ) {
    if let epoch = counting.epoch, epoch.whole == 0 { countsFromZero = true }
    if firstPass == nil, let epoch = counting.epoch?.whole, 0...1 ~= epoch { firstPass = epoch }
    // One that stands apart is whole, and may be of another line.
    let isFraction =
      !counting.isEpochApart
      && counting.epoch.map { line.decimals(endingAt: $0.end - ($0.isQuoted ? 1 : 0)) > 0 } ?? false
    if let step {
      // More steps than there are in all: they go on from pass to pass.
      let isBeyond = counting.stepTotal.map { step > $0 } ?? false
      if isBeyond { (isRunWide, isWithinPasses) = (true, false) }
      if counting.isEpochFirst || counting.isEpochApart || isWithinPasses
        || counting.epochTotal ?? 1 > 1, !isRunWide, let epoch = counting.epoch?.whole, !isFraction
      {
        placeWithinPass(step, epoch, counting, &progress)
        return
      }
      progress.step = step
      progress.stepTotal = isBeyond ? nil : counting.stepTotal
      if isFraction {
        progress.epoch = counting.epoch?.value
      } else if isRunWide, let epoch = counting.epoch?.whole {
        progress.epoch = passes(before: epoch)
      }
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
        // Such a line comes at the end of a pass, unless there are several of the training.
        if progress.loss != nil {
          if whole == lastPass { isWithinPass = true }
          lastPass = whole
        }
        let done = Double(whole) + (countsFromZero ? 1 : 0)
        progress.epoch = isWithinPass ? max(0, done - 1) : done
        // `Epoch 69/69`, counted from 0, is the seventieth.
        if let total = counting.epochTotal, done > Double(total) { progress.epochTotal = total + 1 }
      }
    }
  }

  /// Whether a line counts another thing than the steps of a pass that is over: `step 88/88` behind
  /// `step 614/614` under one `Epoch 1/10`, as Paddle's `Model.fit` evaluates.
  mutating func isOfEvaluation(
    _ step: Int64?, _ counting: Counting, _ progress: inout Progress
  ) -> Bool {
    guard counting.isEpochApart, let step, let total = counting.stepTotal, total > 1 else {
      return false
    }
    guard let passTotal else {
      (self.passTotal, isPassOver) = (total, step == total)
      return false
    }
    if total == passTotal {
      isPassOver = step == total
    } else if isPassOver {
      let loss = progress.validationLoss ?? progress.loss
      progress.fields = []
      progress.validationLoss = loss
      return true
    }
    return false
  }

  /// How many passes were done when a line says the number of the one at hand.
  func passes(before epoch: Int64) -> Double {
    max(0, Double(epoch) - (countsFromZero ? 0 : 1))
  }

  /// Says what a step behind the number of a pass is, as long as they are not known to be the run's.
  func placeWithinPass(
    _ step: Int64, _ epoch: Int64, _ counting: Counting, _ progress: inout Progress
  ) {
    guard isWithinPasses || counting.isEpochFirst && counting.epochTotal != nil else {
      // In the first pass both would be the same; of how many nobody knows before the second.
      if epoch <= 1 {
        progress.step = step
      } else {
        progress.epoch = passes(before: epoch)
      }
      return
    }
    guard let total = counting.stepTotal, total > 0 else {
      if isWithinPasses {
        progress.epoch = passes(before: epoch)
        progress.epochTotal = counting.epochTotal
        // Those of the first pass were told as the run's.
        progress.retractsSteps = true
      } else {
        progress.step = step
      }
      return
    }
    var count = Count(done: step, total: total)
    count.caption.words = [.withinEpoch, .steps]
    (count.caption.epoch, count.caption.epochTotal) = (epoch, counting.epochTotal)
    count.caption.name = 3
    count.caption.firstEpoch = firstPass
    count.hasLoss = true
    count.isLine = true
    count.secondsEach = progress.stepTime
    progress.count = count
  }
}
