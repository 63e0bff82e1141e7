/// Reads what XGBoost and LightGBM print of each round.
///
///     [10] train-logloss:0.48120 eval-logloss:0.51230
///     [10] training's binary_logloss: 0.481200 valid_1's binary_logloss: 0.512300
///     [LightGBM] [Info] Iteration:10, training binary_logloss : 0.481200
///
/// A step is a round of boosting; XGBoost counts from 0, LightGBM from 1. Whoever calls them says
/// which data are scored by what. A loss is told where the score is one that is minimized, the data
/// have a name that says what they are, and no other score of them may be meant. Source:
/// github.com/dmlc/xgboost, callback.py, `EvaluationMonitor`; github.com/microsoft/LightGBM,
/// callback.py, `log_evaluation`.
struct BoostingReader: ProgressReader {
  static let format = "XGBoost or LightGBM"
  static let caution = "steps are rounds of boosting"
  static let firstCharacters: StaticString = "[ESDI"

  /// Whether the best round is told next, which lies behind.
  private var tellsBest = false

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "Iteration:", at: start) { return readProgram(line, start, &progress) }
    guard line.starts(with: "[", at: start) else {
      if line.find("est iteration is", from: start) != nil
        || line.starts(with: "Stopping. Best iteration", at: start)
      {
        tellsBest = true
      }
      return false
    }
    guard let round = line.number(at: start + 1), let count = round.whole, count >= 0,
      line.starts(with: "] ", at: round.end)
    else { return false }
    var scores = Scores()
    var place = line.skipSpaces(round.end + 1)
    while place < line.bytes.count {
      guard let next = scores.take(line, place) else { return false }
      place = line.skipSpaces(next)
    }
    guard scores.count > 0 else { return false }
    if tellsBest {
      tellsBest = false
      return true
    }
    progress.step = count
    progress.loss = scores.loss.value
    progress.validationLoss = scores.validation.value
    return true
  }

  /// `Iteration:17, training binary_logloss : 0.208029` of LightGBM's own program, a line for each score.
  private func readProgram(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    guard let round = line.number(at: start + 10), let count = round.whole,
      line.starts(with: ", ", at: round.end), let mark = line.find(" : ", from: round.end),
      let score = line.number(at: mark + 3), score.end == line.bytes.count
    else { return false }
    let words = line.text((round.end + 2)..<mark).split(separator: " ").map(String.init)
    guard words.count == 2 else { return false }
    progress.step = count
    guard Scores.isLoss(words[1]) else { return true }
    switch Scores.role(words[0]) {
    case .training: progress.loss = score.value
    case .validation: progress.validationLoss = score.value
    case nil: break
    }
    return true
  }

  /// The scores of one line.
  private struct Scores {
    /// A loss that stands alone among those of its role.
    struct Loss {
      private var number: Double?
      private var isTornBetween = false

      var value: Double? { isTornBetween ? nil : number }

      mutating func take(_ value: Double) {
        if number != nil { isTornBetween = true }
        number = value
      }
    }

    var loss = Loss()
    var validation = Loss()
    var count = 0

    /// Takes `train-logloss:0.48` or `training's l2: 0.48` at a place, and says where it ends.
    mutating func take(_ line: LogLine, _ place: Int) -> Int? {
      let end = place + 80
      var mark = place
      while mark < line.bytes.count, mark < end, line.bytes[mark] != 0x3A { mark += 1 }
      guard mark < line.bytes.count, mark > place, line.starts(with: ":", at: mark),
        let number = line.number(at: line.skipSpaces(mark + 1))
      else { return nil }
      let isLightGBM = line.find("'s ", from: place).map { $0 < mark } ?? false
      // Both may have hyphens: they are parted at the first that leaves the name of a loss.
      let name = line.text(place..<mark)
      let parts =
        isLightGBM
        ? name.split(separator: "'", maxSplits: 1).map(String.init) : Self.parted(name)
      guard parts.count == 2 else { return nil }
      let score = isLightGBM ? String(parts[1].dropFirst(2)) : parts[1]
      count += 1
      if Self.isLoss(score) {
        switch Self.role(parts[0]) {
        case .training: loss.take(number.value)
        case .validation: validation.take(number.value)
        case nil: break
        }
      }
      // The deviation over the folds of a cross-validation: `0.48+0.01`, `0.48 + 0.01`.
      let behind = line.skipSpaces(number.end)
      guard line.starts(with: "+", at: behind) else { return number.end }
      return line.number(behindSpaces: behind + 1)?.end
    }

    private static func parted(_ name: String) -> [String] {
      guard !name.contains(" ") else { return [] }
      var at = name.startIndex
      while let hyphen = name[at...].firstIndex(of: "-") {
        let score = name[name.index(after: hyphen)...]
        if isLoss(String(score)) { return [String(name[..<hyphen]), String(score)] }
        at = name.index(after: hyphen)
      }
      guard let last = name.lastIndex(of: "-") else { return [] }
      return [String(name[..<last]), String(name[name.index(after: last)...])]
    }

    enum Role { case training, validation }

    static func role(_ data: String) -> Role? {
      let name = data.lowercased()
      if name.contains("train") || name == "learn" { return .training }
      // XGBoost's names for what it is given without one: the training data may be among them.
      if name.hasPrefix("validation_") { return nil }
      for word in ["val", "eval", "test", "dev", "cv_agg"] where name.contains(word) {
        return .validation
      }
      return nil
    }

    /// Whether a score is one that is minimized in training.
    static func isLoss(_ score: String) -> Bool {
      losses.contains(score) || score.hasSuffix("-nloglik") || score.hasSuffix("-deviance")
        || score.hasSuffix("logloss")
    }

    private static let losses: Set<String> = [
      "rmse", "rmsle", "mae", "mape", "mphe", "quantile", "l1", "l2", "huber", "fair",
      "poisson", "gamma", "tweedie", "cross_entropy", "cross_entropy_lambda",
      "kullback_leibler",
    ]
  }
}
