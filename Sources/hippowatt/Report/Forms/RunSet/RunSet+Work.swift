import Accounting
import Canvas
import Quantities
import Telemetry

/// What several recordings did: tokens, operations, parameters.
extension RunSet {
  /// Recordings of training that ran at the same time on several machines: perhaps of one job.
  private var simultaneous: (Run, Run)? {
    let own = training.filter { !$0.trainers.isEmpty }
    for (index, first) in own.enumerated() {
      if let second = own[(index + 1)...].first(where: first.isSimultaneous) {
        return (first, second)
      }
    }
    return nil
  }

  /// A sum over all training jobs and all their lives; unknown as soon as one part is.
  private func sum(
    _ what: String, _ method: String, _ amount: (RunReport.Job, JobTotals.Part) -> Double?
  ) -> Answer<Double> {
    guard !training.isEmpty else { return .unknown(because: "no recording here is of training") }
    if let (first, second) = simultaneous {
      return .unknown(
        because: "\(first.name) and \(second.name) ran at the same time, and whether both tell of "
          + "one job is not known: its \(what) could be counted twice")
    }
    var reasons: [String] = []
    var sum = 0.0
    for run in training {
      if run.trainers.isEmpty { reasons.append("\(run.name) recorded no job that trains") }
      for job in run.trainers {
        guard let parts = job.totals?.parts, !parts.isEmpty else {
          reasons.append("\(sanitized(job.device.label)) in \(run.name) told no progress")
          continue
        }
        for part in parts where part.life.whole.seconds > 0 || parts.count == 1 {
          if let amount = amount(job, part) {
            sum += amount
          } else {
            reasons.append(
              "\(sanitized(job.device.label)) in \(run.name) does not tell its \(what), or not all the time"
            )
            break
          }
        }
      }
    }
    guard reasons.isEmpty else { return .unknown(because: reasons.joined(separator: "; ")) }
    guard sum > 0 else { return .unknown(because: "no progress was recorded between two reports") }
    return .known(sum, method: method)
  }

  /// The amount of a life; `nil` where the job tells it for a part of the life only.
  private static func whole(_ work: JobWork?, _ part: JobTotals.Part) -> Double? {
    guard let work else { return nil }
    let isPart = part.cost.isTimed && work.span.seconds < 0.9 * part.life.span.seconds
    return isPart ? nil : work.count
  }

  /// How jobs know an amount, where that is not by counting.
  private func bases(_ work: (JobCost) -> JobWork?) -> String {
    var words: [String] = []
    for part in training.flatMap(\.trainers).compactMap(\.totals).flatMap(\.parts) {
      let found: String? =
        switch work(part.cost)?.basis {
        case .stated: "by the rate that the job states"
        case .scaled: "scaled by the steps where its own counts cover a part of them"
        case .batches: "steps times the batch that the job states"
        case .counted, .statedTime, nil: nil
        }
      if let found, !words.contains(found) { words.append(found) }
    }
    return words.isEmpty ? "" : " In part " + words.joined(separator: ", ") + "."
  }

  /// Tokens of all training jobs and all their lives, those that were trained on twice counted twice.
  var trainingTokens: Answer<Double> {
    sum(
      "tokens",
      "Tokens that the jobs tell between the first and the last report of each run, repeated passes "
        + "and redone steps included (gross)." + bases(\.tokenWork)
    ) { _, part in Self.whole(part.cost.tokenWork, part) }
  }

  /// Optimizer steps of all training jobs and all their lives.
  var trainingSteps: Answer<Double> {
    sum("steps", "Steps between the first and the last report of each run, redone ones included.") {
      _, part in part.life.steps > 0 ? part.life.steps : nil
    }
  }

  /// Samples of all training jobs and all their lives.
  var trainingSamples: Answer<Double> {
    sum(
      "samples",
      "Samples between the first and the last report of each run, repeated ones included."
        + bases(\.sampleWork)
    ) { _, part in Self.whole(part.cost.sampleWork, part) }
  }

  /// Operations of the training by formula.
  var trainingFLOP: Answer<Double> {
    let unknown = training.flatMap { run in
      run.trainers.filter { $0.mfu.count == nil }.map {
        "the parameters of \(sanitized($0.device.label)) in \(run.name) are not known (state them "
          + "with --params)"
      }
    }
    guard unknown.isEmpty else { return .unknown(because: unknown.joined(separator: "; ")) }
    var conventions: [String] = []
    for count in training.flatMap(\.trainers).compactMap(\.mfu.count) {
      let words = "\(count.convention) = \(FormNumber.scientific(count.perToken)) FLOP/token"
      if !conventions.contains(words) { conventions.append(words) }
    }
    return sum(
      "tokens",
      "Tokens between the first and the last report of each run times the model's operations for "
        + "one (\(conventions.joined(separator: "; "))), a multiply-add counted as two; redone steps "
        + "are in it, recomputed activations and evaluations are not." + bases(\.tokenWork)
    ) { job, part in
      Self.whole(part.cost.tokenWork, part).flatMap { tokens in
        job.mfu.count.map { $0.perToken * tokens }
      }
    }
  }

  /// Operations for one token of a request, by formula.
  var inferenceFLOPPerToken: Answer<Double> {
    guard !serving.isEmpty else {
      return .unknown(because: "no recording here is of serving: record a benchmark of the server")
    }
    let counts = serving.flatMap(\.servers).map { job in
      FLOPFormula(work: .inference).count(job.facts.shape)
    }
    guard let first = counts.first, let count = first, counts.allSatisfy({ $0 == count }) else {
      return .unknown(
        because: counts.contains(nil)
          ? "the parameters of the served model are not known (state them with --params)"
          : "the servers recorded here serve models of different sizes")
    }
    return .known(
      count.perToken,
      method: "Forward pass for one token, prompt or output: \(count.convention), a multiply-add "
        + "counted as two; by formula, not measured.")
  }

  /// Tokens that were computed while serving, prompt and output; those found in a cache are not.
  var servedTokens: Answer<Double> {
    guard !serving.isEmpty else { return .unknown(because: "no recording here is of serving") }
    let totals = serving.flatMap(\.servers).map { $0.serving?.totalTokens }
    guard totals.allSatisfy({ $0 != nil }) else {
      return .unknown(
        because: "the server does not tell its computed tokens apart from cached ones")
    }
    return .known(
      totals.reduce(0) { $0 + ($1 ?? 0) },
      method: "Prompt tokens that were computed and output tokens, as the server counts them.")
  }

  /// The parameters of the model, where all recordings agree.
  var parameters: Answer<Double> {
    let all = runs.flatMap(\.report.jobs)
    let known = Set(all.compactMap(\.facts.shape.parameters))
    guard let first = known.first else {
      return .unknown(because: "no job tells them (state them with --params)")
    }
    guard known.count == 1 else {
      let list = known.sorted().map { FormNumber.scientific($0) }.joined(separator: ", ")
      return .unknown(because: "the recordings tell different numbers: \(list)")
    }
    return .known(
      first,
      method: "All weights of the model, as its log or the user states them; exactly "
        + "\(SI.count(first)).")
  }

  /// The hardware of the recordings, each kind once.
  var hardware: Answer<String> {
    var seen: Set<String> = []
    let kinds = runs.map { sanitized($0.report.hardware) }
      .filter { !$0.isEmpty && seen.insert($0).inserted }
    guard !kinds.isEmpty else { return .unknown(because: "no recording names it") }
    return .known(
      kinds.joined(separator: "; "), method: "As drivers and the operating system name it.")
  }
}
