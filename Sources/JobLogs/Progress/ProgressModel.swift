import Telemetry

/// Decides what is counted in the lines of one job: the one place where that is done.
///
/// A run is made of passes over the data, those of steps; evaluations, checkpoints, preparations
/// and inference lie beside them. Readers say what stands in a line (`Count`); what it is follows
/// from the words around it, from its total against the others', from what begins while it runs,
/// from the losses told meanwhile and from its pace. Where that is not enough yet, nothing is told.
struct ProgressModel: Sendable {
  /// How sure it is that something counts the steps of the run.
  enum Strength: Int, Comparable, Sendable {
    /// A loop of which nobody says what it does.
    case nothing
    /// A bar without a name.
    case bare
    /// Losses were told while it ran.
    case confirmed
    /// Its words say so, or a loss stands beside it.
    case named
    /// The head of the log states its total.
    case stated

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// One bar or kind of line, with what is known of it.
  struct Track: Sendable {
    var name: UInt64
    var total: Int64?
    var words: Caption.Words
    var strength: Strength
    var done: Int64 = 0
    var elapsed: Double?
    var secondsEach: Double?
    /// The number of the pass it is in, as its words tell.
    var epoch: Int64?
    /// How often it went through, where it begins anew without saying which pass it is.
    var passes: Int64 = 0
    var hasLoss = false
    /// How many of what it counts in each pass are those of an evaluation, as that shows by itself.
    var evaluated: Int64 = 0
    /// Whether it goes through whole passes, as a faster one inside it shows.
    var isOverPasses = false
    /// Whether what it counted was kept until it is known what that is.
    var wasUndecided = false
    /// Whether an end of the program was seen since it was last drawn.
    var isDead = false
    /// How many draws in a row were behind: other ranks' copies, or a job that began again.
    var behind = 0
    /// How many draws were taken for its own since it began.
    var ahead = 0
    var lastDraw = 0
    var pace = BarPace()
    var losses = BarLosses()

    /// How often it began, so that what it shows of its time is not taken for one clock.
    var rounds: UInt64 = 0
    /// The loss and the number in its words that it showed last.
    var shownLoss: Double?
    var number: Int64?

    var isComplete: Bool { total.map { done >= $0 } ?? false }
    /// Whether it is as good as complete: the last draw of a bar may be lost, and of a fast one those of
    /// half a second.
    var isThrough: Bool {
      guard let total, done > 0 else { return false }
      let fast = secondsEach.map { $0 > 0 ? min(Double(total / 5), 0.5 / $0) : 0 } ?? 0
      return done >= total - max(1, total / 100, Int64(fast))
    }
    var isOpen: Bool { !isComplete && !isDead }
  }

  /// The bar over whole passes.
  struct Passes: Sendable {
    var done: Int64
    var total: Int64?
    var elapsed: Double?
    var isDead = false
  }

  var tracks: [Track] = []
  /// The track that counts the steps of the run.
  var run: Int?
  var outer: Passes?
  /// The number that the first pass has, once it is known.
  var firstEpoch: Int64?
  /// The total that the head of the log states.
  var statedTotal: Int64?
  /// The newest step that a line stated, without a bar.
  var statedStep: Int64?
  /// How often in a row a stated step was that of the bar beside it.
  var agreements = 0
  /// The newest step that was made out from counts, and the total.
  var step: Int64?
  var stepTotal: Int64?
  /// How many draws there were when a line last told a loss, and the pass it named.
  var lossDraw = 0
  var lossEpoch: Double?
  /// Whether each pass is told by a line with its loss, one after the other.
  var tellsEachPass = false
  /// Whether a loss was told by a line that has no step of its own.
  var hasLosses = false
  /// Whether lines with losses came of which it is not yet sure what they are.
  var mayHaveLosses = false
  /// Whether an earlier life is over and the new one has not told a step.
  var isBeginning = false
  /// How the life begins whose first step was just told.
  var beginning: StepDeduplicator.Beginning?
  /// Whether what was told as steps before is known now to be something else.
  var hasTakenBack = false
  /// Whether the step at hand was counted anew and is lower than the one before.
  var isRecounted = false
  /// The newest draw of what lies beside the steps.
  var aside: (draw: Int, isComplete: Bool, elapsed: Double)?
  var lastTold: Int64?
  var draws = 0
  /// How many processes said what this life is about to do: as many may draw its bars.
  var processes = 0

  /// More bars than this are forgotten again, the oldest first.
  private static let mostTracks = 12

  /// What became of a count.
  enum Verdict: Sendable {
    case placed
    /// It may be that of the run: what it would then say is in the progress, to be kept until
    /// `takeDecided` names its total, or for ever.
    case undecided
  }

