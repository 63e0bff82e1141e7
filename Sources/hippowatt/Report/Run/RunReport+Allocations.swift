import Accounting
import Canvas
import Quantities
import Telemetry

/// What a report of a whole recording says of a scheduler's jobs; `--job` says more of one.
extension RunReport {
  private static let mostLines = 12

  /// A line for each job, those that took most first.
  var allocationFacts: [(String, String)] {
    let sorted = allocations.sorted { ($0.energy?.joules ?? 0) > ($1.energy?.joules ?? 0) }
    var facts = sorted.prefix(Self.mostLines).enumerated().map { index, use in
      (index == 0 ? "held by" : "", sanitized(Self.words(use)))
    }
    if sorted.count > Self.mostLines {
      facts.append(("", "and \(sorted.count - Self.mostLines) more: --by job tells all"))
    }
    return facts
  }

  private static func words(_ use: AllocationUse) -> String {
    let facts = use.facts
    let scheduler = facts.scheduler == "none" ? "" : facts.scheduler + " "
    let number = facts.number.isEmpty ? use.device.name : facts.number
    let owner = [facts.user, facts.account].compactMap { $0 }.joined(separator: ", ")
    let name = facts.name.map { " " + $0 } ?? ""
    let gpus = facts.gpus.count
    var parts = [gpus > 0 ? "\(gpus) GPU\(gpus == 1 ? "" : "s")" : "GPUs unknown"]
    parts.append(use.energy.map { SI.energy($0.joules).joined } ?? "joules unknown")
    if let unused = use.unusedGPUSeconds, let held = use.gpuSeconds, held > 0, unused >= 0.05 * held
    {
      parts.append("\(SI.percent(min(1, unused / held))) % of it without a process")
    }
    return scheduler + number + name + (owner.isEmpty ? "" : " (\(owner))") + ": "
      + parts.joined(separator: ", ")
  }

  /// The jobs for programs; `nil` where none is known.
  var allocationMembers: JSONText? {
    guard !allocations.isEmpty else { return nil }
    func number(_ value: Double?) -> JSONText { value.map(JSONText.number) ?? .null }
    return .list(
      allocations.map { use in
        JSONText.object([
          ("job_id", .text(use.facts.jobID)), ("number", .text(use.facts.number)),
          ("scheduler", .text(use.facts.scheduler)), ("machine", .text(use.device.machine)),
          ("name", use.facts.name.map(JSONText.text)),
          ("user", use.facts.user.map(JSONText.text)),
          ("account", use.facts.account.map(JSONText.text)),
          ("gpus", .list(use.facts.gpus.map(JSONText.text))),
          ("gpus_from", use.facts.gpusFrom.map { .text($0.rawValue) }),
          ("gpu_seconds", number(use.gpuSeconds)),
          ("gpu_seconds_without_process", number(use.unusedGPUSeconds)),
          ("joules", number(use.energy?.joules)),
          ("coverage", .number(use.energy?.coverage ?? 0)),
          ("unknown_because", use.absence.map(JSONText.text)),
          ("judged_joules", .number(use.judged)),
          ("wasted_joules", AllocationReport.json(use.wasted)),
        ])
      })
  }
}
