/// Who waits for whom in the simulated run, and what its loader does meanwhile.
///
/// Every curve is a share of time, so that its integral is a counter of seconds; those of energy are made
/// of the accelerators' own watts and so never more than these.
struct SimulatedWaits: Sendable {
  /// The loader's workers, all accelerators together.
  static let workers = 4.0

  /// One share of time, or one power, of each accelerator.
  let data: [PeriodicCurve]
  let peers: [PeriodicCurve]
  let dataWatts: [PeriodicCurve]
  let peerWatts: [PeriodicCurve]
  /// The time without work, of all accelerators alike, and the watts of each meanwhile.
  let gaps: PeriodicCurve
  let gapWatts: [PeriodicCurve]
  /// Of one worker: the time on a processor, and in the run queue.
  let workerRun: PeriodicCurve
  let workerQueue: PeriodicCurve
  /// Of the trainer: the time asleep on its queue.
  let trainerQueue: PeriodicCurve

  init(_ accelerators: [PeriodicCurve]) {
    let seconds = 0..<SimulatedRun.length
    let gpus = accelerators.indices
    data = gpus.map { gpu in
      PeriodicCurve(seconds.map { Self.waitsForData(gpu, $0) })
    }
    peers = gpus.map { gpu in
      PeriodicCurve(seconds.map { Self.waitsForPeers(gpu, $0) })
    }
    dataWatts = gpus.map { gpu in
      PeriodicCurve(seconds.map { accelerators[gpu].knots[$0] * Self.waitsForData(gpu, $0) })
    }
    peerWatts = gpus.map { gpu in
      PeriodicCurve(seconds.map { accelerators[gpu].knots[$0] * Self.waitsForPeers(gpu, $0) })
    }
    gaps = PeriodicCurve(seconds.map { Self.gap(at: $0) })
    gapWatts = gpus.map { gpu in
      PeriodicCurve(seconds.map { accelerators[gpu].knots[$0] * Self.gap(at: $0) })
    }
    workerRun = PeriodicCurve(seconds.map { Self.worker(at: $0).run })
    workerQueue = PeriodicCurve(seconds.map { Self.worker(at: $0).queue })
    trainerQueue = PeriodicCurve(
      seconds.map { second in
        switch SimulatedRun.phase(at: second) {
        case .starved: SimulatedRun.isStarving(at: second) ? 0.97 : 0.02
        case .waiting: 0.16
        default: 0.01
        }
      })
  }

  private static func waitsForData(_ gpu: Int, _ second: Int) -> Double {
    switch SimulatedRun.phase(at: second) {
    case .starved: SimulatedRun.isStarving(at: second) ? 1 : 0
    case .waiting: gpu == SimulatedRun.straggler ? 0.9 : 0
    default: 0
    }
  }

  private static func waitsForPeers(_ gpu: Int, _ second: Int) -> Double {
    SimulatedRun.phase(at: second) == .waiting && gpu != SimulatedRun.straggler ? 0.17 : 0
  }

  /// The share of time without work while the model is loaded and a checkpoint is written.
  private static func gap(at second: Int) -> Double {
    switch SimulatedRun.phase(at: second) {
    case .loading: 1
    case .saving: 0.9
    default: 0
    }
  }

  /// The shares of time a worker is on a processor and in the run queue.
  ///
  /// A starved job's four are bound to a core that they share with others.
  private static func worker(at second: Int) -> (run: Double, queue: Double) {
    switch SimulatedRun.phase(at: second) {
    case .loading, .saving: (0.03, 0.001)
    case .warmingUp: (0.2, 0.004)
    case .training: (0.44, 0.012)
    case .starved: (0.145, 0.848)
    case .waiting: (0.36, 0.01)
    case .evaluating: (0.52, 0.015)
    }
  }
}
