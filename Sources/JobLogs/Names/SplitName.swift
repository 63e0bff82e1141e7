/// Whose numbers a row tells, where a column or a key says so: `"split": "val"`, `phase,train`.
enum SplitName: Sendable, Hashable {
  case training
  case evaluation
  /// Something else, such as a second stage of the training.
  case other

  /// What columns and keys are called that say it; in small letters.
  static let keys: [StaticString] = [
    "split", "phase", "mode", "stage", "subset", "set", "type", "event", "kind", "dataset",
    "partition", "tag",
  ]

  /// The meaning of a word such as `train_step`, `val`, `test-clean`; `nil` for an empty one.
  init?(_ word: String) {
    guard let first = word.lowercased().split(whereSeparator: { !$0.isLetter }).first else {
      return nil
    }
    self =
      first.hasPrefix("train")
      ? .training : Self.evaluations.contains(first) ? .evaluation : .other
  }

  private static let evaluations = LossRole.otherData.union([
    "evaluate", "evaluating", "validate", "validating", "testing",
  ])
}
