/// Which step of the run a count stands for.
extension ProgressModel {
  /// A bar over whole passes.
  mutating func placePasses(_ count: Count, _ progress: inout Progress) {
    progress.stepTime = nil
    let isBack = outer.map { count.done < $0.done } ?? false
    if isBack, outer?.isDead != true, count.done > 0 {
      // Another rank's bar.
      progress.clear()
      return
    }
    let isNext = outer.map { count.done > $0.done } ?? false
    if isBack || outer?.isDead == true, step != nil {
      restart()
      for index in tracks.indices { tracks[index].done = 0 }
    }
    outer = Passes(done: count.done, total: count.total, elapsed: count.elapsed)
    progress.epoch = Double(count.done)
    progress.epochTotal = count.total
    if count.done > 0, let each = count.secondsEach { progress.epochTime = each }
    guard isNext, let run, let length = tracks[run].total,
      tracks[run].words.isDisjoint(with: [.withinEpoch, .episodes]),
      !isRunWide(run)
    else { return }
    // A bar that stands below the half belongs to the pass that has begun; else the pass is over.
    let part = tracks[run].done * 5 <= length * 3 ? tracks[run].done : 0
    set(product(count.done, length).map { $0 &+ part }, count.total.flatMap { product($0, length) })
    if part > 0 { progress.epoch = Double(count.done) + Double(part) / Double(length) }
    fill(&progress)
  }

  /// A count of the run's steps.
  mutating func placeSteps(_ index: Int, _ count: Count, _ progress: inout Progress) {
    let words = count.caption.words
    if !tracks[index].losses.isOfStep(progress.loss, count) { progress.loss = nil }
    if words.contains(.ownSteps), let epoch = count.caption.epoch {
      placeOwnSteps(index, epoch, count, &progress)
    } else if words.contains(.episodes), let round = count.caption.epoch, let total = count.total {
      let before = product(max(0, round - 1), total)
      set(before.map { $0 &+ count.done }, before.map { $0 &+ total })
    } else if words.contains(.withinEpoch), let epoch = count.caption.epoch {
      var count = count
      if let total = count.total, tracks[index].evaluated > 0 {
        count.total = total &- tracks[index].evaluated
        count.done = min(count.done, total &- tracks[index].evaluated)
      }
      placeWithinEpoch(epoch, count, &progress)
    } else if count.unit == .data {
      // Samples, of which nobody says how many make a step.
      set(nil, nil)
    } else if let outer, !outer.isDead, let total = count.total, !isRunWide(index) {
      set(
        product(outer.done, total).map { $0 &+ count.done },
        outer.total.flatMap { product($0, total) })
      progress.epoch = Double(outer.done) + Double(count.done) / Double(total)
      progress.epochTotal = outer.total
    } else {
      let before = count.total.flatMap { product(tracks[index].passes, $0) } ?? 0
      // How often it will begin anew nobody says.
      set(before &+ count.done, before > 0 ? nil : count.total)
    }
    progress.stepTime = count.unit == .data ? nil : tracks[index].pace.each(count.secondsEach)
    if progress.stepTime == nil, !tracks[index].pace.isAfterPause { progress.elapsed = nil }
    if tracks[index].pace.takeJump(), !isBeginning, tracks[index].passes == 0, outer == nil {
      // What the bar jumped over was none of this run's.
      let now = step
      takeBack()
      (step, isBeginning, beginning) = (now, false, .resumed)
    }
    fill(&progress, hasRate: count.secondsEach != nil)
  }

  /// `Epoch 3/10, Steps: 4002/10000`: of the run, unless they begin anew with each pass.
  private mutating func placeOwnSteps(
    _ index: Int, _ epoch: Int64, _ count: Count, _ progress: inout Progress
  ) {
    if tracks[index].passes > 0, let total = count.total {
      let before = product(max(0, epoch - 1), total)
      set(
        before.map { $0 &+ count.done }, count.caption.epochTotal.flatMap { product($0, total) })
    } else {
      set(count.done, count.total)
    }
    progress.epochTotal = count.caption.epochTotal
  }

