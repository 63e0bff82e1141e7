import Accounting
import Quantities
import Telemetry

/// A job as it is told to a store, whoever knows it: a batch system, or a training or serving process that
/// was found.
public struct ExportedJob: Sendable {
  /// What the job is called on every machine it runs on: the batch system's number, or the name it was found by.
  public internal(set) var id: String
  /// What people call it.
  public internal(set) var name = ""
  /// Who it belongs to.
  public internal(set) var user = ""
  /// Which account it is charged to; of a pod its namespace.
  public internal(set) var account = ""
  /// Which partition it was submitted to.
  public internal(set) var partition = ""
  /// Who gave it its accelerators: `slurm`, `kubernetes`, or empty.
  public internal(set) var scheduler = ""
  /// `training` or `serving`; empty where nobody knows.
  public internal(set) var kind = ""
  /// The accelerators that it holds now, or held last.
  public internal(set) var gpus: [Device] = []
  /// What its accelerators drew while it was there; `nil` where that is not known.
  public internal(set) var energy: EnergyAmount?
  /// Accelerator-seconds that it held.
  public internal(set) var gpuSeconds: Double?
  /// Accelerator-seconds that it held without a process there; `nil` where that is not known.
  public internal(set) var unusedGPUSeconds: Double?
  /// When its scheduler started it, where that says so.
  public internal(set) var started: Timestamp?
  /// Joules of which it was judged what they were for; `nil` where none were.
  public internal(set) var judged: Double?
  /// Joules that bought nothing, by what was waited for.
  public internal(set) var wasted: [AllocationUse.Cause: Double] = [:]
  /// How many of its processes are on its accelerators now; 0 where it holds them without any.
  public internal(set) var processes: Double?
  /// Tokens that it counted; of a job on several machines each tells all of them.
  public internal(set) var tokens: Double?
  /// Steps that it did.
  public internal(set) var steps: Double?
  /// Samples that it trained on.
  public internal(set) var samples: Double?
  /// Why its joules must be taken with care, or are not told, as words for a label.
  public internal(set) var doubts: [String] = []

  /// For how long after its end a job is told, in seconds: a store must have seen the last of it.
  static let afterlife = 600.0

  /// Whether it is still there.
  public internal(set) var isPresent = true

  /// Every job that is there, or ended a while ago, in a stable order.
  public static func all(in ledger: Ledger, over span: TimeSpan) -> [ExportedJob] {
    let allocations = ledger.allocations(over: span)
    // What ran in a scheduler's job is told as that one, and not again once that is over.
    let inside = Set(allocations.flatMap { $0.works.map(\.job.id) })
    return allocations.filter { $0.isPresent || span.end - $0.span.end < afterlife }
      .map { ExportedJob($0, in: ledger) }
      + found(in: ledger, over: span, but: inside)
  }
}
