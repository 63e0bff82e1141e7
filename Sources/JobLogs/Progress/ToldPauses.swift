import Telemetry

/// What a job did between two steps besides them: what the log shows of it.
enum PauseKind: Sendable, Hashable {
  case evaluation, checkpoint
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
  private var kinds: Set<PauseKind> = []

  /// Less than this, or than a fiftieth of the stretch, is what the clocks differ by.
  private static let least = 0.2

  /// Hears that something came between two steps.
  mutating func hear(_ kind: PauseKind) { kinds.insert(kind) }

  /// Hears a line of steps, whose time is a mean without pauses; returns the pause before them.
  mutating func hear(_ step: Int64, seconds: Double, at time: Timestamp) -> Pause? {
    defer {
      last = (time, step)
      kinds = []
    }
    // Of two together nobody knows which took how long.
    guard let last, step > last.step, kinds.count == 1, let kind = kinds.first else { return nil }
    let stretch = time - last.time
    let work = Double(step - last.step) * seconds
    let pause = stretch - work
    guard pause >= Self.least, pause >= 0.02 * stretch else { return nil }
    return Pause(kind: kind, end: last.time + pause, seconds: pause)
  }
}
