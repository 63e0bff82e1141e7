/// What the losses of one line are to one another.
struct LossParts: Sendable {
  /// How many are parts, regularizers, or of another model.
  private(set) var others = 0
  private var hasParts = false
  /// Whether the one that was taken may be a part.
  private var isPerhapsPart = false

  /// Hears of one; `isTaken` says that another one was taken for the loss before.
  mutating func hear(_ part: LossRole.Part?, isTaken: Bool) {
    switch part {
    case .part: (others, hasParts) = (others + 1, true)
    case .other: others += 1
    case .perhaps: isPerhapsPart = !isTaken
    case .whole: isPerhapsPart = false
    case nil: break
    }
  }

  /// Whether what was taken for the loss is a part of a sum that is not told.
  var isPart: Bool { hasParts && isPerhapsPart }
}
