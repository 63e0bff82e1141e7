/// Tells news from the copies other ranks print, and a resumed job from a rank that lags behind.
///
/// Every rank of a job may print its own line of a step, with the same numbers or its own. What was
/// said already is a copy. Where prefixes tell the ranks apart, the one in front is followed.
/// Without them, a lone step back among lines that came at one moment is a laggard's; anything
/// else behind is a job that was resumed from a checkpoint.
struct StepDeduplicator: Sendable {
  enum Verdict: Sendable {
    case news
    /// Said before, or another rank's word for the same step.
    case copy
    /// A lone step back, which the next line may show to be the first of another life.
    case aside
    /// The same step by another rank: only what the first did not say is new.
    case addition
    /// The step went back: the job goes on from a checkpoint.
    case resumed
    /// The step went back to where the log began: the job began anew.
    case restarted
  }

  /// How a life of the job begins.
  enum Beginning: Sendable {
    /// At its first step.
    case fresh
    /// At a step that an earlier life had reached.
    case resumed
    /// At a checkpoint, where the bar shows the last step that need not be done again.
    case position
    /// At a step that is still to be told: what the program says as it begins names none.
    case untold
  }

  /// What a line is known by.
  struct Mark: Sendable {
    var writer: UInt64
    var fingerprint: UInt64

    init(_ line: LogLine) { (writer, fingerprint) = (line.writer, line.fingerprint) }
  }

  /// Steps that were done again, as far as the printed ones show it.
  private(set) var redone: Int64 = 0
  /// What the followed rank said last.
  private(set) var said: Progress.Fields = []

  /// Whether this life has done so many steps that what a program says at its beginning is not
  /// another rank's word for it.
  var hasBegun: Bool { last.map { $0 &- (first ?? 0) >= 2 } ?? false }

  /// Whether a step lies before the one that was told last.
  func isBehind(_ step: Int64) -> Bool { last.map { step < $0 } ?? false }

  private var recent = RecentKeys()
  private var last: Int64?
  private var highest: Int64 = 0
  /// Whether the next step may be lower, as another life begins with it.
  private var isResuming = false
  private var isPosition = false
  private var isKnownToResume = false
  /// The first step of this life.
  private var first: Int64?
  /// The first step of the life before, where it is not known yet how this one begins.
  private var former: Int64?
  /// How many steps lay between the last two that were told.
  private var interval: Int64 = 1
  private var leader: UInt64?
  private var writers: Set<UInt64> = []
  private var accepted = 0
  /// How many lines in a row were put aside.
  private var putAside = 0
  /// The step of the laggard just put aside.
  private var behind: Int64?

  /// What a line of a rank is; `isSameMoment` says that it came together with the one before, and
  /// `statesStep` that it names its step itself.
  mutating func judge(
    _ progress: Progress, _ fields: Progress.Fields, _ line: Mark, isSameMoment: Bool,
    isRecounted: Bool = false, statesStep: Bool = false
  ) -> Verdict {
    let writer = line.writer
    // Without a step, the same numbers may well be news; the same words are not.
    let key = progress.fingerprint ^ (progress.step == nil ? line.fingerprint : 0)
    // A first step that is told alone is told the same in each life.
    if let first, progress.step == first, statesStep, accepted > 2, last ?? first > first,
      progress.fields.subtracting(.counting).isEmpty
    {
      begin(.fresh)
      _ = recent.insert(key)
      accept(first, writer, fields)
      return .restarted
    }
    guard recent.insert(key) else { return .copy }
    guard let step = progress.step else { return .news }
    if let leader, writer != leader, let last {
      let verdict = judgeOther(step, last, writer)
      if verdict != .news { return verdict }
    }
    if let former {
      self.former = nil
      // What a run tells first, it tells first each time: a later step is where it goes on.
      guard step > former &+ interval, step <= highest &+ interval else {
        (last, highest, isResuming) = (nil, 0, false)
        accept(step, writer, fields)
        return .news
      }
      if step <= highest { redone += 1 }
      accept(step, writer, fields)
      return .resumed
    }
    // The same step with another loss, in lines that nothing tells apart: the first word counts.
    if statesStep, step == last, fields.contains(.loss), said.contains(.loss) { return .addition }
    if let last, step < last, isRecounted {
      accept(step, writer, fields)
      return .news
    }
    if let last, step < last {
      let isLoneStepBack = behind.map { step <= $0 } ?? true
      if isSameMoment, isLoneStepBack, !isResuming {
        behind = step
        return .aside
      }
      // The one that was put aside belongs to the same life.
      let start = min(step, behind ?? step)
      let isFresh = first.map { start <= $0 } ?? false
      if isFresh {
        begin(.fresh)
      } else if !isPosition {
        redone += start < step ? 1 + step - start : 1
      }
      accept(step, writer, fields)
      recent = RecentKeys()
      _ = recent.insert(key)
      return isFresh ? .restarted : .resumed
    }
    // Where it goes on further than anybody saw it come, nothing is done again.
    let isFurther = isResuming && isKnownToResume
    if let last, last < highest { redone &+= max(0, min(step, highest) &- last) }
    accept(step, writer, fields)
    return isFurther ? .resumed : .news
  }

  /// The next step is the first of a new life.
  mutating func begin(_ beginning: Beginning) {
    recent = RecentKeys()
    leader = nil
    writers = []
    former = beginning == .untold ? former ?? first : nil
    (first, behind, putAside, accepted) = (nil, nil, 0, 0)
    if beginning == .fresh { (last, highest) = (nil, 0) }
    isResuming = beginning != .fresh
    isPosition = beginning == .position
    isKnownToResume = beginning == .position || beginning == .resumed
  }

  /// What the line of a rank is that is not followed; `.news` when it is to be followed from now.
  private mutating func judgeOther(_ step: Int64, _ last: Int64, _ writer: UInt64) -> Verdict {
    let isUnheard = writers.count < 4096 && writers.insert(writer).inserted
    if step > last { return .news }
    if step == last {
      putAside += 1
      return .addition
    }
    // A rank first heard in the middle of a job belongs to its restart.
    if isUnheard && accepted >= 8 || putAside > max(16, 2 * writers.count) { return .news }
    putAside += 1
    return .copy
  }

  private mutating func accept(_ step: Int64, _ writer: UInt64, _ fields: Progress.Fields) {
    said = step == last ? said.union(fields) : fields
    if let last, step > last, !isResuming { interval = step &- last }
    last = step
    if first == nil { first = step }
    isResuming = false
    isPosition = false
    highest = max(highest, step)
    if leader != writer, writers.count < 4096 { writers.insert(writer) }
    leader = writer
    accepted += 1
    putAside = 0
    behind = nil
  }
}

/// The newest 32 to 64 keys, with a bit filter that answers most misses without a search.
private struct RecentKeys: Sendable {
  private var keys: [UInt64] = []
  /// A bit for each key, by the lowest ten bits of the key.
  private var marks = [UInt64](repeating: 0, count: 16)

  /// Adds a key; false when it is there already.
  mutating func insert(_ key: UInt64) -> Bool {
    if isMarked(key), keys.contains(key) { return false }
    if keys.count >= 64 {
      keys.removeFirst(32)
      for place in marks.indices { marks[place] = 0 }
      for key in keys { mark(key) }
    }
    keys.append(key)
    mark(key)
    return true
  }

  private func isMarked(_ key: UInt64) -> Bool {
    marks[Int(key >> 6 & 15)] & 1 << (key & 63) != 0
  }

  private mutating func mark(_ key: UInt64) { marks[Int(key >> 6 & 15)] |= 1 << (key & 63) }
}
