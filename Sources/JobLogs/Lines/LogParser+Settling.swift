import Telemetry

/// How what a reader found in a line becomes what is told, with what other lines say.
extension LogParser {
  /// Makes of what a reader found in a line what is told.
  mutating func settle(
    _ index: Int, _ stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp,
    isLate: Bool = false, isHeld: Bool = false
  ) {
    if found.isBanner {
      if deduplicator.hasBegun { beginAnew() }
      model.hearBanner()
      choose(index, [])
    }
    if !found.facts.isEmpty {
      if found.facts != lastFacts { learn(found.facts) }
      if found.facts["global_batch"] != nil { completing = index }
      if let total = found.announcedTotal { model.statedTotal = total }
    }
    let isCount = found.count != nil
    let wasBeginning = model.isBeginning
    if isCount {
      let isBare = found.count?.caption.name == 0
      model.mayHaveLosses = !held.lines.isEmpty
      let count = found.count
      let verdict = model.place(&found, before: isBare ? wordsBefore() : [])
      if let count, count.elapsed != nil, count.caption.words.isDisjoint(with: .aside) {
        barClock = BarClock(elapsed: count.elapsed, clock: found.clock, isOver: count.isComplete)
      }
      if verdict == .undecided {
        if model.hasTakenBack { retractSteps() }
        if undecided.count >= Self.mostUndecided { undecided.removeFirst(Self.mostUndecided / 2) }
        undecided.append(hold(stamp, mark, arrival))
        return
      }
    } else {
      model.hear(found)
      takeBarClock()
    }
    let isOther = model.hasTakenBack
    if found.retractsSteps || isOther { retractSteps() }
    if let total = model.takeDecided() { tellUndecided(total, arrival) }
    model.hasTakenBack = false
    if model.isBeginning || model.beginning == .fresh && !isOther, !wasBeginning {
      hasBegunUnsaid = true
    }
    found.facts = [:]
    if found.fields.isEmpty, found.note == nil {
      if found.pause != nil { hear(found.heardPauses) }
      return
    }
    let own = found.fields
    choose(index, own)
    found.statesStep = !isCount && own.contains(.step)
    if found.statesStep { counting |= 1 << UInt64(index) }
    let primary = primary ?? index
    let primaryCounts = counting & 1 << UInt64(primary) != 0
    if index != primary {
      // Another format counts something else, or says in its own words what is known already.
      var known = said[primary]
      if !isCount || primaryCounts && !model.goesWithStated {
        known.formUnion(.counting)
      } else if primaryCounts, !model.isBehindStated {
        // A bar that goes along with the stated steps tells those between them, too.
        known.subtract([.step, .stepTotal])
      }
      found.drop(known)
    } else if !isCount, !primaryCounts, !isHeld, found.step == nil {
      (found.step, found.stepTotal) = (model.step, model.stepTotal)
    }
    if let completing, found.step != nil { readers[completing].complete(&found) }
    if found.isEnd { model.end() }
    said[index].formUnion(own)
    if isCount, found.step != nil {
      releaseWaiting(arrival, redrawn: found)
    } else if !isCount, own.contains(.loss) || own.has(.validationLoss) {
      releaseWaiting(arrival, redrawn: nil, isNext: own.contains(.loss))
      if index == primary, !primaryCounts, !isLate, latestBar != nil, !isBehindBar,
        own.contains(.loss),
        !own.contains(.step)
      {
        waiting = hold(stamp, mark, arrival)
        waitingAfter = latestBar
        return
      }
    }
    if isCount, found.step != nil { latestBar = found }
    if let beginning = model.beginning, found.step != nil {
      model.beginning = nil
      deduplicator.begin(beginning)
    }
    note(stamp: stamp, mark, arrival, isLate: isLate)
  }

  /// Tells a loss that waited for the bar to be drawn again below it.
  ///
  /// A bar is drawn again at once, at the step the loss is of and with the rate it had before; drawn
  /// later, it has gone on.
  mutating func releaseWaiting(
    _ arrival: Timestamp, redrawn bar: Progress?, isNext: Bool = false
  ) {
    guard let line = waiting else { return }
    waiting = nil
    // Two losses without a bar between them were held back in a buffer: of which step nobody knows.
    let wasHeldBack = isHeldBack
    isHeldBack = isNext
    let now = found
    found = line.progress
    if wasHeldBack || isHeldBack {
      found.drop([.step, .stepTotal, Progress.Fields(.samples)])
    } else if let bar, let before = waitingAfter, isRedrawn(bar, before) {
      (found.step, found.stepTotal) = (bar.step, bar.stepTotal)
    }
    if let completing, found.step != nil {
      found.drop(Progress.Fields(.samples))
      readers[completing].complete(&found)
    }
    note(stamp: line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival)
    found = now
  }

