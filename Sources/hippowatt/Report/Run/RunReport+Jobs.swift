import Accounting
import Canvas
import Dashboard
import Quantities
import Telemetry

/// What a report says of a job.
extension RunReport {
  func jobFacts(_ job: Job, isFull: Bool) -> [(String, String)] {
    var facts = [("job", sanitized(job.device.label))]
    func add(_ name: String, _ value: String?) {
      if let value { facts.append(("  " + name, value)) }
    }
    if let serving = job.serving {
      facts += Self.servingFacts(job, serving)
      if isFull { facts += waitingFacts(job.waiting, indent: "  ") }
      add("end", job.ending.map { sanitized($0.text) })
      return facts
    }
    add(
      "state",
      job.earlier.map { earlier in
        EarlierRun.words + (earlier.progress.isEmpty ? "" : ": " + earlier.progress)
      })
    facts += progressFacts(job)
    if let cost = job.cost {
      let tokens = cost.tokenWork
      add(
        "tokens",
        tokens.map { SI.text($0.count, "", smallest: 0).joined + Self.stretch($0, beside: cost) })
      add(
        "per step",
        cost.joulesPerStep.map { SI.string($0, "J") + Self.paused(job) }
          ?? Self.unknownStep(job).map { "unknown: \($0)" })
      add("per token", cost.joulesPerToken.map { SI.string($0, "J") })
      if cost.steps == 0 { add("per epoch", cost.joulesPerEpoch.map { SI.string($0, "J") }) }
      add("per request", cost.joulesPerRequest.map { SI.string($0, "J") })
    }
    if isFull { facts += waitingFacts(job.waiting, indent: "  ") }
    facts += lifeFacts(job)
    add("energy", Self.unknownJoules(job).map { "unknown, because \($0)" })
    for caveat in job.caveats where !caveat.isAbsence { add("▲", sanitized(caveat.words)) }
    if let losses = job.losses, job.cost != nil {
      let last = SI.significant(losses.last, digits: 4)
      let course =
        isFull && losses.curve.count > 1
        ? ", from \(SI.significant(losses.first, digits: 4)), "
          + "best \(SI.significant(losses.best, digits: 4))" : ""
      let picture = isFull && !losses.picture.isEmpty ? "  " + losses.picture : ""
      add("loss", last + course + picture)
    }
    add("end", job.ending.map { sanitized($0.text) })
    let notes = Self.timeNotes(job.facts, isTold: isFull && energy == nil)
    for (index, note) in notes.enumerated() { facts.append((index == 0 ? "  times" : "", note)) }
    guard isFull, let cost = job.cost else { return facts }
    return facts + details(job, cost)
  }

  /// How far it came: steps and epochs.
  private func progressFacts(_ job: Job) -> [(String, String)] {
    guard let cost = job.cost else { return [] }
    var facts: [(String, String)] = []
    let outlook = job.outlook
    let last = outlook?.step ?? job.totals?.parts.last?.life.lastStep
    if cost.steps > 0 {
      let total = outlook?.stepTotal.map { ", at step \(SI.count(last ?? 0)) of \(SI.count($0))" }
      facts.append(("  steps", SI.count(cost.steps) + (total ?? "")))
    } else if let last {
      facts.append(("  step", SI.count(last)))
    }
    if let epoch = outlook?.epoch {
      let of = outlook?.epochTotal.map { " of " + Self.epochs($0) } ?? ""
      facts.append(("  epoch", Self.epochs(epoch) + of))
    }
    if let work = cost.requestWork {
      facts.append(("  requests", SI.count(work.count) + Self.stretch(work, beside: cost)))
    }
    return facts
  }

  private static func epochs(_ count: Double) -> String {
    count == count.rounded() ? SI.count(count) : SI.fixed(count, 2)
  }

  /// The stretch that an amount is known for, where that is another than the steps'.
  private static func stretch(_ work: JobWork, beside cost: JobCost) -> String {
    guard cost.isTimed, cost.steps > 0 else { return "" }
    var words: [String] = []
    if abs(work.span.seconds - cost.span.seconds) > 0.01 * cost.span.seconds {
      words.append("in \(SI.duration(work.span.seconds)) between its own counts")
    }
    switch work.basis {
    case .stated: words.append("by the rate it states")
    case .scaled: words.append("by the steps")
    case .batches: words.append("steps times the batch it states")
    case .counted, .statedTime: break
    }
    return words.isEmpty ? "" : " (" + words.joined(separator: ", ") + ")"
  }

  /// `, without 2 evaluations and 1 checkpoint`, where such are left out of a step's joules.
  private static func paused(_ job: Job) -> String {
    let named = (job.pauses?.items ?? []).filter { $0.kind != .unnamed }
    guard let cost = job.cost, cost.pauses > 0, !named.isEmpty else { return "" }
    return ", without " + named.map(\.words).joined(separator: " and ")
  }

  /// Why no joules are told for a step, where those of the job are known.
  static func unknownStep(_ job: Job) -> String? {
    guard let cost = job.cost, cost.steps > 0, cost.joulesPerStep == nil, job.joules != nil else {
      return nil
    }
    return cost.shortfall
  }

