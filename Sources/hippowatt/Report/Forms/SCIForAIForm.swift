import Quantities

/// The Green Software Foundation's SCI for AI: a provider's score of training and a consumer's score of
/// serving.
enum SCIForAIForm {
  static let form = ReportForm(
    name: "sci-ai", title: "Green Software Foundation, SCI for AI", tellsContracts: true
  ) {
    set, facts in [ReportForm.Page(name: "sci-ai.md", text: text(set, facts))]
  }

  private static func text(_ set: RunSet, _ facts: FormFacts) -> String {
    "# Software Carbon Intensity for AI\n\n"
      + "By the SCI for AI specification of the Green Software Foundation, on ISO/IEC 21031. "
      + "\(CarbonScore.boundary)\n\n" + FormText.alarms(set)
      + "## Provider: making the model\n\n" + provider(set, facts)
      + "\n\n## Consumer: using the model\n\n" + consumer(set, facts)
      + "\n\n## Recordings\n\n" + FormText.recordings(set) + "\n"
      + FormText.contracts(set, facts)
  }

  private static func provider(_ set: RunSet, _ facts: FormFacts) -> String {
    guard !set.training.isEmpty else {
      return "unknown, because no recording here is of training."
    }
    if let reason = RunSet.purpose(set.training) { return "unknown, because \(reason)." }
    let score = CarbonScore(of: set.training, in: set, facts)
    let own: [FunctionalUnit] = [.flop, .token, .parameter]
    let unit = facts.unit.flatMap { own.contains($0) ? $0 : nil } ?? .token
    let rows: [(String, [String])] =
      score.rows + [
        (
          "functional unit", [unit.words, rationale(unit, isStated: facts.unit == unit)]
        ),
        row(
          "per FLOP (effective)", "10^15 FLOP", score, set.trainingFLOP.map { $0 / 1e15 },
          "Effective: operations that the tokens took, by formula; not what the hardware could do. "
        ),
        row(
          "per training token (gross)", "1 000 tokens", score, set.trainingTokens.map { $0 / 1000 },
          "Gross: every token that was processed, repeated passes included. "),
        row(
          "per parameter (gross)", "10^9 parameters", score, set.parameters.map { $0 / 1e9 },
          "Gross: all parameters, active or not. "),
        (
          "what is in it",
          [
            "these recordings",
            "All of each, failed and intermediate runs included, as far as they are named here. "
              + "Collecting and preparing data, deployment and retirement are not, unless they were "
              + "recorded.",
          ]
        ),
      ]
    return FormText.table(rows)
  }

  private static func row(
    _ name: String, _ unit: String, _ score: CarbonScore, _ count: Answer<Double>, _ basis: String
  ) -> (String, [String]) {
    let result = score.score(per: count).map({ $0 }) { basis + $0 }
    return (name, result.cells { score.written($0, unit) })
  }

  private static func rationale(_ unit: FunctionalUnit, isStated: Bool) -> String {
    let why =
      switch unit {
      case .flop: "it tells how frugal algorithm and hardware are"
      case .parameter: "it tells how frugal the model's design is"
      default: "it tells how frugally data are used, and needs no formula"
      }
    return (isStated ? "Chosen by the user: " : "The standard choice here: ") + why + "."
  }

  private static func consumer(_ set: RunSet, _ facts: FormFacts) -> String {
    guard !set.serving.isEmpty else {
      return "unknown, because no recording here is of serving."
    }
    let score = CarbonScore(of: set.serving, in: set, facts)
    let rows: [(String, [String])] =
      score.rows + [
        (
          "functional unit",
          ["output token", "What users are given and pay for; requests stand beside it."]
        ),
        row(
          "per output token", "1 000 000 output tokens", score,
          set.count(.outputToken).map { $0 / 1e6 }, ""),
        row("per request", "1 000 requests", score, set.count(.request).map { $0 / 1000 }, ""),
        (
          "what is in it",
          [
            "these recordings",
            "The server's machine, idling included. Gateways, orchestration, storage and the users' "
              + "own devices are not, unless they were recorded.",
          ]
        ),
      ]
    return FormText.table(rows)
  }
}
