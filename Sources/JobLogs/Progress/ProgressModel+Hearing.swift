import Telemetry

/// What lines say beside the counts: steps, losses and passes, ends and beginnings.
extension ProgressModel {
  /// Hears a step or a loss that a line states by itself.
  mutating func hear(_ progress: Progress) {
    if let stated = progress.step {
      statedStep = stated
      if let step { agreements = abs(stated &- step) <= 1 ? agreements + 1 : 0 }
    }
    guard progress.loss != nil || progress.validationLoss != nil, progress.step == nil else {
      return
    }
    // Bars that were drawn since the line before, of which nobody says anything.
    let recent = tracks.indices.filter {
      tracks[$0].lastDraw > lossDraw && tracks[$0].words.isEmpty
    }
    defer { lossDraw = draws }
    let newest = recent.max { tracks[$0].lastDraw < tracks[$1].lastDraw }
    guard progress.loss != nil else {
      // What ran right before, beside another, was the evaluation that the line is about.
      if let newest, recent.count > 1 || run != nil, run != newest, tracks[newest].isComplete {
        tracks[newest].words.insert(.evaluation)
      }
      return
    }
    hasLosses = true
    if let epoch = progress.epoch { hear(epoch) }
    let open = recent.filter { tracks[$0].isOpen }.max {
      tracks[$0].lastDraw < tracks[$1].lastDraw
    }
    guard let latest = open ?? (progress.validationLoss == nil ? newest : longest(recent)),
      run.map({ !tracks[$0].isOpen && open != nil || tracks[$0].strength < .confirmed }) ?? true
    else { return }
    tracks[latest].strength = max(tracks[latest].strength, .confirmed)
    if run != latest {
      if step != nil { takeBack() }
      run = latest
      tell(latest)
    }
  }

  /// The bar of the training among those of a pass whose line is about its evaluation as well: the one that
  /// is longer, by what it counts and by its seconds; `nil` where these contradict.
  private func longest(_ tracks: [Int]) -> Int? {
    let byCount = tracks.max { self.tracks[$0].total ?? 0 < self.tracks[$1].total ?? 0 }
    let timed = tracks.filter { self.tracks[$0].elapsed ?? 0 >= 2 }
    guard timed.count == tracks.count,
      let byTime = timed.max(by: { self.tracks[$0].elapsed ?? 0 < self.tracks[$1].elapsed ?? 0 })
    else { return byCount }
    return byCount == byTime ? byCount : nil
  }

  /// Hears the pass that a line with a loss names.
  private mutating func hear(_ epoch: Double) {
    defer { lossEpoch = epoch }
    guard let lossEpoch else { return }
    tellsEachPass = epoch == epoch.rounded() && 0...1 ~= epoch - lossEpoch
  }

  /// Whether the count that was placed last goes along with the steps that lines state.
  var goesWithStated: Bool {
    guard let statedStep, let step else { return false }
    return agreements >= 2 || abs(statedStep &- step) <= 1
  }

  /// Whether the count that was placed last lies behind the step that a line stated last.
  var isBehindStated: Bool {
    guard let statedStep, let step else { return true }
    return step < statedStep
  }

  /// The program came to an end, or another began: what was drawn before is over.
  mutating func end() {
    for index in tracks.indices { tracks[index].isDead = true }
    outer?.isDead = true
  }

  /// A new program says what it is about to do.
  mutating func beginAnew() {
    end()
    restart()
    processes = 0
  }

  /// One more process says what the life is about to do.
  mutating func hearBanner() { processes += 1 }

  /// What is told from now on belongs to a new life.
  mutating func restart() {
    isBeginning = true
    step = nil
    lastTold = nil
    agreements = 0
  }

  /// What was told as steps was something else.
  mutating func takeBack() {
    restart()
    hasTakenBack = true
  }
}
