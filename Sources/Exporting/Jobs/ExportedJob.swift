import Accounting
import Quantities
import Telemetry

/// A job as it is told to a store, whoever knows it: a batch system, or a training or serving process that
/// was found.
struct ExportedJob: Sendable {
  /// What the job is called on every machine it runs on: the batch system's number, or the name it was found by.
  var id: String
  /// What people call it.
  var name = ""
  var user = ""
  var account = ""
  var partition = ""
  /// Who gave it its accelerators: `slurm`, `kubernetes`, or empty.
  var scheduler = ""
  /// `training` or `serving`; empty where nobody knows.
  var kind = ""
  /// The accelerators that it holds now, or held last.
  var gpus: [Device] = []
  /// What its accelerators drew while it was there; `nil` where that is not known.
  var energy: EnergyAmount?
  /// Accelerator-seconds that it held.
  var gpuSeconds: Double?
  /// Joules that bought nothing, by what was waited for.
  var wasted: [AllocationUse.Cause: Double] = [:]
  /// How many of its processes are on its accelerators now; 0 where it holds them without any.
  var processes: Double?
  var tokens: Double?
  var steps: Double?
  var samples: Double?
  /// Why its joules must be taken with care, or are not told, as words for a label.
  var doubts: [String] = []

  /// For how long after its end a job is told, in seconds: a store must have seen the last of it.
  static let afterlife = 600.0

  /// Every job that is there, or ended a while ago, in a stable order.
  static func all(in ledger: Ledger, over span: TimeSpan) -> [ExportedJob] {
    let allocations = ledger.allocations(over: span)
      .filter { $0.isPresent || span.end - $0.span.end < afterlife }
    // What ran in a scheduler's job is told as that one.
    let inside = Set(allocations.flatMap { $0.works.map(\.job.id) })
    return allocations.map { ExportedJob($0, in: ledger) }
      + found(in: ledger, over: span, but: inside)
  }
}
