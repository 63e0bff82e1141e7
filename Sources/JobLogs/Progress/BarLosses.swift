/// Whether the loss beside a bar is of the step that the bar shows.
///
/// A loop over tqdm itself counts only when it draws by itself. A loss that is set in between is
/// drawn at once, beside a step that is already over: it is of a later one. A loop that counts by
/// `update` draws every loss beside its own step. The first loss of a run tells which it is: a loop
/// over tqdm shows it beside step 0. So do two new losses beside one step. Source: github.com/tqdm/tqdm,
/// tqdm/std.py, `__iter__` and `set_postfix`.
struct BarLosses: Sendable {
  private var done: Int64?
  private var epoch: Int64?
  private var loss: Double?
  /// How many new losses stood beside the step at hand.
  private var changes = 0
  private(set) var isAhead = false

  /// Takes the loss beside a count; false where it is not that of the step.
  mutating func isOfStep(_ new: Double?, _ count: Count) -> Bool {
    guard !count.isLine else { return true }
    let isSameStep = done == count.done && epoch == count.caption.epoch
    (done, epoch) = (count.done, count.caption.epoch)
    guard let new else { return true }
    if !isSameStep { changes = 0 }
    if new != loss {
      changes += 1
      if count.done == 0, loss == nil || changes > 1 { isAhead = true }
      if isSameStep, changes > 1 { isAhead = true }
    }
    loss = new
    return !(isAhead && (isSameStep || count.done == 0))
  }
}
