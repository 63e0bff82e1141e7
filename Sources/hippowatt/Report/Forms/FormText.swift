import Accounting
import Canvas
import Dashboard
import Quantities
import Telemetry

/// What several forms write alike.
enum FormText {
  /// A table of fields: what is asked, the answer, and what it rests on.
  static func table(_ rows: [(String, [String])]) -> String {
    TextColumns.markdown(
      ["field", "answer", "how it was counted, or why it is unknown"], rows.map { [$0.0] + $0.1 })
  }

  /// The recordings that were added up, each with its ending.
  static func recordings(_ set: RunSet) -> String {
    let rows = set.runs.map { run in
      let report = run.report
      return [
        run.name, sanitized(report.machine),
        report.isTimeless ? "unknown" : RunReport.dates(report.span) { _ in 0 },
        of(run), run.ending,
        report.energy.map { energy in
          (energy.isModelled ? "≈ " : "") + FormNumber.decimal(energy.joules / 3.6e6)
            + " (\(SI.percent(energy.coverage)) % covered)"
        } ?? "unknown",
      ]
    }
    return TextColumns.markdown(
      ["recording", "machine", "from, to", "of", "ending", "kWh"], rows)
  }

  /// What a recording is of: training or serving, and by which jobs.
  private static func of(_ run: RunSet.Run) -> String {
    let jobs = run.report.jobs.map { sanitized($0.device.label) }.joined(separator: ", ")
    return switch run.kind {
    case .training: "training: \(jobs)"
    case .serving: "serving: \(jobs)"
    case .mixed: "training and serving: \(jobs)"
    case .power: "power, no job"
    }
  }

  /// What contracts deliver, apart from everything else; empty where nobody states any.
  static func contracts(_ set: RunSet, _ facts: FormFacts) -> String {
    guard let contract = facts.contract else { return "" }
    let score = contract.score(set)
    return "\n## Market-based, declared by the user\n\n"
      + "No other figure here has any of it.\n\n"
      + table([("24/7 carbon-free energy score (%)", score.cells(whole))]) + "\n"
  }

  /// A share in percent that is called 100 only where nothing is missing.
  private static func whole(_ share: Double) -> String {
    let text = SI.percent(share)
    return text == "100" && share < 1 ? "more than 99" : text
  }

  /// The sentence on the type of training; none where nothing was trained.
  static func trainingType(_ set: RunSet, _ facts: FormFacts) -> [String] {
    guard !set.training.isEmpty else { return [] }
    let type = set.trainingType(facts)
    return ["Type of training: " + (type.value.map { "\($0.rawValue)." } ?? type.sentence)]
  }

  /// What must be read before anything else.
  static func alarms(_ set: RunSet) -> String {
    var text = set.isSimulated ? "**SIMULATED**: numbers of these recordings were made up.\n\n" : ""
    for damage in set.damages {
      text += "**DAMAGED**, totals may be wrong: \(TextColumns.escaped(damage)).\n\n"
    }
    return text
  }

  /// A time in UTC by RFC 3339, in whole seconds.
  static func time(_ time: Timestamp) -> String {
    let civil = CivilTime(time, offset: 0)
    return "\(civil.isoDate)T\(civil.clock)Z"
  }

  /// The same with a blank between, as BoAmps writes it.
  static func dateTime(_ time: Timestamp) -> String {
    let civil = CivilTime(time, offset: 0)
    return "\(civil.isoDate) \(civil.clock)"
  }
}
