import Accounting
import Quantities
import Telemetry

/// A job as one JSON object.
extension RunReport {
  static func json(_ job: Job) -> JSONText {
    if let serving = job.serving { return json(job, serving) }
    let cost = job.cost
    let isLive = !job.facts.isHistory
    func number(_ value: Double?) -> JSONText? { value.map(JSONText.number) }
    var members: [(String, JSONText?)] = [
      ("name", .text(job.device.label)), ("framework", .text(job.facts.framework)),
      (
        "state",
        job.earlier.map { earlier in
          .text(EarlierRun.words + (earlier.progress.isEmpty ? "" : ": " + earlier.progress))
        }
      ),
      ("steps", number(cost?.steps) ?? .null), ("tokens", number(cost?.tokens)),
      ("samples", number(cost?.samples)), ("requests", number(cost?.requestWork?.count)),
      ("seconds", cost.flatMap { $0.isTimed ? .number($0.span.seconds) : nil } ?? .null),
      ("joules", number(job.joules) ?? .null),
      ("joules_unknown_because", unknownJoules(job).map(JSONText.text)),
      ("caveats", .list(job.caveats.map { .text($0.words) })),
      ("joules_per_step", number(cost?.joulesPerStep)),
      ("step_unknown_because", unknownStep(job).map(JSONText.text)),
      ("joules_per_token", number(cost?.joulesPerToken)),
      ("joules_per_sample", number(cost?.joulesPerSample)),
      ("joules_per_epoch", number(cost?.joulesPerEpoch)),
      ("joules_per_request", number(cost?.joulesPerRequest)),
      ("accuracy", number(job.accuracy)),
      ("tokens_per_second", isLive ? number(cost?.tokensPerSecond) : nil),
      ("samples_per_second", isLive ? number(cost?.samplesPerSecond) : nil),
    ]
    if let cost {
      members.append(("tokens_over", cost.tokenWork.flatMap { stretch($0, cost) }))
      members.append(("samples_over", cost.sampleWork.flatMap { stretch($0, cost) }))
    }
    members += [
      ("step", number(job.outlook?.step ?? job.earlier?.step)),
      ("step_total", number(job.outlook?.stepTotal ?? job.earlier?.stepTotal)),
      ("epoch", number(job.outlook?.epoch ?? job.earlier?.epoch)),
      ("epoch_total", number(job.outlook?.epochTotal)),
      ("seconds_per_epoch", number(cost?.secondsPerEpoch)),
      ("seconds_to_go", number(job.outlook?.seconds)),
      ("joules_to_go", number(job.outlook?.joules)),
    ]
    if let times = job.stepTimes, !times.isStated || job.isTimed {
      members.append(("median_step_seconds", .number(times.median)))
    }
    members.append(("step_seconds", job.stepTimes.map(json)))
    members.append(("waiting", job.waiting.map(json)))
    members.append(("pauses", job.pauses.map { .list($0.items.map(json)) }))
    members += lives(job)
    members += [
      ("loss", job.cost == nil ? nil : number(job.losses?.last)),
      ("first_loss", number(job.losses?.first)), ("best_loss", number(job.losses?.best)),
      ("validation_loss", number(job.validationLoss)),
    ]
    let mfu = job.mfu
    members += [
      ("flop_per_second", isLive ? number(mfu.flopRate) : nil),
      ("mfu", isLive ? number(mfu.share) : nil),
      ("mfu_convention", mfu.count.map { .text($0.convention) }),
      ("mfu_unknown_because", mfu.reason.isEmpty ? nil : .text(mfu.reason)),
      ("mfu_stated", number(mfu.reported)), ("tensor_active", number(mfu.hardware)),
      ("target", job.target.map { .text(targetText($0)) }),
    ]
    return JSONText.object(members + endingMembers(job) + timeMembers(job))
  }

  /// A server as one JSON object.
  private static func json(_ job: Job, _ serving: ServingCost) -> JSONText {
    let unknown = job.joules == nil ? serving.absence ?? unknownServing(job, serving) : nil
    let members: [(String, JSONText?)] = [
      ("name", .text(job.device.label)), ("framework", .text(job.facts.framework)),
      ("serves", .flag(true)), ("fault", job.fault.map(JSONText.text)),
      ("seconds", .number(serving.span.seconds)),
      ("joules", job.joules.map(JSONText.number) ?? .null),
      ("joules_unknown_because", unknown.map(JSONText.text)),
      ("caveats", .list(job.caveats.map { .text($0.words) })),
    ]
    return JSONText.object(
      members + [("waiting", job.waiting.map(json))] + servingMembers(serving) + endingMembers(job))
  }

  /// How a job ended, if it did.
  private static func endingMembers(_ job: Job) -> [(String, JSONText?)] {
    [
      ("ending", job.ending?.cause.map { .text($0.rawValue) }),
      ("ending_words", job.ending.map { .text($0.text) }),
    ]
  }

  /// The stretch and the way an amount is known by.
  private static func stretch(_ work: JobWork, _ cost: JobCost) -> JSONText? {
    guard cost.isTimed else { return nil }
    return JSONText.object([
      ("started", .number(work.span.start.seconds)), ("seconds", .number(work.span.seconds)),
      ("paused_seconds", .number(work.pausedSeconds)), ("by", .text(work.basis.rawValue)),
    ])
  }

  private static func json(_ times: StepTimes) -> JSONText {
    JSONText.object([
      ("tenth", .number(times.tenth)), ("median", .number(times.median)),
      ("ninetieth", .number(times.ninetieth)), ("longest", .number(times.longest)),
      ("by", .text(times.isStated ? "the job" : "its reports")),
    ])
  }

  static func json(_ item: PauseAccount.Item) -> JSONText {
    JSONText.object([
      ("kind", .text(item.kind.rawValue)), ("count", .number(Double(item.count))),
      ("seconds", .number(item.seconds)), ("joules", item.joules.map(JSONText.number) ?? .null),
      ("in_joules_per_step", .flag(item.kind == .unnamed)),
    ])
  }

  /// The lives of a job that was restarted, and their sum.
  private static func lives(_ job: Job) -> [(String, JSONText?)] {
    guard let totals = job.totals else { return [] }
    var members: [(String, JSONText?)] = []
    if totals.parts.count > 1 || job.cost == nil {
      let runs = totals.parts.map { part in
        JSONText.object([
          ("started", job.isTimed ? .number(part.life.span.start.seconds) : .null),
          ("began_by", part.life.cause.map { .text($0.rawValue) }),
          ("first_step", part.life.firstStep.map(JSONText.number)),
          ("last_step", part.life.lastStep.map(JSONText.number)),
          ("steps", .number(part.life.steps)), ("redone_steps", .number(part.life.redone)),
          ("joules", part.joules.map(JSONText.number) ?? .null),
          ("joules_per_step", part.cost.joulesPerStep.map(JSONText.number)),
        ])
      }
      members.append(("runs", .list(runs)))
    }
    guard totals.parts.count > 1 || totals.redone > 0 else { return members }
    return members + [
      (
        "all_runs",
        JSONText.object([
          ("steps", .number(totals.steps)), ("redone_steps", .number(totals.redone)),
          ("useful_steps", .number(totals.usefulSteps)),
          ("joules", totals.joules.map(JSONText.number) ?? .null),
          ("joules_per_useful_step", totals.joulesPerUsefulStep.map(JSONText.number)),
        ])
      )
    ]
  }
}
