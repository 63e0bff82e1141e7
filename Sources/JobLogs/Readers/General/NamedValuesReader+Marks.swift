extension NamedValuesReader {
  /// Whether words before or behind the numbers say that they are none of the training: `[EVAL]`, a logger
  /// called `val`, `… loss 0.9 (valid)`, 验证.
  ///
  /// A logger or a file may bear such a name and train all the same, unless others train beside it.
  mutating func isMarkedAside(
    _ line: LogLine, _ file: Range<Int>?, _ tail: Int, hasLoss: Bool
  ) -> Bool {
    if Self.isOnlyEvaluation(line, tail..<line.bytes.count) { return true }
    for word in ["验证", "测试"] as [StaticString] where line.find(word, from: line.message) != nil {
      if line.find("训练", from: line.message) == nil { return true }
    }
    guard line.message > 0 || file != nil else {
      if hasLoss { hasPlainLosses = true }
      return false
    }
    if Self.hasBracketedEvaluation(line) { return true }
    let words = Caption(line, 0..<line.message).words.union(
      file.map { Caption(line, $0).words } ?? [])
    guard words.contains(.evaluation), !words.contains(.training) else {
      if hasLoss { hasPlainLosses = true }
      return false
    }
    return hasPlainLosses
  }

  /// Whether nothing but words for an evaluation stands in a range.
  static func isOnlyEvaluation(_ line: LogLine, _ range: Range<Int>) -> Bool {
    guard range.count >= 3, range.count <= 24 else { return false }
    let text = line.text(range, most: 24)
    guard text.unicodeScalars.allSatisfy({ !$0.properties.isAlphabetic || $0.isASCII }) else {
      return false
    }
    let words = text.split { !$0.isLetter }
    return words.count == 1 && Caption(line, range).words == .evaluation
  }

  /// Whether a pair of brackets before the message holds a word for an evaluation alone.
  static func hasBracketedEvaluation(_ line: LogLine) -> Bool {
    var at = 0
    while at < line.message, let open = line.find("[", from: at), open < line.message {
      guard let close = line.find("]", from: open), close <= line.message else { return false }
      if isOnlyEvaluation(line, (open + 1)..<close) { return true }
      at = close + 1
    }
    return false
  }

  /// Whether two counts stand in brackets, one behind the other: `[0/300][10/1251]`.
  static func areBracketed(
    _ line: LogLine, _ one: LogLine.Number, _ other: LogLine.Number
  ) -> Bool {
    guard let close = line.find("]", from: one.end), close < other.end,
      let open = line.find("[", from: close)
    else { return false }
    return open < other.end && line.skipSpaces(close + 1) == open
  }

  /// Whether a name counts what is evaluated: `val step`, `test batch`.
  static func isCountOfEvaluation(_ line: LogLine, _ key: Range<Int>) -> Bool {
    guard key.count <= 24, let space = line.find(" ", from: key.lowerBound), space < key.upperBound
    else { return false }
    let words = Caption(line, key).words
    return words.contains(.evaluation) && !words.contains(.training) && words.contains(.steps)
  }

  /// Whether a word means the batches of a pass: `Batch 10/500`, `200/ 2983 batches`.
  static func isBatch(_ line: LogLine, _ key: Range<Int>) -> Bool {
    for word in ["batch", "Batch", "batches", "Batches", "BATCH", "mini-batch"] as [StaticString]
    where line.holds(word, in: key) {
      return true
    }
    return false
  }

  /// A name without the words of a sentence before it.
  static func withoutFiller(_ line: LogLine, _ key: Range<Int>) -> Range<Int> {
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

  /// `tps 12000.00(1500.00/gpu)`: of the job, and of one of its devices.
  static func takeRates(
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
}