  /// The lives of a job that was restarted, each apart, and their sum.
  private func lifeFacts(_ job: Job) -> [(String, String)] {
    guard let totals = job.totals else { return [] }
    var facts: [(String, String)] = []
    if totals.parts.count > 1 || job.cost == nil {
      for (index, part) in totals.parts.enumerated() {
        let life = part.life
        var words: [String] = []
        if let first = life.firstStep, let last = life.lastStep {
          words.append(
            "\(SI.count(life.steps)) steps, from \(SI.count(first)) to \(SI.count(last))")
        }
        if life.redone > 0 { words.append("\(SI.count(life.redone)) of them redone") }
        words.append(part.joules.map { SI.energy($0).joined } ?? "joules unknown")
        if let joules = part.cost.joulesPerStep { words.append(SI.string(joules, "J/step")) }
        facts.append(("  run \(index + 1)", words.joined(separator: ", ")))
      }
    }
    guard totals.parts.count > 1 || totals.redone > 0 else { return facts }
    var words: [String] = []
    if totals.usefulSteps > 0 || totals.parts.contains(where: { $0.life.lastStep != nil }) {
      words.append("\(SI.count(totals.usefulSteps)) steps")
    } else {
      words.append("\(SI.count(Double(totals.parts.count))) runs")
    }
    if totals.redone > 0 { words[0] += " and \(SI.count(totals.redone)) redone" }
    words.append(totals.joules.map { SI.energy($0).joined } ?? "joules unknown")
    if let joules = totals.joulesPerUsefulStep {
      words.append(SI.string(joules, "J") + " per useful step")
    }
    facts.append(("  all runs", words.joined(separator: ", ")))
    return facts
  }

  private func details(_ job: Job, _ cost: JobCost) -> [(String, String)] {
    var facts: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value { facts.append(("  " + name, value)) }
    }
    let isLive = !job.facts.isHistory
    add("val loss", job.validationLoss.map { SI.significant($0, digits: 4) })
    if let work = cost.sampleWork, work.basis != .batches {
      let energy =
        work.energy.flatMap { $0.covered > 0 ? ", " + SI.energy($0.joules).joined : nil } ?? ""
      let time = cost.isTimed ? " in \(SI.duration(work.span.seconds))" : ""
      add("samples", "\(SI.count(work.count))\(time)\(energy)")
    }
    add("per sample", cost.joulesPerSample.map { SI.string($0, "J") })
    if cost.steps > 0 { add("per epoch", cost.joulesPerEpoch.map { SI.string($0, "J") }) }
    add("accuracy", job.accuracy.map { SI.significant($0, digits: 4) })
    add(
      "per kWh", cost.tokensPerKilowattHour.map { SI.text($0, "tokens", smallest: 0).joined })
    if isLive { add("speed", Self.speed(cost)) }
    add("step time", Self.stepTimeText(job, cost))
    if isLive || cost.isTimed, cost.steps == 0 {
      add("epoch time", cost.secondsPerEpoch.map { SI.duration($0) })
    }
    for item in job.pauses?.items ?? [] {
      add(item.kind == .unnamed ? "apart" : "paused", text(item, job, cost))
    }
    add("MFU", Self.mfuText(job.mfu))
    if let reported = job.mfu.reported {
      let framework = job.facts.framework.isEmpty ? "the job" : sanitized(job.facts.framework)
      let words = FLOPConvention(framework: job.facts.framework).map { " (\($0.words))" } ?? ""
      add("MFU stated", "\(SI.percent(reported)) % by \(framework)\(words)")
    }
    if let hardware = job.mfu.hardware {
      let verdict = job.mfu.verdict.isEmpty ? "" : "; " + job.mfu.verdict
      add("tensor", "\(SI.percent(hardware)) % busy, a hardware estimate\(verdict)")
    }
    if let outlook = job.outlook {
      if let left = outlook.seconds, left > 0 {
        let energy = outlook.joules.map { ", ≈ " + SI.energy($0).joined } ?? ""
        add("to go", "≈ \(SI.duration(left))\(energy)")
      }
      add(
        "data", outlook.chinchilla.map { "\(SI.significant($0 * 20)) tokens for each parameter" })
    }
    add("target", job.target.map(Self.targetText))
    return facts
  }

  private static func speed(_ cost: JobCost) -> String? {
    if let rate = cost.tokensPerSecond { return SI.text(rate, "tokens/s", smallest: 0).joined }
    if let rate = cost.samplesPerSecond { return SI.text(rate, "samples/s", smallest: 0).joined }
    if let seconds = cost.secondsPerStep, seconds > 0 {
      return SI.text(1 / seconds, "steps/s", smallest: 0).joined
    }
    return cost.isTimed
      ? cost.requestWork?.perSecond.map { SI.text($0, "requests/s", smallest: 0).joined } : nil
  }

  private static func stepTimeText(_ job: Job, _ cost: JobCost) -> String? {
    guard let times = job.stepTimes else {
      return cost.secondsPerStep.map { SI.duration($0) + ", the mean" }
    }
    let source = times.isStated ? " as stated" : ""
    guard times.longest > times.tenth * 1.005 else {
      return SI.duration(times.median) + ", the median" + source
    }
    return "\(SI.duration(times.median)), the median\(source); a tenth below "
      + "\(SI.duration(times.tenth)), a tenth above \(SI.duration(times.ninetieth)), "
      + "the longest \(SI.duration(times.longest))"
  }

  /// The pauses of a kind, with their seconds and joules.
  private func text(_ item: PauseAccount.Item, _ job: Job, _ cost: JobCost) -> String {
    let energy = item.joules.map { ", ≈ " + SI.energy($0).joined } ?? ""
    guard item.kind == .unnamed, let pauses = job.pauses else {
      return "\(item.words): \(SI.duration(item.seconds))\(energy)"
    }
    // Single reports are kept for a while only, so those of a long run do not reach its
    // beginning.
    let isPart = pauses.since - cost.span.start > 60
    let of = isPart ? " in the last \(SI.duration(cost.span.end - pauses.since))" : ""
    return "\(item.words): \(SI.duration(item.seconds))\(energy)\(of)"
  }
}
