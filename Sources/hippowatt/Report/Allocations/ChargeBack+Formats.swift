import Accounting
import Canvas
import Quantities
import Telemetry

extension ChargeBack {
  /// What stands in the place of a name that is not known, or of a job where there is none.
  private func name(_ row: Row, _ index: Int) -> String {
    if let name = row.names[index] { return sanitized(name) }
    return row.outside == nil ? "unknown" : "no job"
  }

  private static func jobs(_ row: Row) -> Int {
    Set(row.sum.shares.map { "\($0.use.facts.batchJob) \($0.use.device.name)" }).count
  }

  private func cost(_ row: Row) -> Double? {
    guard let outside = row.outside else { return row.sum.cost }
    // At a price that never changes; by the hour nobody knows when it was drawn.
    if let price = terms.price { return outside / 3.6e6 * price.perKilowattHour }
    // What the machines were charged is told of their jobs, and not of what was drawn beside them.
    guard terms.told == nil else { return nil }
    return terms.tariff.flatMap { $0.periods.isEmpty ? outside / 3.6e6 * $0.perKilowattHour : nil }
  }

  // MARK: Tables

  /// The table for a terminal.
  var text: String { TextColumns.plain(head, cells) + notes + "\n" }
  /// The table as Markdown.
  var markdown: String { TextColumns.markdown(head, cells) + notes + "\n" }

  private var head: [String] {
    let currency = terms.currency.isEmpty ? "money" : sanitized(terms.currency)
    return keys.map(\.rawValue) + ["jobs", "GPU-hours", "unused", "kWh", "known"]
      + (terms.areKnown ? [currency] : []) + ["kgCO₂e", "lost"]
  }

  private var cells: [[String]] {
    all.map { row in
      func text(_ value: Double?, _ write: (Double) -> String) -> String {
        value.map(write) ?? "–"
      }
      let isJob = row.outside == nil
      let money = terms.areKnown ? [text(cost(row), AllocationReport.amount)] : []
      return keys.indices.map { name(row, $0) } + [
        isJob ? "\(Self.jobs(row))" : "–",
        text(row.sum.gpuSeconds, AllocationReport.hours),
        text(row.sum.unusedGPUSeconds, AllocationReport.hours),
        text(row.joules) { (row.isEstimated ? "≈ " : "") + AllocationReport.kilowattHours($0) },
        isJob && row.sum.tellsCoverage ? "\(SI.percent(row.sum.coverage)) %" : "–",
      ] + money + [
        text(row.sum.grams) { AllocationReport.plain($0 / 1000) },
        text(row.sum.lostShare) { "\(SI.percent($0)) %" },
      ]
    }
  }

  private var notes: String {
    var notes: [String] = []
    if isSimulated { notes.append("SIMULATED: numbers of this table were made up.") }
    notes += remarks
    notes.append("kWh are those of GPUs; processors, memory and fans are not in them.")
    return "\n\n" + notes.joined(separator: "\n")
  }

  // MARK: CSV

  /// The table as CSV, RFC 4180 with a head, in plain numbers; what is not known is empty.
  var csv: String {
    let head =
      keys.map(\.rawValue) + [
        "jobs", "gpu_hours", "gpu_hours_without_process", "kwh", "kwh_uncertainty", "coverage",
        "kwh_judged", "kwh_lost", "cost", "currency", "grams_co2e", "tokens", "simulated",
      ]
    let lines = all.map { row in
      func number(_ value: Double?, _ scale: Double = 1) -> String {
        value.map { "\($0 / scale)" } ?? ""
      }
      let isJob = row.outside == nil
      let judged = row.sum.judged > 0
      let names = row.names.map { CSVExport.field($0 ?? "") }
      return
        (names + [
          isJob ? "\(Self.jobs(row))" : "0", number(row.sum.gpuSeconds, 3600),
          number(row.sum.unusedGPUSeconds, 3600), number(row.joules, 3.6e6),
          number(row.sum.uncertainty, 3.6e6),
          isJob && row.sum.tellsCoverage ? number(row.sum.coverage) : "",
          judged ? number(row.sum.judged, 3.6e6) : "", judged ? number(row.sum.lost, 3.6e6) : "",
          number(cost(row)), terms.areKnown ? CSVExport.field(terms.currency) : "",
          number(row.sum.grams), number(row.sum.tokens), isSimulated ? "yes" : "no",
        ]).joined(separator: ",")
    }
    return ([head.joined(separator: ",")] + lines).joined(separator: "\r\n") + "\r\n"
  }

  // MARK: JSON

  /// The rows as a JSON list, in SI units.
  var json: String {
    func number(_ value: Double?) -> JSONText { value.map(JSONText.number) ?? .null }
    let list = all.map { row -> JSONText in
      let names = zip(keys, row.names).map { key, name -> (String, JSONText?) in
        (key.rawValue, name.map(JSONText.text) ?? .null)
      }
      let isJob = row.outside == nil
      return .object(
        names + [
          ("outside_jobs", isJob ? nil : .flag(true)),
          ("jobs", isJob ? .number(Double(Self.jobs(row))) : nil),
          ("gpu_seconds", isJob ? number(row.sum.gpuSeconds) : nil),
          ("gpu_seconds_without_process", isJob ? number(row.sum.unusedGPUSeconds) : nil),
          ("joules", number(row.joules)),
          ("uncertainty_joules", isJob ? number(row.sum.uncertainty) : nil),
          ("estimated", row.isEstimated ? .flag(true) : nil),
          ("coverage", isJob ? row.sum.tellsCoverage ? .number(row.sum.coverage) : .null : nil),
          ("judged_joules", isJob ? .number(row.sum.judged) : nil),
          ("wasted_joules", isJob ? AllocationReport.json(row.sum.wasted) : nil),
          ("cost", number(cost(row))),
          ("currency", terms.areKnown ? .text(terms.currency) : nil),
          ("grams_co2e", isJob ? number(row.sum.grams) : nil),
          ("tokens", row.sum.tokens.map(JSONText.number)),
        ])
    }
    return JSONText.object([
      ("by", .list(keys.map { .text($0.rawValue) })), ("boundary", .text("gpus")),
      ("simulated", .flag(isSimulated)),
      ("remarks", remarks.isEmpty ? nil : .list(remarks.map(JSONText.text))),
      ("rows", .list(list)),
    ]).written + "\n"
  }
}
