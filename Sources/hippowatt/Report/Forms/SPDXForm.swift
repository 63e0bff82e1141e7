import Accounting
import Quantities
import Telemetry

/// An SPDX 3.0.1 document with a package of the AI profile and its energy.
///
/// Source: the model of spdx/spdx-3-model at 3.0.1, and the JSON schema that is generated from it. The
/// profile `ai` is not claimed: of each AI package it demands `suppliedBy`, `packageVersion`, `releaseTime`,
/// `downloadLocation` and `primaryPurpose` (model/AI/Classes/AIPackage.md), and one relationship each to a
/// concluded and a declared license (model/AI/AI.md); of these a recording tells the purpose alone.
/// `core` and `software` demand nothing beyond the schema.
enum SPDXForm {
  static let form = ReportForm(name: "spdx", title: "SPDX 3.0.1, AI package with energy") {
    set, facts in [ReportForm.Page(name: "model.spdx.json", text: text(set, facts))]
  }

  private static func text(_ set: RunSet, _ facts: FormFacts) -> String {
    let content = package(set, facts, prefix: "")
    let prefix = "urn:uuid:" + ContentID.uuid(content.written) + "#"
    let (agent, model, document) = (prefix + "agent", prefix + "model", prefix + "document")
    let graph: [JSONText] = [
      .object([
        ("type", .text("CreationInfo")), ("@id", .text("_:creationinfo")),
        ("specVersion", .text("3.0.1")), ("created", .text(FormText.time(set.span.end))),
        ("createdBy", .list([.text(agent)])),
        ("comment", .text("Created by a program. " + created(set))),
      ]),
      .object([
        ("type", .text("SoftwareAgent")), ("spdxId", .text(agent)),
        ("creationInfo", .text("_:creationinfo")), ("name", .text("hippowatt \(Version.string)")),
      ]),
      .object([
        ("type", .text("SpdxDocument")), ("spdxId", .text(document)),
        ("creationInfo", .text("_:creationinfo")),
        ("rootElement", .list([.text(model)])),
        ("element", .list([.text(agent), .text(model)])),
        ("profileConformance", .list([.text("core"), .text("software")])),
        (
          "comment",
          .text(
            "The profile ai is not claimed: supplier, version, release time, download location and "
              + "licenses of the model are unknown, because no recording tells them.")
        ),
      ]),
      package(set, facts, prefix: prefix),
    ]
    return JSONText.object([
      ("@context", .text("https://spdx.org/rdf/3.0.1/spdx-context.jsonld")),
      ("@graph", .list(graph)),
    ]).written + "\n"
  }

  /// What the time of creation is, which a document must have.
  private static func created(_ set: RunSet) -> String {
    switch set.end {
    case .known(_, let method): "Time: \(method)"
    case .unknown(let reason): "Time: when a file was last changed, because \(reason)."
    }
  }

  private static func package(_ set: RunSet, _ facts: FormFacts, prefix: String) -> JSONText {
    var notes: [String] = set.isSimulated ? ["SIMULATED: numbers were made up."] : []
    notes += set.damages.map { "DAMAGED, totals may be wrong: \($0)." }
    var members: [(String, JSONText?)] = [("type", .text("ai_EnergyConsumption"))]
    for (activity, runs) in set.activities(facts) {
      let energy = RunSet.energy(of: runs, in: set)
      guard let name = property(activity) else {
        notes.append(
          "Energy of \(RunSet.names(runs)): unknown what for, because no job of one kind was recorded; "
            + (energy.value.map { FormNumber.decimal($0 / 3.6e6) + " kWh." } ?? energy.sentence))
        continue
      }
      notes.append("Energy of \(activity.rawValue): \(energy.sentence)")
      guard let joules = energy.value else { continue }
      members.append(
        (
          name,
          .list([
            .object([
              ("type", .text("ai_EnergyConsumptionDescription")),
              ("ai_energyQuantity", .text(FormNumber.decimal(joules / 3.6e6, digits: 9))),
              ("ai_energyUnit", .text("kilowattHour")),
            ])
          ])
        ))
    }
    notes.append(set.overhead(isCounted: false))
    notes += FormText.trainingType(set, facts)
    notes += set.runs.map { "Recording \($0.name): \($0.ending)." }
    let name = set.modelName(facts)
    return .object([
      ("type", .text("ai_AIPackage")), ("spdxId", .text(prefix + "model")),
      ("creationInfo", .text("_:creationinfo")), ("name", .text(name.value ?? "unknown")),
      ("comment", .text("Name: \(name.sentence)")),
      ("software_primaryPurpose", .text("model")),
      ("ai_energyConsumption", members.count > 1 ? .object(members) : nil),
      ("ai_informationAboutTraining", .text(notes.joined(separator: " "))),
    ])
  }

  private static func property(_ activity: RunSet.Activity) -> String? {
    switch activity {
    case .training: "ai_trainingEnergyConsumption"
    case .fineTuning: "ai_finetuningEnergyConsumption"
    case .inference: "ai_inferenceEnergyConsumption"
    case .other: nil
    }
  }
}
