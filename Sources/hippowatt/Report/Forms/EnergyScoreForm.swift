import Accounting
import Quantities
import Telemetry

/// The result files of the AI Energy Score: GPU watt-hours for a thousand queries.
///
/// Source: the summary that the score's own container writes (summarize_gpu_wh.py of
/// huggingface/AIEnergyScore), of which no schema is published: `units`, `total`, `preprocess_wh`,
/// `prefill_wh` and `decode_wh`; the other members are of this program.
enum EnergyScoreForm {
  static let form = ReportForm(
    name: "energy-score", title: "AI Energy Score, GPU Wh per 1 000 queries"
  ) { set, _ in
    let energy = energy(set)
    return [
      ReportForm.Page(
        name: "GPU_ENERGY_WH.txt", text: energy.value.map { wattHours($0) + "\n" } ?? "unknown\n"),
      ReportForm.Page(name: "GPU_ENERGY_SUMMARY.json", text: summary(set, energy)),
    ]
  }

  /// Two decimals as the score writes them, more where those would say nothing.
  private static func wattHours(_ value: Double) -> String {
    value >= 1 ? SI.fixed(value, 2) : FormNumber.decimal(value)
  }

  /// GPU watt-hours for a thousand requests.
  private static func energy(_ set: RunSet) -> Answer<Double> {
    guard !set.serving.isEmpty, set.training.isEmpty else {
      return .unknown(because: "it is a score of serving, and not all recordings here are of that")
    }
    var joules = 0.0
    var requests = 0.0
    for run in set.serving {
      guard !run.report.accelerators.isEmpty else {
        return .unknown(because: "no accelerator was recorded in \(run.name)")
      }
      let told = Set(run.report.parts.map(\.device.id))
      guard run.report.accelerators.allSatisfy({ told.contains($0.id) }) else {
        return .unknown(because: "not every accelerator in \(run.name) tells its power")
      }
      for job in run.servers {
        guard let cost = job.serving, let count = cost.requests, let each = cost.joulesPerRequest,
          job.joules != nil
        else {
          let reason =
            job.serving.flatMap { RunReport.unknownServing(job, $0) }
            ?? "the joules of a request are not known"
          return .unknown(because: "\(run.name): \(reason)")
        }
        joules += each * count
        requests += count
      }
    }
    return .known(
      joules / requests * 1000 / 3600,
      method: "Joules of the server's accelerators over the requests it served "
        + "(\(SI.count(requests))), for 1000 of them; idle time of the recording is in it. Not the "
        + "protocol of the AI Energy Score: another batch size, data and hardware, so no stars.")
  }

  private static func summary(_ set: RunSet, _ energy: Answer<Double>) -> String {
    let phases = phases(set)
    func part(_ share: Double?) -> JSONText {
      energy.value.flatMap { total in share.map { .number(total * $0) } } ?? .null
    }
    return JSONText.object([
      ("units", .text("Wh")), ("total", energy.value.map(JSONText.number) ?? .null),
      ("format", .text("hippowatt")), ("preprocess_wh", .null),
      ("prefill_wh", part(phases?.prefill)), ("decode_wh", part(phases?.decode)),
      ("queries", .number(1000)), ("method", .text(energy.sentence)),
      (
        "phases_method",
        .text(
          energy.value == nil
            ? energy.sentence
            : phases == nil
              ? "unknown, because the server does not tell the seconds of prefill and decode."
              : "≈ by the seconds of prefill and decode, which are taken to draw the same power; "
                + "preprocessing is not told apart.")
      ),
      ("stars", .null),
      ("stars_unknown_because", .text("they are given for runs of the score's own protocol only")),
      ("simulated", .flag(set.isSimulated)),
      ("damages", set.damages.isEmpty ? nil : .list(set.damages.map(JSONText.text))),
      ("recordings", .list(set.runs.map { .text($0.name) })),
    ]).written + "\n"
  }

  /// The shares of prefill and decode; `nil` where one server does not tell them.
  private static func phases(_ set: RunSet) -> ServingCost.Phases? {
    let all = set.serving.flatMap(\.servers).map { $0.serving?.phaseSeconds }
    let known = all.compactMap { $0 }
    let prefill = known.reduce(0) { $0 + $1.prefill }
    let decode = known.reduce(0) { $0 + $1.decode }
    guard known.count == all.count, prefill + decode > 0 else { return nil }
    return ServingCost.Phases(
      prefill: prefill / (prefill + decode), decode: decode / (prefill + decode))
  }
}
