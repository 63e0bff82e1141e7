import Accounting
import Formats
import Quantities
import Telemetry

/// A CycloneDX 1.6 bill of materials with the environmental part of its model card.
///
/// Source: bom-1.6.schema.json of CycloneDX/specification.
enum CycloneDXForm {
  static let form = ReportForm(name: "cyclonedx", title: "CycloneDX 1.6, model card with energy") {
    set, facts in [ReportForm.Page(name: "bom.cdx.json", text: text(set, facts))]
  }

  private static func text(_ set: RunSet, _ facts: FormFacts) -> String {
    let body = body(set, facts)
    let serial = ContentID.uuid(JSONText.object(body).written)
    return JSONText.object(
      [
        ("$schema", .text("http://cyclonedx.org/schema/bom-1.6.schema.json")),
        ("bomFormat", .text("CycloneDX")), ("specVersion", .text("1.6")),
        ("serialNumber", .text("urn:uuid:" + serial)), ("version", .number(1)),
      ] + body
    ).written + "\n"
  }

  private static func body(_ set: RunSet, _ facts: FormFacts) -> [(String, JSONText?)] {
    var unknown: [JSONText] = []
    let consumptions = set.activities(facts).compactMap { activity, runs -> JSONText? in
      switch RunSet.energy(of: runs, in: set) {
      case .known(let joules, let method):
        return consumption(activity, runs, joules, method, set, facts)
      case .unknown(let reason):
        unknown.append(
          property("energy:\(activity.rawValue)", "unknown, because \(reason)."))
        return nil
      }
    }
    let name = set.modelName(facts)
    let considerations = JSONText.object([
      ("energyConsumptions", consumptions.isEmpty ? nil : .list(consumptions)),
      ("properties", unknown.isEmpty ? nil : .list(unknown)),
    ])
    let model = JSONText.object([
      ("type", .text("machine-learning-model")), ("bom-ref", .text("model")),
      ("name", .text(name.value ?? "unknown")),
      ("description", set.isSimulated ? .text("SIMULATED: numbers were made up") : nil),
      (
        "modelCard",
        .object([
          (
            "considerations", .object([("environmentalConsiderations", considerations)])
          )
        ])
      ),
      (
        "properties",
        .list(
          [
            property("name", name.sentence),
            property(
              "parameters", set.parameters.value.map { SI.count($0) } ?? set.parameters.sentence),
            property("training_type", words(set.trainingType(facts))),
          ] + set.damages.map { property("damaged", $0) }
            + set.runs.map { property("recording", "\($0.name): \($0.ending)") })
      ),
    ])
    return [
      (
        "metadata",
        .object([
          ("timestamp", set.end.value.map { .text(FormText.time($0)) }),
          (
            "tools",
            .object([
              (
                "components",
                .list([
                  .object([
                    ("type", .text("application")), ("name", .text("hippowatt")),
                    ("version", .text(Version.string)),
                  ])
                ])
              )
            ])
          ),
          (
            "properties",
            .list([property("timestamp", set.end.sentence)])
          ),
        ])
      ),
      ("components", .list([model])),
    ]
  }

  private static func consumption(
    _ activity: RunSet.Activity, _ runs: [RunSet.Run], _ joules: Double, _ method: String,
    _ set: RunSet, _ facts: FormFacts
  ) -> JSONText {
    let energy = JSONText.object([
      ("value", .number(joules / 3.6e6)), ("unit", .text("kWh")),
    ])
    let grams = RunSet.grams(of: runs, in: set)
    return .object([
      ("activity", .text(activity.rawValue)),
      (
        "energyProviders",
        .list([
          .object([
            ("description", .text("who supplied it, and from what source, was not recorded")),
            ("organization", .object([("name", .text("unknown"))])),
            ("energySource", .text("unknown")), ("energyProvided", energy),
          ])
        ])
      ),
      ("activityEnergyCost", energy),
      (
        "co2CostEquivalent",
        grams.value.map { .object([("value", .number($0 / 1e6)), ("unit", .text("tCO2eq"))]) }
      ),
      (
        "properties",
        .list([
          property("energy_method", method + " " + set.overhead(isCounted: false)),
          property("co2_method", grams.sentence),
          property("scope2", RunSet.scope2(of: runs, in: set).sentence),
          property("activity_method", basis(activity, facts, set)),
        ])
      ),
    ])
  }

  /// What the word for an activity rests on.
  private static func basis(
    _ activity: RunSet.Activity, _ facts: FormFacts, _ set: RunSet
  ) -> String {
    switch activity {
    case .inference: "The recorded job serves."
    case .other:
      "unknown, because no job of one kind was recorded (of training, state it with --training-type)."
    case .training, .fineTuning:
      facts.trainingType != nil
        ? "Stated by the user."
        : activity == .fineTuning
          ? "Fewer parameters are trained than the model has."
          : "The recorded job trains; whether it is pre-training or fine-tuning was not told."
    }
  }

  private static func words(_ type: Answer<TrainingType>) -> String {
    type.value?.rawValue ?? type.sentence
  }

  private static func property(_ name: String, _ value: String) -> JSONText {
    .object([("name", .text("hippowatt:" + name)), ("value", .text(value))])
  }
}