  /// Whether a bar was drawn again without having gone on: its rate is the same to the last digit.
  ///
  /// A bar is drawn ten times a second at most. At slower steps each of them was drawn already.
  private func isRedrawn(_ bar: Progress, _ before: Progress) -> Bool {
    guard !model.isRecounted, bar.barEach == before.barEach, let now = bar.step,
      let last = before.step
    else { return false }
    return now > last && (bar.barEach ?? 1 < 0.2 || now - last > 1)
  }

  /// Tells what a bar counted before it was known to be the run's.
  private mutating func tellUndecided(_ total: Int64, _ arrival: Timestamp) {
    let lines = undecided
    undecided = []
    let now = found
    for line in lines where line.progress.stepTotal == total {
      found = line.progress
      latestBar = found
      if let completing { readers[completing].complete(&found) }
      note(stamp: line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival)
    }
    found = now
  }

  /// A program says once more what it is about to do: another life begins.
  mutating func beginAnew() {
    guard !model.isBeginning else { return }
    model.beginAnew()
    deduplicator.begin(.untold)
    hasBegunUnsaid = true
  }

  /// Takes back the steps told so far; once, until there are others.
  private mutating func retractSteps() {
    guard hasSteps else { return }
    hasSteps = false
    // What has gone out live stays; there the word that another life begins parts it from what follows.
    guard history != nil else { return }
    history?.retractSteps()
    deduplicator = StepDeduplicator()
    if model.hasTakenBack { model.isBeginning = false }
  }

  /// Hears a step that a line states: what a bar told before of quite others, such as the batches of
  /// which several make a step, is taken back.
  mutating func hearStated(_ stated: Int64) {
    guard counting == 0, hasSteps, let counted = model.step else { return }
    let (low, high) = (Double(min(stated, counted)), Double(max(stated, counted)))
    guard high > 1.5 * low + 10 else { return }
    retractSteps()
    if history == nil {
      deduplicator.begin(.fresh)
      if !model.isBeginning { hasBegunUnsaid = true }
    }
  }

  /// A line of a finished log beside a bar is as old as that, as long as the bar goes on being drawn.
  private mutating func takeBarClock() {
    guard history != nil, found.count == nil, found.elapsed == nil, let clock = barClock.take()
    else { return }
    (found.elapsed, found.clock, found.isBesideBar) = (clock.elapsed, clock.clock, true)
  }

  /// What a bar showed last that goes along with the steps.
  struct BarClock: Sendable {
    var elapsed: Double?
    /// Which bar it is.
    var clock: UInt64 = 0
    /// Whether the bar came to its end, and nothing but the line about it belongs to it.
    var isOver = false
    private var lines = 0

    init(elapsed: Double? = nil, clock: UInt64 = 0, isOver: Bool = false) {
      (self.elapsed, self.clock, self.isOver) = (elapsed, clock, isOver)
    }

    /// The clock for a line beside the bar; `nil` for one that came long after.
    mutating func take() -> (elapsed: Double, clock: UInt64)? {
      lines += 1
      guard let elapsed, lines <= (isOver ? 2 : 20) else { return nil }
      return (elapsed, clock)
    }
  }

  /// Keeps what was found in the line at hand until later, with its place among the times.
  mutating func hold(
    _ stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp
  ) -> HeldLine {
    if stamp != nil, found.heardAt < 0, let place = history?.keep() { found.heardAt = place }
    takeBarClock()
    return HeldLine(found, stamp, mark, arrival)
  }

  /// A line of a format that is not yet sure.
  struct HeldLine: Sendable {
    var progress: Progress
    var stamp: LogStamp?
    var mark: StepDeduplicator.Mark
    var arrival: Timestamp

    init(
      _ progress: Progress, _ stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp
    ) {
      (self.progress, self.stamp, self.mark, self.arrival) = (progress, stamp, mark, arrival)
    }
  }

  /// Makes a reader the primary one, if its line is a reason to.
  private mutating func choose(_ index: Int, _ fields: Progress.Fields) {
    if index == primary {
      othersInARow = 0
      return
    }
    let isBetter: Bool
    if let primary {
      let hasLoss = said[primary].contains(.loss)
      if fields.contains(.loss) { othersInARow += 1 }
      isBetter =
        fields.contains(.loss) && (!hasLoss || othersInARow > 16)
        || readers[index].authority > readers[primary].authority
    } else {
      isBetter = true
    }
    guard isBetter else { return }
    primary = index
    othersInARow = 0
    let type = Swift.type(of: readers[index])
    announcement.adopt(format: type.format, caution: type.caution)
  }
}
