/// Which of several counts is that of the run's steps.
extension ProgressModel {
  /// A bar without a name and without losses must have run for so long, and not faster, before it
  /// is taken for a training: a preparation is mostly over sooner, or goes through data quicker.
  private static let longEnough = 20.0
  private static let slowEnough = 0.02

  /// Takes over what a count says of its track; true when the track counts the run's steps.
  ///
  /// `loss` is what the bar shows beside it.
  mutating func choose(
    _ index: Int, _ count: Count, _ before: Caption.Words, loss: Double?
  ) -> Bool {
    let isFirst = tracks[index].lastDraw == 0
    if isFirst, count.caption.name == 0, !before.isDisjoint(with: .aside) {
      tracks[index].words.formUnion(before.intersection(.aside))
    }
    guard notice(index, count, loss) else { return false }
    if count.hasLoss { tracks[index].hasLoss = true }
    tracks[index].strength = max(tracks[index].strength, strength(index, count))
    defer { tracks[index].lastDraw = draws }
    guard tracks[index].words.isDisjoint(with: .aside), tracks[index].strength > .nothing else {
      return false
    }
    if tracks[index].strength == .bare, tracks[index].passes > 0, !hasLosses,
      !mayHaveLosses, outer == nil
    {
      // What goes through the same again and again, and learns nothing, is no training.
      if run == index {
        self.run = nil
        takeBack()
      }
      return false
    }
    guard let run, run != index else {
      if self.run == nil, tracks[index].strength < .confirmed, !isLikely(index, count) {
        return false
      }
      self.run = index
      return true
    }
    guard replaces(run, index, count) else { return false }
    self.run = index
    // What was told before were the steps of something else.
    if step != nil, tracks[run].strength == .bare {
      takeBack()
    } else if step != nil, outer == nil {
      restart()
    }
    return true
  }

  private func strength(_ index: Int, _ count: Count) -> Strength {
    if let statedTotal, statedTotal == count.total { return .stated }
    let words = count.caption.words
    if count.hasLoss || !words.isDisjoint(with: [.training, .steps, .withinEpoch, .episodes]) {
      return .named
    }
    guard count.caption.name == 0 else { return .nothing }
    return hasLosses && run == nil && !count.isComplete ? .confirmed : .bare
  }

  /// Whether a bar of which nobody says anything may be a training.
  private func isLikely(_ index: Int, _ count: Count) -> Bool {
    guard let elapsed = count.elapsed, let each = count.secondsEach, !count.isComplete else {
      return false
    }
    return elapsed >= Self.longEnough && each >= Self.slowEnough
  }

  /// Whether a track takes the place of the one that was taken for the run.
  private mutating func replaces(_ run: Int, _ index: Int, _ count: Count) -> Bool {
    let (old, new) = (tracks[run], tracks[index])
    if new.strength == .stated, old.strength < .stated { return true }
    if old.isDead {
      return new.strength >= .confirmed || isLikely(index, count)
    }
    if old.strength == .bare {
      // What follows a complete one, such as an evaluation, is the training if it takes longer.
      let isLonger = count.elapsed ?? 0 > old.elapsed ?? 0
      return new.strength > .bare || old.isComplete && isLonger && isLikely(index, count)
    }
    guard old.isOpen else {
      // What follows in the same pass is mostly its evaluation, and so is a shorter bar without a name.
      if let epoch = old.epoch, epoch == count.caption.epoch { return false }
      if old.name == 0, new.name == 0, let one = old.total, let other = new.total, other < one {
        return false
      }
      return new.strength >= .named
    }
    // What begins while the other runs is inside it, unless only this one has losses.
    if new.hasLoss, !old.hasLoss, old.strength == .named, !old.words.contains(.episodes),
      !old.words.contains(.withinEpoch)
    {
      outer = Passes(done: old.done, total: old.total, elapsed: old.elapsed)
      tracks[run].isOverPasses = true
      return true
    }
    return isAbandoned(old, new)
  }

  /// Whether the one that was the run was not drawn for so long that it must be over.
  private func isAbandoned(_ old: Track, _ new: Track) -> Bool {
    guard new.hasLoss, new.strength >= old.strength, let elapsed = new.elapsed else { return false }
    return draws - old.lastDraw > 200 && elapsed > 20 * max(old.secondsEach ?? 1, 1)
  }

