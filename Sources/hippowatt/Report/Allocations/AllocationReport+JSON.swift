import Accounting
import Telemetry

extension AllocationReport {
  /// The report as one JSON object, in SI units.
  var json: String {
    func number(_ value: Double?) -> JSONText { value.map(JSONText.number) ?? .null }
    let facts = facts
    return JSONText.object([
      ("job_id", .text(facts.jobID)), ("number", .text(facts.number)),
      ("scheduler", .text(facts.scheduler)), ("name", facts.name.map(JSONText.text)),
      ("user", facts.user.map(JSONText.text)), ("account", facts.account.map(JSONText.text)),
      ("partition", facts.partition.map(JSONText.text)),
      ("namespace", facts.namespace.map(JSONText.text)), ("pod", facts.pod.map(JSONText.text)),
      ("simulated", .flag(isSimulated)),
      ("damages", damages.isEmpty ? nil : .list(damages.map(JSONText.text))),
      ("started", .number(span.start.seconds)), ("ended", .number(span.end.seconds)),
      ("gpus", sum.gpus.map { .number(Double($0)) } ?? .null),
      ("gpu_seconds", number(sum.gpuSeconds)),
      ("gpu_seconds_without_process", number(sum.unusedGPUSeconds)),
      ("joules", number(sum.joules)), ("uncertainty_joules", number(sum.uncertainty)),
      ("coverage", sum.tellsCoverage ? .number(sum.coverage) : .null),
      ("boundary", .text(shares.contains(where: \.isOfMachine) ? "processors_or_machine" : "gpus")),
      ("cost", number(sum.cost)),
      ("currency", terms.areKnown ? .text(terms.currency) : nil),
      ("grams_co2e", number(sum.grams)),
      ("judged_joules", .number(sum.judged)),
      ("wasted_joules", Self.json(sum.wasted)),
      ("tokens", number(sum.tokens)), ("steps", number(sum.steps)),
      ("joules_per_token", number(sum.joulesPerToken)),
      ("machines", .list(shares.map(Self.json))),
      ("warnings", .list(warnings.map(JSONText.text))),
      ("next_time", .text(AllocationAdvice.sentence(sum))),
    ]).written + "\n"
  }

  static func json(_ wasted: [AllocationUse.Cause: Double]) -> JSONText {
    .object(AllocationUse.Cause.allCases.map { ($0.rawValue, wasted[$0].map(JSONText.number)) })
  }

  private static func json(_ share: AllocationShare) -> JSONText {
    let use = share.use
    return .object([
      ("machine", .text(share.machine)), (share.isStored ? "store" : "file", .text(share.file)),
      ("gpus", .list(use.facts.gpus.map(JSONText.text))),
      ("gpus_from", use.facts.gpusFrom.map { .text($0.rawValue) }),
      ("joules", use.energy.map { .number($0.joules) } ?? .null),
      ("coverage", share.tellsCoverage ? .number(use.energy?.coverage ?? 0) : .null),
      ("unknown_because", use.absence.map(JSONText.text)),
      ("shared", use.isShared ? .flag(true) : nil),
      ("present_at_end", .flag(use.isPresent)),
      ("processes_at_end", use.processes.map { .number(Double($0)) }),
      (
        "jobs",
        .list(
          use.works.map { work in
            .object([
              ("name", .text(work.job.label)),
              ("kind", .text(work.isServing ? "serving" : "training")),
              ("tokens", work.tokens.map(JSONText.number)),
              ("steps", work.steps.map(JSONText.number)),
              ("samples", work.samples.map(JSONText.number)),
            ])
          })
      ),
    ])
  }
}
