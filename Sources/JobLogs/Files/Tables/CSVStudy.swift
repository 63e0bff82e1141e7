import Formats

/// What the columns of a finished table show by all their numbers: whether a clock goes on, and whether
/// steps are those of the run.
struct CSVStudy: Sendable {
  /// Whether the numbers of the column of times go on from row to row: else they are what each took.
  private(set) var isClockRising = true
  /// Whether any number of that column is large enough to be a time since 1970.
  private(set) var isClockSince1970 = false
  private var clockRows = 0
  private var lastClock = -Double.infinity
  private var rows = 0
  private var falls = 0
  private var resets = 0
  private var last: (step: Double, epoch: Double)?

  /// Whether what is called steps begins anew with each pass, or is the length of something, such as of
  /// an episode.
  var isStepOfRun: Bool { resets == 0 && !(falls >= 3 && falls * 5 > rows) }

  /// Whether the column of times can be one.
  var hasClock: Bool { isClockRising && clockRows > 1 }

  /// Takes a row of the training.
  mutating func take(step: Double?, epoch: Double?, clock: Double?) {
    if let clock {
      clockRows += 1
      // A job that goes on may count from zero again.
      if clock <= lastClock, clock > lastClock / 4 || lastClock < 0 { isClockRising = false }
      if clock > 946_684_800 { isClockSince1970 = true }
      lastClock = clock
    }
    guard let step else { return }
    rows += 1
    defer { last = (step, epoch ?? 0) }
    guard let last, step < last.step else { return }
    if let epoch, epoch > last.epoch { resets += 1 } else { falls += 1 }
  }
}
