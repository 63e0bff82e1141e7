import Telemetry

/// The times of a trainer and its loader workers, added up: a pure account of what was seen.
///
/// A look stands for the time since the last one. What workers do is told only for the moments in which
/// the trainer slept on its queue: what a loader does while nobody waits for it accuses it of nothing.
struct LoaderTimes: Sendable, Hashable {
  private(set) var watched = 0.0
  private(set) var onQueue = 0.0
  private(set) var running = 0.0
  private(set) var onDisk = 0.0
  private(set) var onSocket = 0.0

  /// Nanoseconds in which the trainer stood in the run queue.
  var trainerRunQueue: Int64 = 0
  var workerRun: Int64 = 0
  var workerQueue: Int64 = 0
  var workerTime = 0.0

  private(set) var starvedWorkers = 0.0
  private(set) var starvedRunning = 0.0
  private(set) var starvedDisk = 0.0
  private(set) var starvedNetwork = 0.0
  private(set) var starvedHead = 0.0
  private(set) var starvedIdle = 0.0
  private(set) var starvedLooks = 0.0

  var received: Int64 = 0
  var read: Int64 = 0
  var written: Int64 = 0
  var calls: Int64 = 0

  /// What a worker was doing, as far as it matters to whoever waits for it.
  enum WorkerDoing: Sendable, Hashable {
    case running
    case disk
    case network
    /// It has nothing to do: it waits for the next order.
    case idle
    /// Asleep where neither is known.
    case other

    /// - Parameters:
    ///   - isOnSocket: whether its process waits for an answer from the network, or one that it started does.
    ///   - isIdleOnOthers: whether it waits for its next order on a lock or a pipe; else it waits there for a
    ///     thread or a program of its own.
    init(_ state: ThreadState, isOnSocket: Bool, isIdleOnOthers: Bool = true) {
      self =
        switch state {
        case .running: .running
        case .blocked(.fileServer), .asleep(.fileServer), .asleep(.socket), .blocked(.socket):
          .network
        case .blocked: .disk
        case .asleep(.disk): .disk
        case .asleep(.queue): isOnSocket ? .network : .idle
        case .asleep(.futex), .asleep(.pipe):
          isOnSocket ? .network : isIdleOnOthers ? .idle : .other
        case .asleep: .other
        }
    }

    /// Whether it is seen to work on something, or to wait for it.
    var isBusy: Bool { self != .idle && self != .other }
  }

  /// Whether a trainer in this state waits for its loader.
  ///
  /// - Parameters:
  ///   - hasWorkers: whether it has any; what sleeps in poll without them waits for something else.
  ///   - hasHandover: whether a thread of its own hands the batches over, so that a lock is the queue.
  static func isOnQueue(_ state: ThreadState, hasWorkers: Bool, hasHandover: Bool) -> Bool {
    switch state {
    case .asleep(.queue), .asleep(.pipe): hasWorkers
    case .asleep(.futex): hasWorkers && hasHandover
    default: false
    }
  }

  /// Takes in a look at the trainer that stands for some seconds.
  mutating func note(
    trainer state: ThreadState, seconds: Double, hasWorkers: Bool, hasHandover: Bool
  ) {
    watched += seconds
    if Self.isOnQueue(state, hasWorkers: hasWorkers, hasHandover: hasHandover) {
      onQueue += seconds
      return
    }
    switch state {
    case .running: running += seconds
    case .blocked(.socket), .asleep(.socket): onSocket += seconds
    case .blocked, .asleep(.fileServer), .asleep(.disk): onDisk += seconds
    case .asleep: break
    }
  }

  /// Takes in a look at all workers while the trainer slept on its queue.
  mutating func note(workers: [WorkerDoing], seconds: Double) {
    guard !workers.isEmpty else { return }
    starvedLooks += seconds
    var busy = 0
    var idle = 0
    for doing in workers {
      starvedWorkers += seconds
      if doing.isBusy { busy += 1 }
      if doing == .idle { idle += 1 }
      switch doing {
      case .running: starvedRunning += seconds
      case .disk: starvedDisk += seconds
      case .network: starvedNetwork += seconds
      case .idle, .other: break
      }
    }
    if busy == 1, idle == workers.count - 1, idle >= 2 { starvedHead += seconds }
    if idle == workers.count { starvedIdle += seconds }
  }

  /// All of it as values of a reading.
  func set(in reading: inout Reading, workers: Int) {
    reading.set(.trainerTime, watched)
    reading.set(.trainerQueueTime, onQueue)
    reading.set(.trainerRunTime, running)
    reading.set(.trainerRunQueueTime, Double(trainerRunQueue) * 1e-9)
    reading.set(.trainerDiskTime, onDisk)
    reading.set(.trainerSocketTime, onSocket)
    reading.set(.workerCount, steps: Int64(workers))
    reading.set(.workerRunTime, Double(workerRun) * 1e-9)
    reading.set(.workerQueueTime, Double(workerQueue) * 1e-9)
    reading.set(.workerTime, workerTime)
    reading.set(.starvedWorkerTime, starvedWorkers)
    reading.set(.starvedRunTime, starvedRunning)
    reading.set(.starvedDiskTime, starvedDisk)
    reading.set(.starvedNetworkTime, starvedNetwork)
    reading.set(.starvedHeadTime, starvedHead)
    reading.set(.starvedIdleTime, starvedIdle)
    reading.set(.starvedLookTime, starvedLooks)
  }
}
