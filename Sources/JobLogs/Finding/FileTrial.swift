/// Whether a file that merely lies where a job works is written by that job: a trial over some looks.
///
/// A neighbour's log lies in the same folder and grows as well, and what a run before has left lies
/// there, too. So the file must grow while the job computes, twice, and by no more than the job has
/// written meanwhile. Once it grows without the job, it is another's for good.
struct FileTrial: Hashable, Sendable {
  /// What is seen at one look.
  struct Glance: Hashable, Sendable {
    /// When, in seconds of any clock.
    var time: Double
    /// The file's bytes.
    var size: Int64
    /// When the file was last changed, in seconds.
    var changed: Double
    /// Seconds on the processors of all processes of the job so far.
    var processorSeconds: Double
    /// Bytes they have written so far, asked before the file's size and after; `nil` where unknown.
    var written: ClosedRange<Int64>?
  }

  enum Verdict: Hashable, Sendable {
    case own
    case open(reason: String)
    case foreign(reason: String)
  }

  /// The least share of one processor that counts as computing; what waits uses less than a hundredth.
  private static let least = 0.05
  private static let growthsNeeded = 2
  /// Time on the processors is told in hundredths of a second, so less time between looks tells nothing.
  private static let shortest = 1.0

  private var last: Glance
  private var growths = 0
  private var hasComputed = false
  private var objection: String?

  init(_ first: Glance) { last = first }

  /// Takes another look into account.
  mutating func look(_ glance: Glance) {
    let seconds = glance.time - last.time
    guard objection == nil, verdict != .own, seconds >= Self.shortest else { return }
    defer { last = glance }
    let computes = glance.processorSeconds - last.processorSeconds >= Self.least * seconds
    if computes { hasComputed = true }
    guard glance.size != last.size || glance.changed != last.changed else { return }
    guard computes else {
      objection = "it changed while the job did not compute"
      return
    }
    guard let before = last.written, let after = glance.written else {
      objection = "what the job writes may not be seen"
      return
    }
    let written = after.upperBound - before.lowerBound
    guard glance.size - last.size <= written, written > 0 else {
      objection = "it grew by more than the job wrote"
      return
    }
    growths += 1
  }

  var verdict: Verdict {
    if let objection { return .foreign(reason: objection) }
    if growths >= Self.growthsNeeded { return .own }
    return .open(
      reason: hasComputed
        ? "it has not grown yet while the job computes"
        : "the job does not compute, so nothing shows that it writes it")
  }
}