  /// `Epoch 1/2: 60/120`: steps of one pass.
  private mutating func placeWithinEpoch(
    _ epoch: Int64, _ count: Count, _ progress: inout Progress
  ) {
    let words = count.caption.words
    var total = count.caption.epochTotal ?? outer?.total
    if let outer, !outer.isDead, outer.done <= epoch, firstEpoch == nil {
      firstEpoch = epoch - outer.done
    } else if firstEpoch == nil, let first = count.caption.firstEpoch {
      firstEpoch = first
    } else if words.contains(.fromZero) || epoch == 0 {
      firstEpoch = 0
    } else if firstEpoch == nil,
      epoch == 1 || count.caption.epochTotal != nil || count.caption.step != nil
    {
      firstEpoch = 1
    }
    guard let firstEpoch, epoch >= firstEpoch else {
      // Of a log that begins later: how many passes there were, but not how long they are counted from.
      if firstEpoch == nil, let length = count.total, length > 0 {
        progress.epoch = Double(epoch - 1) + Double(count.done) / Double(length)
        progress.epochTotal = total
      }
      set(nil, nil)
      return
    }
    let before = epoch - firstEpoch
    if firstEpoch == 0, let told = count.caption.epochTotal, outer?.total == nil {
      // Ultralytics counts 0/299 to 299/299; of others nobody knows whether the last is meant.
      total = count.caption.name == 1 ? told + 1 : nil
    }
    if let length = count.total, length > 0 {
      progress.epoch = Double(before) + Double(count.done) / Double(length)
    }
    progress.epochTotal = total
    if count.unit == .data {
      // Samples, of which nobody says how many make a step.
      set(nil, nil)
      progress.stepTime = nil
      return
    }
    guard let length = count.total else {
      set(nil, nil)
      return
    }
    let isOnlyEnd = count.caption.step != nil
    set(
      count.caption.step ?? product(before, length).map { $0 &+ count.done },
      isOnlyEnd ? product(before + 1, length) : total.flatMap { product($0, length) })
  }

  /// Whether a bar beside one over passes goes through the whole run: it began as long ago.
  private func isRunWide(_ index: Int) -> Bool {
    guard let outer, outer.done > 0, let whole = outer.elapsed, whole >= 10,
      let elapsed = tracks[index].elapsed
    else { return false }
    return elapsed > 0.9 * whole && tracks[index].strength == .stated
  }

  /// Tells the step that a track stands at, when it turns out to be the run.
  mutating func tell(_ index: Int) {
    let before = tracks[index].total.flatMap { product(tracks[index].passes, $0) } ?? 0
    set(before &+ tracks[index].done, before > 0 ? nil : tracks[index].total)
  }

  private mutating func set(_ new: Int64?, _ total: Int64?) {
    (step, stepTotal) = (new, total)
  }

  private mutating func fill(_ progress: inout Progress, hasRate: Bool = true) {
    progress.stepTotal = stepTotal
    guard let step else { return }
    if isBeginning {
      // Where a life begins is known once it has done a step.
      guard step > 0 else {
        self.step = nil
        return
      }
      isBeginning = false
      lastTold = nil
      // What begins in a later pass goes on.
      let isInLaterPass = run.flatMap { tracks[$0].epoch }.flatMap { epoch in
        firstEpoch.map { epoch > $0 }
      }
      let isResumed = isInLaterPass ?? false || run.map { tracks[$0].pace.isResumed } ?? false
      beginning = !isResumed ? .fresh : progress.stepTime == nil && !hasRate ? .position : .resumed
    }
    isRecounted = lastTold.map { step < $0 } ?? false
    lastTold = step
    progress.step = step
  }

  private func product(_ a: Int64, _ b: Int64) -> Int64? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }
}
