import Accounting
import Canvas
import Quantities
import Telemetry

/// A report of Boavizta's BoAmps.
///
/// Source: report_schema.json of Boavizta/BoAmps 1.1.0, whose own example calls the format 0.1.
enum BoAmpsForm {
  static let form = ReportForm(name: "boamps", title: "Boavizta BoAmps, energy report") {
    set, facts in [ReportForm.Page(name: "boamps.json", text: try text(set, facts))]
  }

  private static func text(_ set: RunSet, _ facts: FormFacts) throws -> String {
    let activities = set.activities(facts)
    guard activities.count == 1, let activity = activities.first?.activity else {
      let list = activities.map { "\(RunSet.names($0.runs)) (\($0.activity.rawValue))" }
      throw Failure(
        "boamps tells of one stage: report on these apart: \(list.joined(separator: "; "))")
    }
    for run in set.runs {
      if case .unknown(let reason) = RunSet.energy(of: [run], in: set) {
        throw Failure(
          "boamps wants the energy of every recording, and that is unknown, because \(reason)")
      }
    }
    let body = body(set, facts, activity)
    let id = ContentID.uuid(JSONText.object(body).written)
    let header = JSONText.object([
      ("formatVersion", .text("0.1")),
      (
        "formatVersionSpecificationUri",
        .text("https://github.com/Boavizta/BoAmps/tree/main/model")
      ),
      ("reportId", .text(id)), ("reportDatetime", .text(FormText.dateTime(set.span.end))),
      ("reportStatus", .text("draft")),
    ])
    return JSONText.object([("header", header)] + body).written + "\n"
  }

  private static func body(
    _ set: RunSet, _ facts: FormFacts, _ activity: RunSet.Activity
  ) -> [(String, JSONText?)] {
    let components = components(set)
    let grams = RunSet.intensity(of: set.runs, in: set)
    let places = Set(set.runs.compactMap { $0.report.location?.label })
    return [
      ("task", task(set, facts, activity)), ("measures", .list(set.runs.map { measure($0, set) })),
      (
        "infrastructure",
        .object([("infraType", .text("other")), ("components", .list(components))])
      ),
      (
        "environment",
        places.count == 1
          ? .object([
            ("country", .text(sanitized(places.first ?? ""))),
            ("powerSourceCarbonIntensity", grams.value.map { .number(($0 * 1e9).rounded() / 1e9) }),
          ]) : nil
      ),
      ("quality", quality(set).map(JSONText.text)),
    ]
  }

  private static func task(
    _ set: RunSet, _ facts: FormFacts, _ activity: RunSet.Activity
  ) -> JSONText {
    let stage =
      switch activity {
      case .training: "training"
      case .fineTuning: "finetuning"
      case .inference: "inference"
      case .other: "unknown"
      }
    let jobs = set.runs.flatMap(\.report.jobs)
    let frameworks = Set(jobs.map { sanitized($0.facts.framework) }.filter { !$0.isEmpty })
    let layers = Set(jobs.compactMap(\.facts.shape.layers))
    let precisions = Set(jobs.compactMap(\.facts.precision))
    let notes: [String] =
      FormText.trainingType(set, facts) + [
        set.isSimulated ? "SIMULATED: numbers were made up." : "",
        set.damages.isEmpty ? "" : "DAMAGED: \(set.damages.joined(separator: "; ")).",
        "Task family and kind of infrastructure: unknown, because no recording tells them.",
        names(set)
          ? "" : "Hardware: unknown but for the number of machines, because no recording names it.",
        "The report's date is the end of the last recording.",
        "Energy: \(RunSet.energy(of: set.runs, in: set).sentence) \(set.overhead(isCounted: false))",
        "Carbon intensity: \(RunSet.intensity(of: set.runs, in: set).sentence)",
        set.runs.map { "\($0.name): \($0.ending)." }.joined(separator: " "),
      ]
    return .object([
      ("taskStage", .text(stage)), ("taskFamily", .text("unknown")),
      ("nbRequest", activity == .inference ? set.count(.request).value.map(JSONText.number) : nil),
      (
        "algorithms",
        .list([
          .object([
            ("algorithmName", set.modelName(facts).value.map(JSONText.text)),
            ("parametersNumber", set.parameters.value.map { .number($0 / 1e9) }),
            (
              "framework", frameworks.count == 1 ? frameworks.first.map(JSONText.text) : nil
            ),
            ("layersNumber", layers.count == 1 ? layers.first.map(JSONText.number) : nil),
            (
              "quantization",
              precisions.count == 1 ? precisions.first.map { .text($0.rawValue) } : nil
            ),
          ])
        ])
      ),
      ("dataset", .list(data(set, activity))),
      (
        "taskDescription", .text(notes.filter { !$0.isEmpty }.joined(separator: " "))
      ),
    ])
  }

