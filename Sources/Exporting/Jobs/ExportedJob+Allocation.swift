import Accounting
import Quantities
import Telemetry

extension ExportedJob {
  /// A scheduler's job.
  init(_ use: AllocationUse, in ledger: Ledger) {
    let facts = use.facts
    // A session that is anonymous has no numbers, and tells jobs apart by the names that stand for them.
    id = facts.number.isEmpty ? use.device.name : facts.number
    name = facts.name ?? facts.pod ?? ""
    user = facts.user ?? ""
    account = facts.account ?? facts.namespace ?? ""
    partition = facts.partition ?? ""
    scheduler = facts.scheduler == "none" ? "" : facts.scheduler
    kind =
      use.works.isEmpty ? "" : use.works.contains { $0.isServing } ? "serving" : "training"
    gpus = use.gpus
    isPresent = use.isPresent
    energy = use.energy
    gpuSeconds = use.gpuSeconds
    unusedGPUSeconds = use.unusedGPUSeconds
    started = facts.started
    if use.judged > 0 { (judged, wasted) = (use.judged, use.wasted) }
    processes = use.processes.map(Double.init)
    tokens = use.tokens
    steps = use.steps
    samples = use.samples
    if use.isShared { doubts.append("shared_accelerators") }
    if use.absence != nil { doubts.append(use.energy == nil ? "not_charged" : "partly_known") }
    if facts.gpusFrom == .processes { doubts.append("accelerators_by_processes") }
  }
}
