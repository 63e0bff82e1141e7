/// What is known of an accelerator over a second or so.
struct AcceleratorTick: Hashable, Sendable {
  /// Who holds the accelerator.
  enum Holder: Hashable, Sendable {
    case nobody
    /// A job that trains, or one of which nothing is known.
    case job
    case server
  }

  /// What a trainer's main thread did, as shares of the time it was looked at.
  struct Trainer: Hashable, Sendable {
    /// Asleep where it waits for the next batch.
    var onQueue: Double
    /// Running, or ready to.
    var running: Double
    /// The part of that in which it was ready and had no processor.
    var queued = 0.0
    /// Waiting for a disk, a file server or a network socket itself.
    var onStore: Double
    /// Whether it has loader workers.
    var hasWorkers: Bool
  }

  var seconds = 1.0
  /// Joules drawn in it.
  var joules: Double
  var holder = Holder.job
  /// The mean activity of its multiprocessors, 0...1.
  var activity: Double?
  /// The share of time in which a kernel ran, 0...1.
  var utilization: Double?
  /// The share of the tick's power samples below the threshold, where there are five or more.
  var lowSamples: Double?
  /// Whether what tells of kernels ever told of one, so that none means none.
  var isBelieved = true
  var levels = PowerLevels()
  var trainer: Trainer?
  /// The share of the time without a kernel, over a while, in which the trainer slept on its queue.
  var cover: Double?
  /// The same for its own running.
  var busy: Double?

  /// The mean watts.
  var watts: Double { seconds > 0 ? joules / seconds : 0 }

  /// Whether no kernel ran; `nil` where nothing tells.
  var isKernelFree: Bool? {
    activity.map { $0 < Self.inactive } ?? utilization.map { $0 <= 0.02 }
  }

  /// The activity of the multiprocessors below which there is no work.
  static let inactive = 0.05
}

/// What an accelerator's time was for, as shares of a tick.
struct TickSplit: Hashable, Sendable {
  /// By what it was decided.
  enum Rung: Hashable, Sendable {
    case activity
    case power
    case trainer
  }

  var data = 0.0
  var host = 0.0
  var peer = 0.0
  var gap = 0.0
  var idle = 0.0
  var rung: Rung?
  /// The watts drawn while it had no work; `nil` where they are not known.
  var watts: Double?

  private var shares: [Double] { [data, host, peer, gap, idle] }

  /// Whether all of it was work.
  var isQuiet: Bool { shares.allSatisfy { $0 == 0 } }

  /// Whether something else began: a share that differs by more than a tick's noise.
  func isTurn(from other: TickSplit) -> Bool {
    isQuiet != other.isQuiet || zip(shares, other.shares).contains { abs($0 - $1) > 0.3 }
  }

  /// The share without work of which its own job's loader is not the reason.
  var unexplained: Double { gap + host }
}

extension AcceleratorTick {
  /// Decides what a tick was for.
  ///
  /// Two kinds of evidence must meet: that the accelerator had no work, by the activity inside the chip
  /// or by its power; and what its trainer did meanwhile. A share of time without a kernel is no evidence
  /// by itself, but what a kernel ran in was no waiting for data. Where steps are too short for either to
  /// resolve, the trainer's own sleep is taken, up to the time without a kernel; what that leaves is no
  /// work only where power agrees.
  ///
  /// - Returns: `nil` where nothing tells whether it worked.
  func split() -> TickSplit? {
    var split = TickSplit(watts: watts)
    let (low, rung) = withoutWork
    switch holder {
    case .nobody, .server:
      guard let isIdle = isKernelFree ?? low.map({ $0 >= 0.75 }) else {
        return isAtWork ? split : nil
      }
      if isIdle {
        split.idle = 1
        split.rung = rung
      }
      return split
    case .job:
      // A driver that never told of any work may be one that tells nothing.
      guard isBelieved else { return nil }
    }
    guard let low, low > 0 else { return mixed(split) }
    split.rung = rung
    // Power that lies between the levels mixes both.
    if low < 0.95 { split.watts = (levels.waiting ?? levels.floor).map { min(watts, $0) } }
    guard let trainer else {
      split.gap = low
      return split
    }
    let onData = trainer.onQueue + (trainer.hasWorkers ? 0 : trainer.onStore)
    let isCovered =
      onData >= WaitingCause.leastCover * low || cover.map { $0 >= Self.mostly } == true
      || !trainer.hasWorkers && isReading(trainer, in: low)
    split.data = isCovered && onData > Self.least ? low : min(low, onData)
    // With workers to load its data, what the trainer waits for at a disk is its own writing.
    split.host = min(
      low - split.data, trainer.running + (trainer.hasWorkers ? trainer.onStore : 0))
    split.gap = max(0, low - split.data - split.host)
    return split
  }

  /// Shorter waits than this share of a tick are what looks at a trainer are wrong by.
  static let least = 0.03
  /// From this share on, sleep on the queue names all of the time without a kernel.
  private static let mostly = 0.7

