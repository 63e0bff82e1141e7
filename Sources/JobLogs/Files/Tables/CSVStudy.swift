import Formats
import Telemetry

/// What the columns of a finished table show by all their numbers: whether a clock goes on, and whether
/// steps are those of the run.
struct CSVStudy: Sendable {
  /// Whether the numbers of the column of times go on from row to row: else they are what each took.
  private(set) var isClockRising = true
  /// Whether any number of that column is large enough to be a time since 1970.
  private(set) var isClockSince1970 = false
  /// Whether rows name the training as such, so that all others are of something else.
  private(set) var namesTraining = false
  /// Which of the first two numbers of a date such as `08/06/2024` is the day; `nil` while nobody knows.
  private(set) var readsDayFirst: Bool?
  private var isContradicted = false
  private var firstClock: Double?
  private var looksLikeMilliseconds = true
  /// How often a row has the time of the one before, as of a clock of whole seconds.
  private var repeats = 0
  private var longestRise = 0.0
  private var clockRows = 0
  private var lastClock = -Double.infinity
  private var rows = 0
  private var falls = 0
  private var resets = 0
  private var last: (step: Double, epoch: Double)?

  /// Whether what is called steps begins anew with each pass, or is the length of something, such as of
  /// an episode.
  var isStepOfRun: Bool { resets == 0 && !(falls >= 3 && falls * 5 > rows) }

  /// Whether the column of times can be one: of seconds, that go on for as long as the run.
  ///
  /// What each pass took may rise by chance, and whole thousands may be milliseconds.
  var hasClock: Bool {
    guard isClockRising, clockRows > 1, let firstClock else { return false }
    // A clock that stands still between rows begins with its first seconds; a duration does not.
    return (firstClock <= 0 || lastClock >= 1.5 * firstClock)
      && (repeats == 0 || firstClock <= 2 * longestRise)
      && !(looksLikeMilliseconds && lastClock >= 10_000)
  }

  /// The runs that a column names, in the order in which they begin, and that of the row before.
  private var runs: [UInt64] = []
  private var lastRun: UInt64?
  private var runRows = 0
  private var isInterleaved = false

  /// Whether rows of several runs stand in turn, or each row is of a run of its own: then they are no
  /// course of a training.
  var mixesRuns: Bool { runs.count > 1 && (isInterleaved || runRows < 2 * runs.count) }

  /// Takes the cell that says of which run a row is.
  mutating func take(run cell: ArraySlice<UInt8>) {
    let mark = cell.withUnsafeBufferPointer { FNV1a.hash($0) }
    runRows += 1
    guard mark != lastRun else { return }
    lastRun = mark
    // What begins with another run begins anew.
    last = nil
    lastClock = -.infinity
    lastPlace = nil
    if runs.contains(mark) { isInterleaved = true } else if runs.count < 4096 { runs.append(mark) }
  }

  /// What must not be taken, since its numbers are not what its name says.
  private(set) var refused: Set<Metric> = []
  private var totals: Set<Double> = []
  private var firstCount: (step: Double, tokens: Double)?
  private var lastCount: (step: Double, tokens: Double)?
  /// Whether a clock stepped back while the steps went on: then it places nothing.
  private(set) var isClockSetBack = false
  private var lastPlace: (step: Double, clock: Double)?

  /// Takes a row of any kind.
  mutating func take(_ row: CSVRow) {
    if let accuracy = row[.accuracy], accuracy > 1 { refused.insert(.accuracy) }
    // A total that grows with the steps is a count.
    if let total = row[.stepTotal], totals.count < 8, totals.insert(total).inserted,
      totals.count == 4
    {
      refused.insert(.stepTotal)
    }
    guard let step = row[.step] else { return }
    if let tokens = row[.tokens], tokens > 0, step > 0 {
      firstCount = firstCount ?? (step, tokens)
      lastCount = (step, tokens)
    }
    if let clock = row.clock {
      if let lastPlace, step > lastPlace.step, clock < lastPlace.clock - 1 { isClockSetBack = true }
      lastPlace = (step, clock)
    }
  }

  /// Says what all rows show together.
  mutating func finish() {
    // Tokens of one step each do not grow as the steps do.
    if let first = firstCount, let last = lastCount, last.step >= 4 * first.step,
      last.tokens / first.tokens < 0.5 * last.step / first.step
    {
      refused.insert(.tokens)
    }
  }

  /// Takes the cell that says whose row it is.
  mutating func take(split cell: ArraySlice<UInt8>) {
    if SplitName(String(decoding: cell.prefix(24), as: UTF8.self)) == .training {
      namesTraining = true
    }
  }

  /// Takes a cell that may be a date with strokes.
  mutating func take(date cell: ArraySlice<UInt8>) {
    guard !isContradicted, let numbers = SlashDate.numbers(cell) else { return }
    let isDayFirst: Bool? = numbers.first > 12 ? true : numbers.second > 12 ? false : nil
    guard let isDayFirst else { return }
    if let readsDayFirst, readsDayFirst != isDayFirst {
      (self.readsDayFirst, isContradicted) = (nil, true)
    } else {
      readsDayFirst = isDayFirst
    }
  }

  /// Takes a row of the training.
  mutating func take(step: Double?, epoch: Double?, clock: Double?) {
    if let clock {
      clockRows += 1
      // A job that goes on may count from zero again.
      if clock < lastClock, clock > lastClock / 4 { isClockRising = false }
      if clock == lastClock { repeats += 1 }
      if lastClock.isFinite { longestRise = max(longestRise, clock - lastClock) }
      if clock > 946_684_800 { isClockSince1970 = true }
      firstClock = firstClock ?? clock
      if clock.truncatingRemainder(dividingBy: 100) != 0 { looksLikeMilliseconds = false }
      lastClock = clock
    }
    guard let step else { return }
    rows += 1
    defer { last = (step, epoch ?? 0) }
    guard let last, step < last.step else { return }
    if let epoch, epoch > last.epoch { resets += 1 } else { falls += 1 }
  }
}
