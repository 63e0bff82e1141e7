import Accounting
import Quantities
import Telemetry

/// The energy and compute part of the Model Documentation Form of the EU's Code of Practice for
/// general-purpose AI models (AI Act, Annex XI).
enum GPAIForm {
  static let form = ReportForm(
    name: "gpai", title: "EU AI Act, Model Documentation Form, energy and compute",
    tellsContracts: true
  ) { set, facts in [ReportForm.Page(name: "gpai.md", text: text(set, facts))] }

  private static func text(_ set: RunSet, _ facts: FormFacts) -> String {
    let energy = RunSet.energy(of: set.training, in: set)
    let isModelled = set.training.contains { $0.report.energy?.isModelled ?? false }
    let mark = isModelled ? "≈ " : ""
    func days(_ seconds: Double) -> String { FormNumber.decimal(seconds / 86_400) }
    var rows: [(String, [String])] = [
      ("model", set.modelName(facts).cells { $0 }),
      ("type of training", set.trainingType(facts).cells(\.rawValue)),
      ("model size (parameters)", set.parameters.cells { FormNumber.scientific($0) }),
      ("training time, band", band(set).cells { $0 }),
      ("training time, wall clock (days)", set.trainingSeconds.cells(days)),
      ("training time, hardware-days (accelerators)", set.deviceSeconds.cells(days)),
      ("hardware used", set.hardware.cells { $0 }),
      ("training compute (FLOP)", set.trainingFLOP.cells { FormNumber.scientific($0) }),
      (
        "energy of training (MWh)",
        energy.map({ $0 }) { $0 + " " + set.overhead(isCounted: false) }
          .cells { mark + FormNumber.decimal($0 / 3.6e9) }
      ),
    ]
    if let pue = set.pue {
      rows.append(
        (
          "energy of training with the site's overhead (MWh)",
          energy.map({ $0 * pue }) { _ in
            "The figure above. " + set.overhead(isCounted: true)
          }.cells { "≈ " + FormNumber.decimal($0 / 3.6e9) }
        ))
    }
    rows += [
      (
        "inference compute, per token (FLOP)",
        set.inferenceFLOPPerToken.cells { FormNumber.scientific($0) }
      ),
      ("inference compute, of the benchmark (FLOP)", benchmark(set)),
    ]
    return "# Model documentation: energy and compute\n\n"
      + "For the Model Documentation Form of the Code of Practice for general-purpose AI models "
      + "(Regulation (EU) 2024/1689, Annex XI). Only what was recorded is counted; whether these "
      + "are all runs of the training, failed and intermediate ones included, is for you to say.\n\n"
      + FormText.alarms(set) + FormText.table(rows) + "\n\n## Recordings\n\n"
      + FormText.recordings(set) + "\n"
      + FormText.contracts(set, facts)
  }

  private static func benchmark(_ set: RunSet) -> [String] {
    switch (set.inferenceFLOPPerToken, set.servedTokens) {
    case (.known(let each, _), .known(let tokens, let method)):
      [
        FormNumber.scientific(each * tokens),
        "\(SI.count(tokens)) tokens times the operations for one. \(method)",
      ]
    case (.unknown(let reason), _), (_, .unknown(let reason)): ["unknown", "because \(reason)"]
    }
  }

  /// The mean month of the Gregorian calendar, in seconds.
  private static let month = 365.2425 / 12 * 86_400

  private static func band(_ seconds: Double) -> String {
    switch seconds / month {
    case ..<1: "less than 1 month"
    case ..<3: "1 to 3 months"
    case ..<6: "3 to 6 months"
    default: "more than 6 months"
    }
  }

  /// The band, where the time that was recorded and the time from first to last agree on it.
  private static func band(_ set: RunSet) -> Answer<String> {
    guard case .known(let seconds, _) = set.trainingSeconds else {
      return set.trainingSeconds.map { band($0) }
    }
    let spans = set.training.map(\.report.span)
    guard let first = spans.map(\.start).min(), let last = spans.map(\.end).max() else {
      return .unknown(because: "no recording here is of training")
    }
    let (recorded, whole) = (band(seconds), band(last - first))
    let dates = "from \(FormText.time(first)) to \(FormText.time(last))"
    guard recorded == whole else {
      return .unknown(
        because:
          "\(FormNumber.decimal(seconds / 86_400)) days were recorded (\(recorded)), but the "
          + "recordings lie \(dates) (\(whole)): decide which of both is the training's time")
    }
    return .known(recorded, method: "The recordings lie \(dates).")
  }
}
