import Accounting
import Quantities
import Telemetry

/// The energy and compute part of the Model Documentation Form of the EU's Code of Practice for
/// general-purpose AI models (AI Act, Annex XI).
///
/// Source: the form of 10 July 2025 in the Transparency chapter, by public copies of it: its sections and
/// items have their names here, units and significant figures are those it asks for. Rows in small letters
/// are not of the form.
enum GPAIForm {
  static let form = ReportForm(
    name: "gpai", title: "EU AI Act, Model Documentation Form, energy and compute",
    tellsContracts: true
  ) { set, facts in [ReportForm.Page(name: "gpai.md", text: text(set, facts))] }

  private static func text(_ set: RunSet, _ facts: FormFacts) -> String {
    "# Model documentation: energy and compute\n\n"
      + "For the Model Documentation Form of the Code of Practice for general-purpose AI models "
      + "(Regulation (EU) 2024/1689, Annex XI); rows in small letters are not of the form, and the last "
      + "column is its “Measurement methodology”. Only what was recorded is counted; whether these "
      + "are all runs of the training, failed and intermediate ones included, is for you to say.\n\n"
      + FormText.alarms(set)
      + "## Model properties\n\n" + FormText.table(model(set, facts))
      + "\n\n## Computational resources (during training)\n\n"
      + FormText.table(resources(set, facts))
      + "\n\n## Energy consumption (during training and inference)\n\n"
      + FormText.table(energy(set))
      + "\n\n## Recordings\n\n" + FormText.recordings(set) + "\n"
      + FormText.contracts(set, facts)
  }

  private static func model(_ set: RunSet, _ facts: FormFacts) -> [(String, [String])] {
    [
      ("Model name", set.modelName(facts).cells { $0 }),
      ("Total model size (parameters)", set.parameters.cells { FormNumber.scientific($0) }),
      ("Total model size (range)", set.parameters.cells(range)),
    ]
  }

  private static func resources(_ set: RunSet, _ facts: FormFacts) -> [(String, [String])] {
    func days(_ seconds: Double) -> String { FormNumber.decimal(seconds / 86_400) }
    return [
      ("type of training", set.trainingType(facts).cells(\.rawValue)),
      ("Training time (range)", band(set).cells { $0 }),
      ("Training time (wall clock days)", set.trainingSeconds.cells(days)),
      (
        "Training time (hardware days)",
        set.deviceSeconds.cells { kinds in
          kinds.map { kind in
            days(kind.seconds) + (kind.model.isEmpty ? "" : " \(kind.model)") + " days"
          }.joined(separator: " and ")
        }
      ),
      ("hardware used", set.hardware.cells { $0 }),
      (
        "Amount of computation used for training (FLOP)",
        set.trainingFLOP.cells { FormNumber.scientific($0) }
      ),
    ]
  }

  private static func energy(_ set: RunSet) -> [(String, [String])] {
    let energy = set.trainingEnergy
    let isModelled = set.training.contains { $0.report.energy?.isModelled ?? false }
    let mark = isModelled ? "≈ " : ""
    var rows: [(String, [String])] = [
      (
        "Amount of energy used for training (MWh)",
        energy.map({ $0 }) { $0 + " " + set.overhead(isCounted: false) }
          .cells { mark + FormNumber.decimal($0 / 3.6e9) }
      )
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
    return rows + [
      (
        "computation for one token of inference (FLOP)",
        set.inferenceFLOPPerToken.cells { FormNumber.scientific($0) }
      ),
      ("Benchmarked amount of computation used for inference (FLOP)", benchmark(set)),
    ]
  }

  /// The range of the form that a number of parameters lies in.
  private static func range(_ parameters: Double) -> String {
    switch parameters {
    case ..<500e6: "1-500M"
    case ..<5e9: "500M-5B"
    case ..<15e9: "5B-15B"
    case ..<50e9: "15B-50B"
    case ..<100e9: "50B-100B"
    case ..<500e9: "100B-500B"
    case ..<1e12: "500B-1T"
    default: ">1T"
    }
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
    case ..<1: "Less than 1 month"
    case ..<3: "1-3 months"
    case ..<6: "3-6 months"
    default: "More than 6 months"
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
    return .known(recorded, method: "The recordings lie \(dates)." + set.laidOut)
  }
}