  private static func data(_ set: RunSet, _ activity: RunSet.Activity) -> [JSONText] {
    func data(_ usage: String, _ type: String, _ count: Double?) -> JSONText {
      .object([
        ("dataUsage", .text(usage)), ("dataType", .text(type)),
        ("dataQuantity", count.map(JSONText.number)),
      ])
    }
    if activity == .inference {
      // The schema asks for the mean of a single inference here, and for their number in nbRequest.
      let requests = set.count(.request).value
      func each(_ tokens: Answer<Double>) -> Double? {
        tokens.value.flatMap { tokens in requests.map { tokens / $0 } }
      }
      return [
        data("input", "token", each(set.served("prompt tokens", "") { $0.promptTokens })),
        data("output", "token", each(set.count(.outputToken))),
      ]
    }
    if let tokens = set.trainingTokens.value { return [data("input", "token", tokens)] }
    return [data("input", "other", set.trainingSamples.value)]
  }

  private static func measure(_ run: RunSet.Run, _ set: RunSet) -> JSONText {
    let report = run.report
    func mode(_ kind: String) -> JSONText? {
      let ways = Set(
        report.parts.filter { $0.device.id.kind.name == kind }.map { RunReport.method($0.energy) })
      return ways.count == 1 ? ways.first.map(JSONText.text) : nil
    }
    let tool = "hippowatt: " + RunSet.energy(of: [run], in: set).sentence
    return .object([
      ("measurementMethod", .text(tool)), ("version", .text(Version.string)),
      ("cpuTrackingMode", mode("cpu")), ("gpuTrackingMode", mode("gpu")),
      ("powerConsumption", report.energy.map { .number($0.joules / 3.6e6) }),
      ("measurementDuration", .number(report.span.seconds)),
      ("measurementDateTime", .text(FormText.dateTime(report.span.start))),
    ])
  }

  /// Whether any recording names an accelerator or processors.
  private static func names(_ set: RunSet) -> Bool {
    set.runs.contains { run in
      !run.report.accelerators.isEmpty
        || run.report.parts.contains { $0.device.role == .processor }
    }
  }

  private static func components(_ set: RunSet) -> [JSONText] {
    var counts: [(kind: String, model: String, count: Int)] = []
    func add(_ kind: String, _ model: String, _ count: Int) {
      if let place = counts.firstIndex(where: { $0.kind == kind && $0.model == model }) {
        counts[place].count = max(counts[place].count, count)
      } else {
        counts.append((kind, model, count))
      }
    }
    for run in set.runs {
      for (model, cards) in Dictionary(grouping: run.report.accelerators, by: \.model) {
        add("gpu", sanitized(model), cards.count)
      }
      let packages = run.report.parts.filter { $0.device.role == .processor }.count
      if packages > 0 { add("cpu", sanitized(run.report.processor), packages) }
    }
    // Where the power is a whole machine's, that is what is known of the hardware.
    if counts.isEmpty {
      add("machine", "", set.runs.reduce(into: Set<String>()) { $0.formUnion($1.machines) }.count)
    }
    return counts.sorted { ($0.kind, $0.model) < ($1.kind, $1.model) }.map { part in
      .object([
        ("componentName", part.model.isEmpty ? nil : .text(part.model)),
        ("componentType", .text(part.kind)), ("nbComponent", .number(Double(part.count))),
      ])
    }
  }

  /// The worst class of error that holds the uncertainty of all recordings; `nil` where that is unknown.
  private static func quality(_ set: RunSet) -> String? {
    let shares = set.runs.map { run -> Double? in
      guard let energy = run.report.energy, energy.joules > 0, !energy.isModelled else {
        return nil
      }
      return run.report.uncertainty.map { $0 / energy.joules + (1 - energy.coverage) }
    }
    guard shares.allSatisfy({ $0 != nil }), let worst = shares.compactMap({ $0 }).max() else {
      return nil
    }
    return worst <= 0.1 ? "high" : worst <= 0.25 ? "medium" : worst <= 0.5 ? "low" : nil
  }
}
