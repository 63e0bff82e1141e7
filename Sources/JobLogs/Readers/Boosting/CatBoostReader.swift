/// Reads what CatBoost prints of each tree.
///
///     12: learn: 0.4812 test: 0.5123 best: 0.5123 (12) total: 1.23s remaining: 8m 20s
///
/// A step is a tree, counted from 0. What is scored may be a loss or an accuracy, and the line does not
/// say which, so no loss is told. Source: github.com/catboost/catboost,
/// catboost/libs/logging/profile_info.cpp and catboost/libs/train_lib.
struct CatBoostReader: ProgressReader {
  static let format = "CatBoost"
  static let caution = "steps are trees; whether its score is a loss it does not say"
  static let firstCharacters: StaticString = "0123456789"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard let tree = line.number(at: line.message), let count = tree.whole, count >= 0,
      line.starts(with: ":", at: tree.end)
    else { return false }
    let next = line.skipSpaces(tree.end + 1)
    guard line.starts(with: "learn: ", at: next) || line.starts(with: "test: ", at: next),
      let total = line.find("total: ", from: next),
      line.find("remaining: ", from: total) != nil
    else { return false }
    progress.step = count
    progress.elapsed = LogLine.TimeUnit.seconds(line, behind: total + 7)
    return true
  }
}
