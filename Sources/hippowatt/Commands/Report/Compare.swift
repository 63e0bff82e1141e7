import Accounting
import ArgumentParser
import Canvas
import Linux
import Quantities
import Telemetry

/// Compares recordings; the first is the baseline.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lay recorded runs beside each other, and tell savings from noise.",
    discussion: """
      The first recording is the baseline. A saving is called larger than the noise when 95 of 100
      resamplings of both runs' stretches agree on its sign.

        hippowatt compare fp32.hippo bf16.hippo pruned.hippo
      """)

  @Argument(help: ArgumentHelp("Two recordings or more.", valueName: "file.hippo"))
  var files: [String]

  @Option(help: "table, markdown or json.")
  var format: String = "table"

  func validate() throws {
    guard files.count >= 2 else { throw ValidationError("name two recordings or more") }
    guard ["table", "markdown", "json"].contains(format) else {
      throw ValidationError("--format \(format): write table, markdown or json")
    }
  }

  func run() throws {
    var damages: [String] = []
    var grids: [RunElectricity] = []
    let runs = try zip(files, Accounts.titles(of: files)).map { path, title in
      let run = try Accounts.run(path, title: title) { damages += $0.map { "\(path): \($0)" } }
      grids.append(run.electricity)
      return run.profile
    }
    let comparisons = runs.dropFirst().map { Comparison($0, against: runs[0]) }
    let text =
      format == "json"
      ? Self.json(runs, grids, comparisons, damages)
      : ([Self.table(runs, isMarkdown: format == "markdown")] + runs.compactMap(Self.pauses)
        + Self.waiting(runs)
        + comparisons.map { Self.sentence($0) } + [Self.electricity(grids)]
        + damages.map { "Caution: damaged, totals may be wrong: \(sanitized($0))" })
        .joined(separator: "\n\n") + "\n"
    try File.put(text, to: nil)
  }

  // MARK: Table

  private static func table(_ runs: [RunProfile], isMarkdown: Bool) -> String {
    let measure = runs[0].measure
    let head = [
      "run", "J/\(measure.rawValue)", "speed", "power", "time", "energy", "loss", "on",
    ]
    let rows = runs.map { run in
      let mark = run.isModelled ? "≈ " : ""
      return [
        run.name, run.joules(per: measure).map { mark + SI.string($0, "J") } ?? "–",
        speed(run), run.meanPower.map { mark + SI.string($0, "W") } ?? "–",
        run.isTimed ? SI.duration(run.seconds) : "–",
        run.joules.map { mark + SI.energy($0).joined } ?? "–",
        run.losses.last.map { SI.significant($0.loss, digits: 4) } ?? "–", ground(run),
      ].map(sanitized)
    }
    return isMarkdown ? TextColumns.markdown(head, rows) : TextColumns.plain(head, rows)
  }

  /// What is in no run's joules per step: the evaluations and checkpoints that its job tells; and what
  /// its useful steps took.
  private static func pauses(_ run: RunProfile) -> String? {
    var words = (run.pauses?.items ?? []).map { item in
      let energy = item.joules.map { " and \(SI.energy($0).joined)" } ?? ""
      return "without \(item.words) of \(SI.duration(item.seconds))\(energy)"
    }
    if let joules = run.joulesPerUsefulStep {
      words.append(
        "\(SI.string(joules, "J")) per useful step of this run: "
          + "\(SI.count(run.redone)) of \(SI.count(run.steps)) were redone")
    }
    return words.isEmpty ? nil : sanitized("\(run.name): " + words.joined(separator: "; ") + ".")
  }

  /// What each run waited for, where that is worth a word of one of them.
  private static func waiting(_ runs: [RunProfile]) -> [String] {
    let accounts = runs.compactMap { run in run.waiting.map { (run.name, $0) } }
    guard accounts.contains(where: { $0.1.kind != nil || !$0.1.reservation.isEmpty }) else {
      return []
    }
    return accounts.map { name, waiting in
      // The verdict of a run that waited for nothing says itself what it leaves open.
      let rest = waiting.kind == nil ? "" : waiting.reservation
      let words = [waiting.verdict, waiting.price, rest].filter { !$0.isEmpty }
        .joined(separator: " ")
      return sanitized("\(name): \(words)")
    }
  }

  private static func speed(_ run: RunProfile) -> String {
    if let rate = run.tokensPerSecond { return SI.text(rate, "tokens/s", smallest: 0).joined }
    return run.secondsPerStep.map { SI.duration($0) + "/step" } ?? "–"
  }

  private static func ground(_ run: RunProfile) -> String {
    let isNamed = !run.accelerator.isEmpty
    let hardware =
      run.devices > 1
      ? "\(run.devices) \(isNamed ? "× " + run.accelerator : "GPUs")" : run.accelerator
    return [hardware, run.precision?.rawValue ?? "", run.framework].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// What each run drew from the grid, and how that differs from the baseline's.
  private static func electricity(_ grids: [RunElectricity]) -> String {
    (grids.map(\.line) + grids.dropFirst().map { $0.sentence(beside: grids[0]) })
      .joined(separator: "\n")
  }

  /// The saving or extra cost of a run, with its cautions.
  static func sentence(_ comparison: Comparison) -> String {
    let (run, baseline) = (sanitized(comparison.run.name), sanitized(comparison.baseline.name))
    var text = ""
    // Quality first: a cheaper token is no saving where the same loss takes more of them.
    if let equal = comparison.equalLoss {
      text += "\(run) \(equal.words.amount) \(equal.words.of), beside \(baseline). "
    }
    if let reason = comparison.equalLossAbsence {
      text +=
        "\(run) beside \(baseline): joules to the same loss unknown, because \(sanitized(reason)). "
    }
    guard let words = comparison.words else {
      return text + "\(run) beside \(baseline): cannot be compared."
    }
    text +=
      "\(run) \(words.amount) \(words.of) joules per \(comparison.measure.rawValue)"
      + " beside \(baseline): "
    text += comparison.verdict + "."
    if let losses = comparison.lossAtEqualProgress {
      let unit = comparison.run.progressUnit
      text +=
        " Loss \(SI.significant(losses.run, digits: 4)) against "
        + "\(SI.significant(losses.baseline, digits: 4)) after "
        + SI.text(losses.progress, unit, smallest: 0).joined + "."
    }
    for caution in comparison.cautions { text += " Caution: \(caution)." }
    return text
  }

  // MARK: JSON

  private static func json(
    _ runs: [RunProfile], _ grids: [RunElectricity], _ comparisons: [Comparison],
    _ damages: [String]
  ) -> String {
    let profiles = zip(runs, grids).map { run, grid in
      JSONText.object([
        ("name", .text(run.name)), ("job", .text(run.job)), ("framework", .text(run.framework)),
        ("precision", run.precision.map { .text($0.rawValue) }),
        ("accelerator", .text(run.accelerator)), ("devices", .number(Double(run.devices))),
        ("seconds", run.isTimed ? .number(run.seconds) : nil), ("steps", .number(run.steps)),
        (run.measure == .outputToken ? "output_tokens" : "tokens", run.tokens.map(JSONText.number)),
        ("joules", run.joules.map(JSONText.number) ?? .null),
        ("joules_per_token", run.joules(per: .token).map(JSONText.number)),
        ("joules_per_output_token", run.joules(per: .outputToken).map(JSONText.number)),
        ("joules_per_step", run.joulesPerStep.map(JSONText.number)),
        ("joules_per_sample", run.joulesPerSample.map(JSONText.number)),
        ("joules_per_epoch", run.joules(per: .epoch).map(JSONText.number)),
        ("joules_per_request", run.joules(per: .request).map(JSONText.number)),
        ("joules_per_useful_step", run.joulesPerUsefulStep.map(JSONText.number)),
        ("redone_steps", run.redone > 0 ? .number(run.redone) : nil),
        ("waiting", run.waiting.map(RunReport.json)),
        ("pauses", run.pauses.map { .list($0.items.map(RunReport.json)) }),
        (
          run.measure == .outputToken ? "output_tokens_per_second" : "tokens_per_second",
          run.tokensPerSecond.map(JSONText.number)
        ),
        ("watts", run.meanPower.map(JSONText.number)),
        ("loss", run.losses.last.map { .number($0.loss) }),
        ("peak_memory_bytes", run.peakMemory.map(JSONText.number)),
        ("modelled", .flag(run.isModelled)), ("simulated", .flag(run.isSimulated)),
        ("electricity", grid.json),
      ])
    }
    let verdicts = zip(comparisons, grids.dropFirst()).map { comparison, grid in
      // Of what cannot be compared there is no interval either.
      let interval = comparison.saving == nil ? nil : comparison.interval
      return JSONText.object([
        ("run", .text(comparison.run.name)), ("baseline", .text(comparison.baseline.name)),
        ("per", .text(comparison.measure.rawValue)),
        ("saving", comparison.saving.map(JSONText.number)),
        ("saving_low", interval.map { .number($0.lowerBound) }),
        ("saving_high", interval.map { .number($0.upperBound) }),
        (
          "larger_than_noise",
          interval.flatMap { _ in comparison.isLargerThanNoise.map(JSONText.flag) }
        ),
        ("equal_loss", comparison.equalLoss.map { .number($0.loss) }),
        ("equal_loss_unknown_because", comparison.equalLossAbsence.map(JSONText.text)),
        ("equal_loss_basis", comparison.equalLoss.map { .text($0.kind) }),
        ("equal_loss_ratio", comparison.equalLoss.map { .number($0.ratio) }),
        ("equal_loss_ratio_low", comparison.equalLoss?.bounds.map { .number($0.lowerBound) }),
        ("equal_loss_ratio_high", comparison.equalLoss?.bounds.map { .number($0.upperBound) }),
        ("electricity", grid.json(beside: grids[0])),
        ("cautions", .list(comparison.cautions.map(JSONText.text))),
      ])
    }
    return JSONText.object([
      ("runs", .list(profiles)), ("comparisons", .list(verdicts)),
      ("damages", damages.isEmpty ? nil : .list(damages.map(JSONText.text))),
    ]).written + "\n"
  }
}
