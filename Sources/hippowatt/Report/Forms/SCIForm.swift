import Accounting
import Quantities
import Telemetry

/// The Software Carbon Intensity of ISO/IEC 21031.
enum SCIForm {
  static let form = ReportForm(
    name: "sci", title: "ISO/IEC 21031, Software Carbon Intensity", tellsContracts: true
  ) {
    set, facts in [ReportForm.Page(name: "sci.md", text: try text(set, facts))]
  }

  private static func text(_ set: RunSet, _ facts: FormFacts) throws -> String {
    let isServing = set.training.isEmpty
    if !isServing, !set.serving.isEmpty {
      throw Failure(
        "sci is of one software: \(RunSet.names(set.serving)) served and "
          + "\(RunSet.names(set.training)) did not; report on them apart, or use sci-ai")
    }
    let runs = isServing ? set.serving : set.training
    let score = CarbonScore(of: runs, in: set, facts)
    let unit = facts.unit ?? standard(set, isServing: isServing)
    let result = score.score(per: set.count(unit))
    let rows: [(String, [String])] =
      [("software", set.modelName(facts).cells { $0 })] + score.rows + [
        ("R, functional unit", [unit.words, rationale(unit, isStated: facts.unit != nil)]),
        ("R, count", set.count(unit).cells { FormNumber.scientific($0) }),
        (
          "SCI",
          result.map({ $0 }) { _ in "C over R, both as above." }
            .cells { score.written($0, unit.words) }
        ),
        ("scope 2 (g CO2)", RunSet.scope2(of: runs, in: set).cells { FormNumber.decimal($0) }),
      ]
    return "# Software Carbon Intensity\n\n"
      + "By ISO/IEC 21031: SCI = ((E × I) + M) per R. \(CarbonScore.boundary)\n\n"
      + FormText.alarms(set) + FormText.table(rows) + "\n\n## Recordings\n\n"
      + FormText.recordings(set) + "\n"
      + FormText.contracts(set, facts)
  }

  /// What is counted where the user does not say.
  private static func standard(_ set: RunSet, isServing: Bool) -> FunctionalUnit {
    let units: [FunctionalUnit] = isServing ? [.outputToken, .request] : [.token, .sample, .step]
    return units.first { set.count($0).value != nil } ?? units[0]
  }

  private static func rationale(_ unit: FunctionalUnit, isStated: Bool) -> String {
    if isStated { return "Chosen by the user with --per." }
    return switch unit {
    case .outputToken: "What users are given; the standard choice here for a server."
    case .request: "No count of output tokens is known for all of it, but one of requests."
    case .token: "Runs of other lengths and batches can be compared by it."
    case .sample: "No count of tokens is known for all of it, but one of samples."
    default: "No count of tokens or samples is known for all of it, but one of steps."
    }
  }
}

extension FunctionalUnit {
  /// The unit in words.
  var words: String {
    switch self {
    case .token: "training token"
    case .outputToken: "output token"
    case .flop: "FLOP"
    default: rawValue
    }
  }
}

extension RunSet {
  /// How many of a unit the recordings hold.
  func count(_ unit: FunctionalUnit) -> Answer<Double> {
    switch unit {
    case .token: trainingTokens
    case .step: trainingSteps
    case .sample: trainingSamples
    case .flop: trainingFLOP
    case .parameter: parameters
    case .outputToken:
      served("output tokens", "Output tokens as the server counts them.") { serving in
        serving.measure == .outputToken && serving.outputTokens > 0 ? serving.outputTokens : nil
      }
    case .request:
      served("served requests", "Requests that were served, as the server counts them.") {
        $0.requests.flatMap { $0 > 0 ? $0 : nil }
      }
    }
  }
}
