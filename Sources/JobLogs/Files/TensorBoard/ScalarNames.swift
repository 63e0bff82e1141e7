import Formats
import Quantities
import Telemetry

/// What a number under some name means, where frameworks have agreed on a name.
struct ScalarUse: Sendable, Hashable {
  /// What the step that comes with the number counts.
  enum Counting: Sendable, Hashable {
    case steps, epochs, samples
  }

  var metric: Metric
  /// How many of the metric's unit a 1 is worth.
  var factor = 1.0
  /// Which of several names for the same metric is the better one; 0 is best.
  var rank = 0
  /// The name of the sum of which it is a part, such as of YOLO's losses; `nil` for what stands alone.
  var sum: String?
  /// What a rate of tokens counts for; `nil` for everything else.
  var scope: JobFacts.RateScope?
  var counting = Counting.steps
  /// Whether it may be a percentage or a fraction, so that only values above 1.1 are clear.
  var isUnclear = false
  /// Whether it is a time that says nothing without its unit.
  var needsUnit = false
  /// Whether it is how many there are in a second, and so the inverse of a time.
  var isInverse = false

  /// The number in the metric's unit; `nil` when nobody can tell.
  func value(_ raw: Double) -> Double? {
    if isInverse { return raw > 0 ? factor / raw : nil }
    guard isUnclear else { return raw * factor }
    return raw > 1.1 ? raw / 100 : nil
  }
}

/// Finds the meaning of the names that jobs give their numbers.
///
/// Names are compared in lower case, with `_` for spaces, dots, bars and hyphens. Numbers that are
/// means since the start (`train_tokens_per_second`, `train/train_loss` of Hugging Face) are not
/// taken: they would pass for the present.
enum ScalarNames {
  /// The meaning of a name; `folder` is the last part of the path of the file it stands in.
  static func use(_ name: String, folder: String = "") -> ScalarUse? {
    let given = name
    var name = normal(name)
    guard !name.contains("_vs_samples"), !name.contains("_vs_tokens"), !name.contains("_vs_steps")
    else { return nil }
    var counting = ScalarUse.Counting.steps
    if name.hasPrefix("train/samples/") {
      counting = .samples
      name = String(name.dropFirst("train/samples/".count))
    } else if name.hasPrefix("epoch_") {
      counting = .epochs
    }
    let folder = normal(folder)
    if isValidation(folder) || isCurveOfValidation(folder, of: name) {
      for prefix in ["evaluation_", "epoch_", "batch_"] where name.hasPrefix(prefix) {
        name = String(name.dropFirst(prefix.count))
        break
      }
      if let end = name.range(of: "_vs_iterations") { name = String(name[..<end]) }
      if !name.hasPrefix("val") && !name.hasPrefix("eval") { name = "val_\(name)" }
    }
    if let part = partOfLoss(name) { return part }
    guard
      var use = table[name] ?? logNames[name] ?? learningRate(name) ?? rateOfTokens(name)
        ?? loss(name)
    else { return nil }
    // OLMo-core writes a percentage, Composer a fraction, under names that differ in case alone.
    if use.metric == .reportedMFU, given.hasSuffix("/device/MFU") { use.factor = 0.01 }
    if use.metric == .accuracy, isTraining(folder) { return nil }
    if counting != .steps { use.counting = counting }
    // Ultralytics tells trackers once in a pass, and counts passes.
    if Self.ofPasses.contains(name) { use.counting = .epochs }
    return use
  }

  private static let ofPasses: Set<String> = [
    "train/box_loss", "val/box_loss", "metrics/map50_95(b)", "lr/pg0",
  ]

  /// A part of the loss as YOLO tells it, once in a pass: their sum is what is minimized.
  ///
  /// Source: github.com/ultralytics/yolov5, utils/loggers; github.com/ultralytics/ultralytics,
  /// engine/trainer.py, `label_loss_items`.
  private static func partOfLoss(_ name: String) -> ScalarUse? {
    guard name.hasSuffix("_loss"), let slash = name.firstIndex(of: "/") else { return nil }
    let (data, part) = (name[..<slash], name[name.index(after: slash)...].dropLast(5))
    guard data == "train" || data == "val",
      ["box", "obj", "cls", "dfl", "seg", "pose", "kobj", "angle"].contains(part)
    else { return nil }
    var use = ScalarUse(metric: data == "train" ? .loss : .validationLoss, rank: 5)
    use.counting = .epochs
    use.sum = "sum of \(data)/…_loss"
    return use
  }

  /// The framework that alone gives a number this name, if one does.
  static func framework(_ name: String) -> String? {
    let name = normal(name)
    return switch name {
    case "loss_metrics/global_avg_loss", "n_tokens_seen": "torchtitan"
    case "lm_loss", "lm_loss_validation": "Megatron-LM"
    case "lm_loss_training/lm_loss": "Megatron-DeepSpeed"
    case "reduced_train_loss", "train_step_timing_in_s": "NeMo"
    case "train/global_step": "Hugging Face Trainer"
    case "loss/train/total", "throughput/device/tokens_per_sec": "Composer"
    case "epoch_loss", "epoch_val_loss", "evaluation_loss_vs_iterations": "Keras"
    case "trainer/global_step": "Lightning"
    case "perf/time_per_step", "timing_s/step", "actor/pg_loss", "actor/loss": "verl"
    case "train/ce_loss", "optim/total_grad_norm", "optim/lr_(group_0)", "optim/lr__group_0_":
      "OLMo-core"
    case "progress/total_tokens", "progress/total_samples": "prime-rl"
    case "throughput/examples_per_second", "throughput/loading_time": "Levanter"
    case "train/dataloading_s": "LeRobot"
    default: name.hasPrefix("train/samples/") ? "DeepSpeed" : nil
    }
  }

  /// Whether a folder of that name holds what was found on data that were not trained on.
  static func isValidation(_ folder: String) -> Bool {
    ["val", "valid", "validation", "eval", "evaluation"].contains(folder)
  }

  /// Whether a folder is that of a curve which PyTorch's `add_scalars` named after its tag: `Loss_val`.
  private static func isCurveOfValidation(_ folder: String, of tag: String) -> Bool {
    let start = String(tag.map { $0 == "/" ? "_" : $0 }) + "_"
    return folder.hasPrefix(start) && LossRole.otherData.contains(folder.dropFirst(start.count))
  }

  static func isTraining(_ folder: String) -> Bool { folder == "train" || folder == "training" }

  static func normal(_ name: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      switch scalar {
      case " ", "-", ".", "|": result.append("_")
      case "A"..."Z": result.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// A loss that the words of its name tell.
  private static func loss(_ name: String) -> ScalarUse? {
    // The Trainer's mean over the whole run.
    guard name != "train/train_loss" else { return nil }
    return loss(of: name)
  }

  private static func loss(of name: String) -> ScalarUse? {
    switch name.utf8.count < 64 ? LossRole(name: name) : nil {
    case .training(let rank): ScalarUse(metric: .loss, rank: rank)
    case .validation(let rank): ScalarUse(metric: .validationLoss, rank: rank)
    case nil: nil
    }
  }

  /// Lightning names the rate after the optimizer: `lr-AdamW`, `lr-AdamW/pg1`.
  private static func learningRate(_ name: String) -> ScalarUse? {
    guard name.hasPrefix("lr_"), name.utf8.count < 64 else { return nil }
    return ScalarUse(metric: .learningRate, rank: 3)
  }
}

extension String {
  /// Where a text stands in this one first.
  func range(of text: String) -> Index? {
    indices.first { self[$0...].hasPrefix(text) }
  }
}