  /// Notices whether a count goes on, is another rank's copy or begins anew; false for a copy.
  private mutating func notice(_ index: Int, _ count: Count, _ loss: Double?) -> Bool {
    var track = tracks[index]
    defer {
      track.shownLoss = loss ?? track.shownLoss
      track.number = count.caption.number
      tracks[index] = track
    }
    let isFirst = track.lastDraw == 0
    let epoch = count.caption.epoch
    let isNextPass = epoch != nil && track.epoch.map { epoch != $0 } ?? false
    let isAgain = !isFirst && isCompleteAgain(track, count, loss)
    let isBack = !isFirst && !isNextPass && count.done < track.done
    let isClosing =
      track.isDead && !isFirst && count.done >= track.done
      && count.elapsed ?? 0 >= track.elapsed ?? 0
    if let epoch, let known = track.epoch, epoch < known, run == index {
      // The passes began anew.
      begin(&track)
    } else if isClosing {
      // Drawn once more as the program ended.
      if count.done == track.done { return false }
    } else if track.isDead, !isFirst {
      if run == index { begin(&track) }
    } else if isBack, track.isComplete, count.done == 0, let epoch, epoch == track.epoch {
      // Lightning sets the bar back before it says the next pass.
      return false
    } else if isNextPass, track.words.contains(.ownSteps), count.done < track.done {
      track.passes += 1
    } else if isAgain {
      if epoch == nil { track.passes += 1 }
      track.losses = BarLosses()
    } else if isBack {
      if isCopy(track, count) {
        track.behind += 1
        return false
      }
      if track.isThrough, !track.isDead,
        !(track.strength == .stated || hasLosses && !tellsEachPass) || outer != nil
      {
        if outer == nil, count.caption.epoch == nil { track.passes += 1 }
      } else if outer == nil, run == index {
        begin(&track)
      }
    }
    track.isDead = isClosing
    track.behind = 0
    track.ahead = isBack ? 1 : track.ahead + 1
    if isFirst || isBack || isNextPass || isAgain {
      track.pace.begin()
      track.rounds += 1
    }
    track.pace.hear(count, before: track.secondsEach)
    (track.done, track.epoch) = (count.done, epoch ?? track.epoch)
    if let elapsed = count.elapsed { track.elapsed = elapsed }
    if let each = count.secondsEach, count.elapsed ?? 1 >= 1 { track.secondsEach = each }
    return true
  }

  /// Whether a bar that was complete is so once more in another pass, of which nothing else was drawn: then
  /// its words have another number, its seconds are fewer, or it shows another loss.
  private func isCompleteAgain(_ track: Track, _ count: Count, _ loss: Double?) -> Bool {
    guard track.isComplete, !track.isDead, count.isComplete, count.done == track.done, outer == nil,
      count.caption.epoch == nil || count.caption.epoch == track.epoch, processes <= 1,
      // What another process draws late comes in the middle of something else.
      let between = drawnBetween(track), between.isComplete
    else { return false }
    if let number = count.caption.number, let last = track.number, number != last { return true }
    if let now = count.elapsed, let before = track.elapsed, now < before - 0.5 { return true }
    // Drawn once more behind an evaluation, with another loss, it would have the seconds of that as well.
    guard between.elapsed >= 3, let now = count.elapsed, let before = track.elapsed,
      now < before + between.elapsed - 1
    else { return false }
    return loss.flatMap { loss in track.shownLoss.map { $0 != loss } } ?? false
  }

  /// The bar of something else that was drawn right before.
  private func drawnBetween(_ track: Track) -> (isComplete: Bool, elapsed: Double)? {
    if let aside, aside.draw == draws - 1 { return (aside.isComplete, aside.elapsed) }
    let other = tracks.last {
      $0.lastDraw == draws - 1 && ($0.name != track.name || $0.total != track.total)
    }
    return other.map { ($0.isComplete, $0.elapsed ?? 0) }
  }

  /// Whether a bar behind the one before is another process's: it began as long ago.
  private func isCopy(_ track: Track, _ count: Count) -> Bool {
    guard !track.isDead else { return false }
    // What several processes hold back, they write one after the other.
    if processes > 1 { return track.behind < max(20, (processes - 1) * track.ahead) }
    guard track.behind < 20, !track.isThrough else { return false }
    guard let before = track.elapsed, let now = count.elapsed else { return count.done > 0 }
    if count.done == 0 { return before < 10 && track.done <= 20 }
    return now > before - 2 - before * 0.02
  }

  /// A new life of the program begins in a track.
  private mutating func begin(_ track: inout Track) {
    restart()
    track.passes = 0
    track.pace.formerEach = track.secondsEach
    track.secondsEach = nil
  }
}
