/// The plot of the simulated training box: what happens when, and what it draws.
///
/// A run lasts two hours and repeats: the model is loaded, training begins, and every ten minutes
/// there is a while in which the loader has too few processors and all accelerators starve, an
/// evaluation, a while in which one accelerator waits for data, and a checkpoint. The shapes are
/// those seen in public power traces of 8-accelerator training machines; the numbers are invented.
struct SimulatedRun: Sendable {
  enum Phase: String, Sendable {
    case loading = "loads the model"
    case warmingUp = "warms up"
    case training = "trains"
    case starved = "waits for its loader"
    case evaluating = "evaluates"
    case waiting = "one GPU waits for data"
    case saving = "writes a checkpoint"
  }

  static let length = 7200
  static let accelerators = 8
  /// The accelerator that waits for data once in a while.
  static let straggler = 5
  /// The accelerator that always runs into its power limit.
  static let limited = 2
  static let powerLimit = 700.0
  static let tokensPerStep = 262_144.0
  static let stepTotal = 30_000.0

  /// Of so many seconds a starved job waits for data in the first few.
  static let starvedRhythm = (wait: 3, period: 8)

  /// Watts of each accelerator.
  let accelerator: [PeriodicCurve]
  /// Watts of one processor package.
  let package: PeriodicCurve
  /// Watts of one processor's memory.
  let memory: PeriodicCurve
  /// Steps per second.
  let progress: PeriodicCurve
  /// Bytes per second from and to the disk, and over the network.
  let diskRead: PeriodicCurve
  let diskWrite: PeriodicCurve
  let network: PeriodicCurve
  /// Bytes per second that programs read, from the page cache too.
  let reads: PeriodicCurve
  /// Who waits for whom.
  let waits: SimulatedWaits

  init(seed: UInt64) {
    let noise = ValueNoise(seed: seed)
    let seconds = 0..<Self.length
    accelerator = (0..<Self.accelerators).map { gpu in
      PeriodicCurve(seconds.map { Self.watts(gpu, $0, noise) })
    }
    waits = SimulatedWaits(accelerator)
    func curve(_ channel: Int, spread: Double, _ level: (Phase) -> Double) -> PeriodicCurve {
      PeriodicCurve(
        seconds.map { second in
          let wiggle =
            0.6 * noise.value(channel, second)
            + 0.4 * noise.smooth(channel, second, width: 30)
          return level(Self.phase(at: second)) * (1 + spread * wiggle)
        })
    }
    package = curve(20, spread: 0.05) { phase in
      switch phase {
      case .loading: 236
      case .saving: 248
      case .evaluating: 204
      default: 178
      }
    }
    memory = curve(21, spread: 0.04) { $0 == .loading || $0 == .saving ? 46 : 37 }
    progress = PeriodicCurve(
      seconds.map { second in
        switch Self.phase(at: second) {
        case .loading, .evaluating, .saving: 0
        case .warmingUp: 0.12
        case .waiting: 0.278
        case .starved: 0.211
        case .training: 0.338 * (1 + 0.02 * noise.smooth(22, second, width: 20))
        }
      })
    diskRead = curve(23, spread: 0.3) { phase in
      switch phase {
      case .loading: 2.1e9
      case .waiting: 4e7
      case .starved: 1.2e8
      case .saving: 1e7
      default: 1.9e8
      }
    }
    diskWrite = curve(24, spread: 0.3) { $0 == .saving ? 3.1e9 : 4e5 }
    let disk = diskRead
    reads = PeriodicCurve(
      seconds.map { second in
        let cached: Double =
          switch Self.phase(at: second) {
          case .loading, .saving: 2e7
          case .waiting: 3.4e8
          case .starved: 2.6e8
          default: 4.2e8
          }
        return disk.knots[second] + cached * (1 + 0.05 * noise.smooth(26, second, width: 20))
      })
    network = curve(25, spread: 0.4) { $0 == .saving ? 9e6 : 2.4e7 }
  }

  /// What happens in that second of the run.
  static func phase(at second: Int) -> Phase {
    let second = ((second % length) + length) % length
    if second < 45 { return .loading }
    if second < 90 { return .warmingUp }
    switch second % 600 {
    case 95..<200: return .starved
    case 200..<222: return .evaluating
    case 330..<405: return .waiting
    case 480..<506: return .saving
    default: return .training
    }
  }

  /// Whether a second is one of those in which all accelerators of a starved job wait.
  static func isStarving(at second: Int) -> Bool {
    phase(at: second) == .starved && second % starvedRhythm.period < starvedRhythm.wait
  }

  private static func watts(_ gpu: Int, _ second: Int, _ noise: ValueNoise) -> Double {
    let quick = noise.value(gpu, second)
    let slow = noise.smooth(gpu + 100, second, width: 45)
    let level = 632 + 16 * noise.value(gpu + 200, 0)
    let atWork =
      gpu == limited
      ? min(703, 697 + 4 * quick + 3 * slow) : min(694, level + 14 * quick + 10 * slow)
    switch phase(at: second) {
    case .loading: return 94 + 3 * quick + 2 * Double(gpu % 3)
    case .warmingUp: return 110 + (atWork - 110) * Double(second - 44) / 46
    case .training: return atWork
    case .starved: return isStarving(at: second) ? 158 + 5 * quick : atWork
    case .waiting: return gpu == straggler ? 130 + 4 * quick : atWork - 28
    case .evaluating: return 352 + 22 * quick
    case .saving: return 168 + 9 * quick
    }
  }
}