  /// Replaces what a line counts by what that is: step, total, pass, or nothing.
  ///
  /// `before` is what the words of the line before say, for bars that have none.
  mutating func place(_ progress: inout Progress, before: Caption.Words = []) -> Verdict {
    guard let count = progress.count else { return .placed }
    progress.count = nil
    defer { progress.barEach = count.secondsEach }
    draws += 1
    isRecounted = false
    let words = count.caption.words
    if !words.isDisjoint(with: .aside) || count.unit == .data && !count.hasLoss {
      setAside(count, &progress)
      return .placed
    }
    if words.contains(.epochs) && !words.contains(.withinEpoch) || count.unit == .epochs {
      placePasses(count, &progress)
      return .placed
    }
    let index = track(count, before)
    if tracks[index].isOverPasses {
      placePasses(count, &progress)
      return .placed
    }
    let isChosen = choose(index, count, before, loss: progress.loss)
    // A bar that began anew counts its seconds from there.
    let clock =
      progress.clock == 0 ? 0 : progress.clock & ~0xFFFF | tracks[index].rounds & 0xFFFF
    guard isChosen else {
      // What runs inside a step has a loss of its own.
      progress.clear()
      progress.clock = clock
      guard mayBeRun(index) else { return .placed }
      (progress.step, progress.stepTotal) = (count.done, count.total)
      (progress.stepTime, progress.elapsed) = (count.secondsEach, count.elapsed)
      return .undecided
    }
    placeSteps(index, count, &progress)
    progress.clock = clock
    return .placed
  }

  /// The total of a count that was undecided before and is that of the run; once.
  mutating func takeDecided() -> Int64? {
    guard let run, tracks[run].wasUndecided else { return nil }
    tracks[run].wasUndecided = false
    return tracks[run].total
  }

  /// Whether a count without a name may turn out to be the run's.
  private mutating func mayBeRun(_ index: Int) -> Bool {
    guard tracks[index].strength == .bare, tracks[index].words.isDisjoint(with: .aside),
      run.map({ !tracks[$0].isOpen || tracks[$0].strength < .confirmed }) ?? true, outer == nil
    else { return false }
    tracks[index].wasUndecided = true
    return true
  }

  /// The track of a count, new if there is none.
  private mutating func track(_ count: Count, _ before: Caption.Words) -> Int {
    var caption = count.caption
    if caption.name == 0 { caption.name = unnamed(count, before) }
    let found =
      tracks.firstIndex { $0.name == caption.name && $0.total == count.total }
      ?? tracks.firstIndex {
        // The same bar under another name, such as one with the loss in it.
        guard $0.total == count.total, $0.total != nil, $0.isOpen, caption.name != 0 else {
          return false
        }
        return count.done >= $0.done && count.done &- $0.done <= max(2, (count.total ?? 0) / 50)
          && caption.epoch == $0.epoch
      }
    if let found {
      tracks[found].name = caption.name
      tracks[found].words.formUnion(caption.words)
      return found
    }
    if tracks.count >= Self.mostTracks {
      let oldest = tracks.indices.filter { $0 != run }.min {
        tracks[$0].lastDraw < tracks[$1].lastDraw
      }
      if let oldest {
        tracks.remove(at: oldest)
        if let run, run > oldest { self.run = run - 1 }
      }
    }
    tracks.append(
      Track(
        name: caption.name, total: count.total, words: caption.words, strength: .nothing))
    return tracks.count - 1
  }

  /// What tells a bar without a name from another one: whether the line before it speaks of something
  /// that is no step.
  ///
  /// A line that is printed while a bar runs is none of its beginning.
  private func unnamed(_ count: Count, _ before: Caption.Words) -> UInt64 {
    let aside = tracks.first { $0.name == Self.unnamedAside && $0.total == count.total }
    if let aside, aside.isOpen, aside.lastDraw == draws - 1, count.done >= aside.done {
      return Self.unnamedAside
    }
    guard !before.isDisjoint(with: .aside) else { return 0 }
    // A program that ended and comes back with the very total of its steps goes on with them.
    if let run, tracks[run].name == 0, tracks[run].isDead, tracks[run].total == count.total,
      tracks[run].strength >= .confirmed
    {
      return 0
    }
    let steps = tracks.first { $0.name == 0 && $0.total == count.total }
    return steps.map { $0.isOpen && count.done >= $0.done } ?? false ? 0 : Self.unnamedAside
  }

  private static let unnamedAside: UInt64 = 5

  /// What lies beside the steps: of an evaluation its result and how long it took.
  private mutating func setAside(_ count: Count, _ progress: inout Progress) {
    aside = (draws, count.isComplete, count.elapsed ?? 0)
    if count.caption.words.contains(.evaluation), let run, tracks[run].isOpen,
      tracks[run].words.contains(.withinEpoch), let all = tracks[run].total, let part = count.total,
      part < all, all &- tracks[run].done == part
    {
      // Lightning before 1.9: what is left of the pass is its evaluation.
      tracks[run].evaluated = part
    }
    let loss = progress.validationLoss ?? progress.loss
    progress.clear()
    guard count.caption.words.contains(.evaluation), count.isComplete,
      count.caption.words.isDisjoint(with: [.preparation, .inference])
    else { return }
    progress.validationLoss = loss
    if let elapsed = count.elapsed, elapsed >= 1, count.done > 2 {
      progress.evaluationTime = elapsed
    }
  }
}
