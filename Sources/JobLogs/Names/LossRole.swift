/// What the loss under some name is to the job.
///
/// A job may tell a dozen numbers that have “loss” in their name: of the batch, of a pass, of data
/// it does not train on, of a part of the model, of a regularizer. The words around “loss” say
/// which one it is; a name with a word that is not known here is nobody's.
enum LossRole: Sendable, Hashable {
  /// What is minimized; of several, the one of the lowest rank is meant.
  case training(rank: Int)
  /// The same on data the job does not train on.
  case validation(rank: Int)

  /// The role of a name in lower case, whose words are apart by anything but letters and digits.
  init?(name: String) {
    var rank = 0
    var isLoss = false
    var isValidation = false
    var isKnown = true
    var words = Self.words(name)
    if let place = words.firstIndex(of: "entropy"), place > 0, words[place - 1] == "cross" {
      words.removeSubrange((place - 1)...place)
      words.append("ce")
    }
    for word in words {
      if word == "loss" || word == "losses" {
        isLoss = true
      } else if Self.otherThings.contains(word) {
        return nil
      } else if Self.otherData.contains(word) {
        isValidation = true
        if word == "test" { rank = max(rank, 2) }
      } else if let level = Self.levels[word] {
        rank = max(rank, level)
      } else {
        isKnown = false
      }
    }
    guard isLoss else { return nil }
    // In a path the name of the data stands beside “validation”.
    if isValidation, isKnown || name.contains("/") {
      self = .validation(rank: isKnown ? rank : max(rank, 4))
    } else if isKnown {
      self = .training(rank: rank)
    } else {
      return nil
    }
  }

  /// Whether a name is that of a part of the loss, beside which another part is not the whole.
  static func isPart(_ name: String) -> Bool {
    guard name.utf8.count < 64, name.contains("loss"), LossRole(name: name) == nil else {
      return false
    }
    let words = words(name)
    guard words.contains("loss"), !words.contains(where: otherData.contains) else { return false }
    return words.contains { parts.contains($0) }
  }

  /// What a loss is to what is minimized, by its name.
  enum Part: Sendable {
    case whole
    /// A part where there are others, such as `policy_loss` beside `value_loss`.
    case perhaps
    case part
    /// That of one of two models that learn from one another, a regularizer, or nobody knows what.
    case other
  }

  /// What the loss of a name is to the whole; `nil` for a name of something else, and for a loss on data
  /// that are not trained on.
  static func part(_ name: String) -> Part? {
    let name = ScalarNames.normal(name)
    let words = words(name)
    guard words.contains("loss") || words.contains("losses"),
      !words.contains(where: otherData.contains)
    else { return nil }
    if isPart(name) { return .part }
    if mayBePart(name) { return .perhaps }
    return LossRole(name: name) == nil ? .other : .whole
  }

  /// Whether a name may be that of a part, if there are others.
  static func mayBePart(_ name: String) -> Bool {
    let name = ScalarNames.normal(name)
    // In a path the actor is the model, as of verl.
    return words(name).contains { objectives.contains($0) || $0 == "actor" && !name.contains("/") }
  }

  /// What is minimized along with something else.
  private static let parts: Set<Substring> = [
    "cls", "class", "classification", "obj", "objectness", "dfl", "seg", "mask", "rpn", "dice",
    "giou", "iou", "nsp", "itc", "itm", "value", "vf", "critic", "l1", "kpt", "depth",
    "cardinality",
  ]
  private static let objectives: Set<Substring> = ["ce", "mlm", "nll", "box", "bbox", "policy"]

  private static func words(_ name: String) -> [Substring] {
    name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.flatMap { word -> [Substring] in
      // `CrossEntropyLoss`, `valloss`.
      guard word.hasSuffix("loss"), word.count > 4 else { return [word] }
      let rest = word.dropLast(4)
      return rest == "crossentropy" ? ["ce", "loss"] : [rest, "loss"]
    }
  }

  /// What data are called that a job does not train on.
  static let otherData: Set<Substring> = [
    "val", "valid", "validation", "eval", "evaluation", "test", "dev", "heldout", "holdout",
  ]

  /// Parts that are added to the loss, bounds of it, and numbers about it.
  private static let otherThings: Set<Substring> = [
    "aux", "auxiliary", "z", "balance", "balancing", "load", "router", "routing", "moe", "mtp",
    "scale", "scaler", "scaling", "reg", "regularization", "regularizer", "kl", "kld", "entropy",
    "value", "vf", "critic", "surrogate", "best", "min", "minimum", "max", "maximum", "lowest",
    "target", "initial", "grad", "gradient", "norm", "weight", "weights", "coef", "coefficient",
    "ratio", "std", "var", "delta", "diff", "improvement", "cls", "dfl", "obj", "mask", "rpn",
    "seg",
    "commit", "commitment", "codebook", "vq", "perceptual", "lpips", "adv", "adversarial",
    "generator", "discriminator", "gen", "disc", "d", "g", "previous", "prev", "early", "patience",
    "threshold", "time", "fn", "function", "spike", "spikes",
  ]

  /// Words that leave a loss the one that is minimized, and how much better another name is.
  private static let levels: [Substring: Int] = [
    "train": 0, "training": 0, "trn": 0, "tr": 0, "lm": 1, "clm": 1, "mlm": 1, "ce": 1, "gpt": 1,
    "global": 0, "total": 0, "overall": 0, "reduced": 0, "act": 1, "actor": 1, "sft": 1, "step": 0,
    "batch": 0, "iter": 0, "curr": 0, "current": 0, "last": 0, "model": 0, "metrics": 0,
    "token": 0, "per": 0, "main": 1, "task": 1, "optimizer": 0, "loop": 0, "trainer": 0,
    "mean": 1, "avg": 1, "average": 1, "avr": 1, "running": 1, "moving": 1, "smooth": 1,
    "smoothed": 1, "ema": 1, "nll": 1, "pg": 1, "policy": 1,
    "epoch": 2, "local": 2, "rank": 2,
    "box": 5, "bbox": 5,
  ]
}
