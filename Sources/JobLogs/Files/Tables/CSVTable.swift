import Formats
import Quantities
import Telemetry

/// How the columns of a job's table are to be read, found from its first line.
struct CSVHeader: Sendable, Equatable {
  /// What a row says of its time.
  enum Clock: Sendable, Equatable {
    case none
    /// Seconds since the job began (Ultralytics).
    case elapsed(column: Int)
    /// Seconds since the job began, or what each row took: all its numbers show which.
    case doubtful(column: Int)
    /// How long the epoch took, as `MM:SS` (fastai).
    case duration(column: Int)
    /// Seconds since 1970.
    case wall(column: Int)

    /// The column that tells it.
    var column: Int? {
      switch self {
      case .none: nil
      case .elapsed(let column), .doubtful(let column), .duration(let column), .wall(let column):
        column
      }
    }
  }

  let separator: UInt8
  let names: [String]
  /// The meaning of each column, where it has one.
  let uses: [ScalarUse?]
  let clock: Clock
  /// The column that says whose numbers a row has, such as `phase` with `train` and `val`.
  let splitColumn: Int?
  /// The column that says whether a row is of the training.
  let trainingColumn: Int?
  /// The column that says of which of several runs a row is, such as `fold` or `seed`.
  let runColumn: Int?
  /// The program that writes such tables, as far as one can tell.
  let framework: String

  /// Reads a first line; `nil` when no column has a name that is known.
  ///
  /// `file` is the file's name: DeepSpeed says in it that the steps of a table are samples.
  init?(_ line: UnsafeBufferPointer<UInt8>, file: String = "") {
    var line = line
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.part(3..<line.count) }
    let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].map { separator in
      (separator, line.lazy.filter { $0 == separator }.count)
    }
    guard let best = counts.max(by: { $0.1 < $1.1 }), best.1 > 0 else { return nil }
    separator = best.0
    var cells = CSVCells()
    cells.split(line, at: best.0)
    guard cells.count <= 4096 else { return nil }
    names = (0..<cells.count).map { String(decoding: cells[$0].prefix(256), as: UTF8.self) }
    guard !names.contains(where: { PlainNumber.parse($0.utf8) != nil }) else { return nil }
    let isFromDeepSpeed = names.count == 2 && names[0] == "step" && file.hasPrefix("Train_Samples_")
    let isFromUltralytics =
      (names.contains("train/box_loss") || names.contains("train/cls_loss"))
      && !names.contains { ScalarNames.use($0).map { $0.metric == .loss && $0.rank < 3 } ?? false }
    // A table of an evaluation says so in its name.
    let stem = file.split(separator: ".").first.map(String.init) ?? ""
    let words = stem.lowercased().split { !$0.isLetter }
    let isOfEvaluation =
      words.contains { ["val", "valid", "validation", "eval", "evaluation"].contains($0) }
      && !words.contains { $0.hasPrefix("train") }
      && !names.contains { ScalarNames.use($0)?.metric == .validationLoss }
    var uses = names.map { name -> ScalarUse? in
      let use = ScalarNames.use(name)
      guard isOfEvaluation, use?.metric == .loss else { return use }
      return ScalarUse(metric: .validationLoss, rank: use?.rank ?? 0)
    }
    if isFromUltralytics {
      // Its losses are parts of one, which their sum is.
      for place in uses.indices where names[place].hasSuffix("_loss") { uses[place] = nil }
    }
    if isFromDeepSpeed { uses[0] = ScalarUse(metric: .samples) }
    guard uses.contains(where: { $0 != nil }) else { return nil }
    if let time = names.firstIndex(of: "time") {
      clock =
        names.contains("valid_loss")
        ? .duration(column: time)
        : isFromUltralytics ? .elapsed(column: time) : .doubtful(column: time)
    } else if let time = names.firstIndex(where: { Self.wallNames.contains($0) }) {
      clock = .wall(column: time)
    } else {
      clock = .none
    }
    self.uses = uses
    if isFromUltralytics {
      framework = "Ultralytics"
    } else if isFromDeepSpeed {
      framework = "DeepSpeed"
    } else if case .duration = clock {
      framework = "fastai"
    } else if names.contains("step"), names.contains("epoch"), names == names.sorted() {
      // Lightning's logger sorts the names, and so does that of Keras behind the epoch.
      framework = "Lightning"
    } else {
      let rest = Array(names.dropFirst())
      let isKeras =
        names.first == "epoch" && rest.contains("loss") && rest.count > 1 && rest == rest.sorted()
        && rest.allSatisfy { !$0.hasPrefix("is_") && !$0.hasPrefix("train") }
      framework = isKeras ? "Keras" : ""
    }
    splitColumn = names.firstIndex { Self.splitNames.contains($0.lowercased()) }
    trainingColumn = names.firstIndex { Self.trainingNames.contains($0.lowercased()) }
    runColumn = names.firstIndex { Self.runNames.contains($0.lowercased()) }
  }

  private static let runNames: Set<String> = [
    "fold", "kfold", "k_fold", "cv_fold", "fold_id", "run", "run_id", "run_name", "seed", "trial",
    "trial_id", "experiment", "exp", "exp_name", "experiment_name", "model", "model_name",
    "replicate", "repetition", "repeat",
  ]
  private static let trainingNames: Set<String> = ["is_train", "is_training"]
  private static let splitNames = Set(SplitName.keys.map { "\($0)" })

  /// Whether a line stands before the first one of a table: a remark, or Excel's word for its separator.
  static func isPreface(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.first == 0x23 || line.count < 8 && line.starts(with: "sep=".utf8)
  }

  private static let wallNames: Set<String> = [
    "wall_time", "timestamp", "_timestamp", "unix_time", "datetime", "date_time", "date",
  ]

  /// The columns whose sum is the loss: Ultralytics writes its parts, weighted already.
  func parts(of split: String) -> [Int] {
    guard framework == "Ultralytics" else { return [] }
    return names.indices.filter { names[$0].hasPrefix("\(split)/") && names[$0].hasSuffix("_loss") }
  }
}

/// What one row of a table says.
package struct CSVRow: Sendable, Equatable {
  /// Without a time; whoever reads the file knows when it was written.
  package var entries: [JobRow.Entry] = []
  /// What the row's clock says, in seconds, if it has one.
  package var clock: Double?
  /// The name of the run that begins with it, as a column says.
  package var run: String?

  subscript(metric: Metric) -> Double? { entries.first { $0.metric == metric }?.value }

  /// Makes it a row of something else than the training: an evaluation's loss is that on other data.
  mutating func setAside(isEvaluation: Bool) {
    let loss = self[.loss]
    entries.removeAll { ![.step, .epoch, .validationLoss].contains($0.metric) }
    if isEvaluation, let loss, self[.validationLoss] == nil {
      entries.append(JobRow.Entry(metric: .validationLoss, value: loss, name: "loss"))
    }
  }

  /// A number that two rows have in common only if they say the same.
  var mark: UInt64 {
    var sum: UInt64 = 0
    // The order of the columns does not matter: a rewrite with a new column may change it.
    for entry in entries {
      let hash = FNV1a.hash(entry.metric.name)
      sum &+= (hash ^ entry.value.bitPattern) &* 0x9E37_79B9_7F4A_7C15
    }
    return sum
  }
}
