import Accounting
import Canvas
import Quantities
import Telemetry

extension RunReport {
  // MARK: Markdown

  /// The report in Markdown, with a block for a model card where grams are known.
  var markdown: String {
    var text = "# Energy report\n\n"
    if isSimulated { text += "**SIMULATED**: numbers of this session were made up.\n\n" }
    if let supposed {
      text += "**WHAT IF**: \(TextColumns.escaped(sanitized(supposed))).\n\n"
    }
    for damage in damages {
      text += "**DAMAGED**, totals may be wrong: \(TextColumns.escaped(sanitized(damage))).\n\n"
    }
    var rows = [["machine", sanitized(machine)], ["hardware", sanitized(hardware)]]
    rows += facts(isFull: true).map { [$0.0, $0.1] }
    text += TextColumns.markdown(["", ""], rows.filter { !$0[1].isEmpty }) + "\n"
    if let card = modelCard {
      text += "\nFor the head of a model card:\n\n```yaml\n---\n\(card)---\n```\n"
    }
    return text
  }

  /// The block `co2_eq_emissions` of a model card, in grams; `nil` when they are not known.
  ///
  /// The keys are those of the Hugging Face hub's model card metadata.
  var modelCard: String? {
    // A model card states what was, and not what might have been.
    guard let grid, let grams, supposed == nil else { return nil }
    // Of the time whose energy is known, and of its joules those whose grams are.
    let part = grid.gramsCoverage * (energy?.coverage ?? 1)
    let covered = "location-based, \(SI.percent(part)) % covered"
    let source =
      (isSimulated ? "SIMULATED, " : "") + "hippowatt \(Version.string), \(covered)"
    var lines = [
      "co2_eq_emissions:", "  emissions: \(Self.plain(grams))",
      "  source: \(Self.yaml(source))",
    ]
    if !jobs.isEmpty, jobs.allSatisfy(\.isServing) {
      lines.append("  # no training_type: the recording is of serving")
    } else {
      switch trainingKind {
      case .known(let type, _): lines.append("  training_type: \(type.rawValue)")
      case .unknown(let reason): lines.append("  training_type: unknown  # because \(reason)")
      }
    }
    if let location { lines.append("  geographical_location: \(Self.yaml(location.label))") }
    if !hardware.isEmpty { lines.append("  hardware_used: \(Self.yaml(hardware))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether it was pre-training or fine-tuning: as the user says, else as adapters show.
  var trainingKind: Answer<TrainingType> {
    if let trainingType { return .known(trainingType, method: "Stated by the user.") }
    if jobs.contains(where: \.facts.shape.isPartlyTrained) {
      return .known(.fineTuning, method: "Fewer parameters are trained than the model has.")
    }
    return .unknown(because: "the recording does not tell it (state it with --training-type)")
  }

  private static func yaml(_ text: String) -> String {
    "\"" + sanitized(text).filter { $0 != "\"" && $0 != "\\" } + "\""
  }

  /// A number without a prefix, with three significant digits or whole.
  private static func plain(_ value: Double) -> String {
    if value >= 1000 { return SI.fixed(value, 0) }
    var decimals = 2
    while decimals < 9, value > 0,
      value * (0..<decimals).reduce(1.0, { scale, _ in scale * 10 }) < 100
    {
      decimals += 1
    }
    return SI.fixed(value, decimals)
  }

  // MARK: JSON

  /// The report as one JSON object, in SI units.
  var json: String {
    JSONText.object(
      [
        ("machine", .text(machine)), ("hardware", .text(hardware)),
        ("simulated", .flag(isSimulated)),
        ("damages", damages.isEmpty ? nil : .list(damages.map(JSONText.text))),
        ("started", .number(span.start.seconds)),
        ("dates", .text(Self.dates(span, utcOffset))),
        ("seconds", isTimeless ? .null : .number(span.seconds)),
        ("joules", energy.map { .number($0.joules) } ?? .null),
        ("remedy", remedy.map(JSONText.text)),
        ("uncertainty_joules", uncertainty.map(JSONText.number)),
        ("boundary", boundary.map(JSONText.text)),
        ("warnings", .list(warnings.map { .text($0.words) })),
        ("method", energy.map { .text(Self.method($0)) }),
        ("coverage", energy.map { .number($0.coverage) }),
        ("mean_watts", energy?.meanPower.map(JSONText.number)),
        ("peak_watts", peakPower.map(JSONText.number)),
        (
          "parts",
          .list(
            parts.map { part in
              JSONText.object([
                ("kind", .text(part.device.id.kind.name)), ("name", .text(part.device.label)),
                ("model", .text(part.device.model)), ("joules", .number(part.energy.joules)),
                ("method", .text(Self.method(part.energy))),
                ("coverage", .number(part.energy.coverage)),
              ])
            })
        ),
        ("pue", pue.map(JSONText.number)),
        ("site_joules", pue.flatMap { pue in energy.map { .number($0.joules * pue) } }),
        ("what_if", supposed.map(JSONText.text)),
        ("grams_co2e", grams.map(JSONText.number)),
        ("grid_coverage", grid.map { .number($0.coverage) }),
        ("renewable_share", grid?.renewableShare.map(JSONText.number)),
        ("low_carbon_share", grid?.lowCarbonShare.map(JSONText.number)),
        ("grid", location.map { .text($0.label) }),
      ] + gridMembers + [
        ("price", cost.map(JSONText.text)),
        ("training_type", trainingType.map { .text($0.rawValue) }),
        ("waiting", waiting.map(Self.json)),
        ("scheduler_jobs", allocationMembers), ("jobs", .list(jobs.map(Self.json))),
        ("alerts", alerts.isEmpty ? nil : .list(alerts.map(Self.json))),
        (
          "equivalents",
          .list(
            equivalents.map { count in
              JSONText.object([
                ("count", .number(count.count)), ("thing", .text(count.thing.name)),
                ("source", .text(count.thing.source)),
              ])
            })
        ),
      ]
    ).written + "\n"
  }
}