  private func mixed(_ empty: TickSplit) -> TickSplit? {
    var split = empty
    guard let trainer else { return isAtWork ? split : nil }
    guard trainer.hasWorkers else { return withoutWorkers(split, trainer) }
    let room: Double
    if let utilization {
      room = min(1 - utilization, activity.map { 1 - $0 } ?? 1)
    } else if trainer.onQueue < Self.least {
      return split
    } else {
      // Kernels may run while the trainer waits for a batch that is not needed yet. Without the share of
      // time with one, power must say the same as the trainer: other work draws less as well.
      guard let pair = levels.pair, !isAtWork else { return isAtWork ? split : nil }
      let free = (pair.busy - watts) / (pair.busy - pair.floor)
      guard abs(free - trainer.onQueue) <= 0.15 else { return nil }
      room = min(max(0, free), activity.map { 1 - $0 } ?? 1)
    }
    if trainer.onQueue >= Self.least {
      // A trainer also takes over what it waited for; most of the time names the rest.
      let share = cover.map { $0 >= Self.mostly } == true ? room : min(trainer.onQueue, room)
      if share >= Self.least { split.data = share }
    }
    explain(room - split.data, busy: trainer.running + trainer.onStore + room - 1, &split)
    guard split.data + split.host + split.gap > 0 else { return split }
    split.rung = .trainer
    split.watts = (levels.waiting ?? levels.floor).map { min(watts, $0) }
    return split
  }

  /// Parts what is left of the time without a kernel, where power says too that there was no work.
  ///
  /// - Parameter busy: the time in which its trainer cannot but have been busy without a kernel; it may
  ///   have been so for longer.
  private func explain(_ rest: Double, busy: Double, _ split: inout TickSplit) {
    guard utilization != nil, rest >= Self.least, let low = levels.waiting ?? levels.floor,
      let high = levels.working, high >= 1.3 * low,
      (high - watts) / (high - low) >= 0.5 * (rest + split.data + split.host)
    else { return }
    let host = max(0, min(rest, busy))
    split.host += host
    split.gap = rest - host
  }

  /// Whether a trainer without workers spends the time without work on getting its data: most of it at
  /// the store, and the rest on a processor, since its reading takes one too.
  private func isReading(_ trainer: Trainer, in room: Double) -> Bool {
    let onData = trainer.onQueue + trainer.onStore
    if onData >= Self.mostly * room { return true }
    return onData >= 1.5 * trainer.running && room - onData - trainer.running <= 0.1
  }

  /// What a trainer without workers does itself while no kernel runs.
  private func withoutWorkers(_ empty: TickSplit, _ trainer: Trainer) -> TickSplit? {
    guard let utilization else { return isAtWork ? empty : nil }
    var split = empty
    let room = 1 - utilization
    guard room >= Self.least else { return split }
    let onData = trainer.onQueue + trainer.onStore
    split.data = isReading(trainer, in: room) ? room : min(room, onData)
    let isBusy = busy.map { $0 >= WaitingCause.leastCover } == true
    split.host = isBusy ? room - split.data : min(room - split.data, trainer.running)
    explain(room - split.data - split.host, busy: 0, &split)
    split.rung = .trainer
    split.watts = (levels.waiting ?? levels.floor).map { min(watts, $0) }
    return split
  }

  /// Whether it works nearly all the time, whatever its trainer does.
  private var isAtWork: Bool {
    if let utilization { return utilization >= 0.95 }
    if let activity { return activity >= 0.5 }
    return levels.pair.map { watts >= 0.9 * $0.busy } ?? false
  }

  /// The share of the tick without work, by the best evidence, and which that is; `nil` where none
  /// resolves it.
  private var withoutWork: (share: Double?, rung: TickSplit.Rung?) {
    if let activity {
      return activity < Self.inactive ? (1, .activity) : (nil, nil)
    }
    // Kernels ran in the rest.
    let room = utilization.map { max(0, 1 - $0) } ?? 1
    if let lowSamples, levels.pair != nil {
      let share = min(lowSamples, room)
      return share > 0 ? (share, .power) : (nil, nil)
    }
    guard let pair = levels.pair, let threshold = levels.threshold, watts < threshold else {
      return (nil, nil)
    }
    let share = min(1, (pair.busy - watts) / (pair.busy - pair.floor))
    // One that spins for its peers runs a kernel all the while and draws little.
    return min(share, room) >= 0.02 ? (min(share, room), .power) : (nil, nil)
  }

  /// Whether a job holds it that has not been seen to use it.
  var hasYetToWork: Bool { holder == .job && !isBelieved }

  /// Whether it runs a kernel and draws little, as one does that waits for its peers.
  var isSpinning: Bool {
    guard let threshold = levels.threshold, let utilization else { return false }
    return utilization >= 0.5 && watts < threshold
  }
}
