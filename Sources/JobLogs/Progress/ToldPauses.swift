import Telemetry

/// What a job did between two steps besides them: what the log shows of it.
enum PauseKind: Sendable, Hashable {
  case evaluation, checkpoint
}

/// Pauses that were heard of since the line before, each with its seconds where the log says them.
struct HeardPauses: Sendable, Hashable {
  /// The seconds of each; 0 for one of which only that it was is known, less for none.
  private(set) var evaluation: Float = -1
  private(set) var checkpoint: Float = -1

  /// Hears of one.
  mutating func hear(_ kind: PauseKind, seconds: Double? = nil) {
    let told = seconds.flatMap { $0.isFinite && $0 > 0 ? Float($0) : nil } ?? 0
    switch kind {
    case .evaluation: evaluation = max(evaluation, told)
    case .checkpoint: checkpoint = max(checkpoint, told)
    }
  }

  /// Hears of all that another heard of.
  mutating func formUnion(_ other: Self) {
    evaluation = max(evaluation, other.evaluation)
    checkpoint = max(checkpoint, other.checkpoint)
  }

  /// What a pause of so many seconds was for, in the order in which it was; empty where nobody knows
  /// which part of it is whose.
  func parts(of pause: Double) -> [(kind: PauseKind, seconds: Double)] {
    guard evaluation >= 0 else { return checkpoint >= 0 ? [(.checkpoint, pause)] : [] }
    guard checkpoint >= 0 else { return [(.evaluation, pause)] }
    let (first, second) = (Double(evaluation), Double(checkpoint))
    guard first > 0 || second > 0 else { return [] }
    // Where one is told, the other is what is left.
    let share = first == 0 ? pause - second : second == 0 ? first : pause * first / (first + second)
    guard 0...pause ~= share, first + second <= 1.1 * pause else { return [] }
    return [(.evaluation, share), (.checkpoint, pause - share)]
  }
}

/// How long evaluations and checkpoints took of which a log tells only that they were.
///
/// A framework that stops its clock meanwhile states the time of its steps without them. What two
/// of its lines lie apart, less the steps between, is the pause; it came before those steps. Source:
/// github.com/NVIDIA/Megatron-LM, megatron/training/training.py, `interval-time`.
struct ToldPauses: Sendable {
  /// A pause: when it ended, and how long it was.
  struct Pause: Sendable, Hashable {
    var kind: PauseKind
    var end: Timestamp
    var seconds: Double
  }

  private var last: (time: Timestamp, step: Int64)?
  private var heard = HeardPauses()

  /// Less than this, or than a fiftieth of the stretch, is what the clocks differ by.
  private static let least = 0.2

  /// Hears what came between two steps.
  mutating func hear(_ pauses: HeardPauses) { heard.formUnion(pauses) }

  /// Hears a line of steps, whose time is a mean without pauses; returns the pauses before them.
  ///
  /// Frameworks evaluate before they write a checkpoint. Of two of which the log says no seconds, nobody
  /// knows which took how long.
  mutating func hear(_ step: Int64, seconds: Double, at time: Timestamp) -> [Pause] {
    defer {
      last = (time, step)
      heard = HeardPauses()
    }
    guard let last, step > last.step else { return [] }
    let stretch = time - last.time
    let work = Double(step - last.step) * seconds
    let pause = stretch - work
    guard pause >= Self.least, pause >= 0.02 * stretch else { return [] }
    var end = last.time
    return heard.parts(of: pause).map { kind, seconds in
      end = end + seconds
      return Pause(kind: kind, end: end, seconds: seconds)
    }
  }
}
