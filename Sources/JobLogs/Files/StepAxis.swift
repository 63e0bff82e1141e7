import Quantities
import Telemetry

/// Decides what a tracker's x axis counts: optimizer steps, passes over the data, or calls of the logger.
///
/// `add_scalar("Loss/train", loss, epoch)` and `log_metric("val_loss", loss, step=epoch)` write a pass
/// where others write a step. What tells them apart is that nobody validates at each step: where the
/// numbers of the training come one by one and many have a validation of the same number, they are passes.
/// Until that is known a row with such a number is told without it, or, of a file that is read as a whole, kept.
struct StepAxis: Sendable {
  /// What the axis is known to count.
  enum Kind: Sendable {
    case unknown, steps, passes
    /// One more with each call of the logger: of the training and of its validation in turn.
    case calls
  }

  private(set) var kind = Kind.unknown
  /// Whether rows are kept until it is known, as of a file that is read as a whole.
  private let keepsRows: Bool
  private var kept: [JobRow] = []
  /// The numbers of the training, as far as they were heard, and those with a validation.
  private var trained: [Int64] = []
  private var validated: Set<Int64> = []

  /// So many passes with a validation each are no accident, nor are many of which so large a share has one.
  private static let (enough, many) = (3, 8)
  private static let often = 0.3
  private static let mostKept = 4096

  /// An axis of which nothing is known yet.
  init(keepsRows: Bool) { self.keepsRows = keepsRows }

  /// Takes rows in their order and returns those that can be told, as far as it is known what they count.
  mutating func take(_ rows: [JobRow]) -> [JobRow] {
    guard kind == .unknown else { return rows.map(placed) }
    kept += rows
    for row in rows { hear(row) }
    return kind == .unknown && keepsRows && kept.count < Self.mostKept ? [] : release()
  }

  /// Returns what is still kept: nothing more comes.
  mutating func finish() -> [JobRow] {
    if kind == .unknown {
      let all = trained.filter(validated.contains)
      kind =
        trained.isEmpty || all.isEmpty
        ? .steps : trained.count > 1 && all.count == trained.count ? .passes : .unknown
    }
    return release()
  }

  private mutating func release() -> [JobRow] {
    defer { kept = [] }
    return kept.map(placed)
  }

  private mutating func hear(_ row: JobRow) {
    guard kind == .unknown, let count = row.entries.first(where: { $0.metric == .step }),
      let step = Int64(exactly: count.value)
    else { return }
    // A name of its own says that the trainer counts.
    guard count.name.isEmpty || count.name == "_step" else {
      kind = .steps
      return
    }
    if row.entries.contains(where: Self.isOfValidation) { validated.insert(step) }
    if row[.loss] != nil, trained.last != step { trained.append(step) }
    decide()
  }

  /// Whether a number is that of a validation; an accuracy is one only if its name says so.
  private static func isOfValidation(_ entry: JobRow.Entry) -> Bool {
    if entry.metric == .validationLoss { return true }
    guard entry.metric == .accuracy else { return false }
    let words = ScalarNames.normal(entry.name).split { !$0.isLetter }
    return words.contains(where: LossRole.otherData.contains)
  }

  private mutating func decide() {
    guard let last = trained.last, trained.count > 1 else { return }
    let before = trained[trained.count - 2]
    switch last &- before {
    case 1:
      let known = trained.dropLast()
      let share = Double(known.count(where: validated.contains)) / Double(known.count)
      if share == 0 || known.count >= Self.many && share < Self.often {
        kind = .steps
      } else if known.count >= (share == 1 ? Self.enough : Self.many), share >= Self.often {
        kind = .passes
      }
    case 2 where validated.contains(before + 1) && !validated.contains(before):
      if trained.count > Self.enough { kind = .calls }
    default: kind = .steps
    }
  }

  /// Whether the training and its validation were heard so close that the number may be none of a step.
  private var isDoubtful: Bool {
    trained.contains { validated.contains($0) || validated.contains($0 + 1) }
  }

  /// A row with what its number is.
  private func placed(_ row: JobRow) -> JobRow {
    guard kind != .steps, let place = row.entries.firstIndex(where: { $0.metric == .step }) else {
      return row
    }
    if kind == .unknown, !isDoubtful { return row }
    var row = row
    if kind == .passes, row[.epoch] == nil {
      row.entries[place].metric = .epoch
    } else {
      row.entries.remove(at: place)
    }
    return row
  }
}
