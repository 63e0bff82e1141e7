import Accounting
import Canvas
import Quantities
import Telemetry

/// What a recorded session came to, in a few lines.
struct Summary {
  private let ledger: Ledger
  private let span: TimeSpan

  init(_ timeline: Timeline, over span: TimeSpan) {
    ledger = Ledger(timeline)
    self.span = span
  }

  /// One line for a terminal while the session goes on.
  func status(path: String) -> String {
    var parts = ["● REC " + SI.clock(span.seconds), path]
    if let watts = ledger.power(at: span.end) { parts.append(SI.string(watts, "W")) }
    if let energy = ledger.energy(over: span), energy.covered > 0 {
      parts.append(mark(energy) + SI.energy(energy.joules).joined)
    }
    if let job = ledger.inventory.jobs.last,
      let step = ledger.timeline.moment(at: span.end).known(.step, of: job.id)
    {
      parts.append("step " + SI.count(step.value))
    }
    return parts.joined(separator: "  ")
  }

  /// The account at the end.
  var lines: [String] {
    var lines = [row("duration", SI.duration(span.seconds))]
    lines += energyLines
    if let account = ledger.grid(over: span), account.matched > 0 {
      if let share = account.renewableShare, let low = account.lowCarbonShare {
        lines.append(
          row("renewable", "\(SI.percent(share)) %, low-carbon \(SI.percent(low)) %"))
      }
      lines.append(row("carbon", SI.carbon(account.grams).joined + " (location-based, lifecycle)"))
    }
    lines += ledger.inventory.jobs.flatMap(jobLines)
    return lines
  }

  private var energyLines: [String] {
    guard let energy = ledger.energy(over: span), energy.covered > 0 else {
      return [row("energy", "unknown: nothing here tells its power")]
    }
    let method = energy.isModelled ? "modelled" : energy.isCounted ? "counters" : "integrated power"
    var lines = [
      row(
        "energy",
        "\(mark(energy))\(SI.energy(energy.joules).joined) (\(method), \(SI.percent(energy.coverage)) % covered)"
      )
    ]
    for device in ledger.inventory.parts {
      guard let part = ledger.timeline.energy(of: device.id, over: span), part.covered > 0 else {
        continue
      }
      let name = "\(device.id.kind.name) \(device.label)"
      lines.append(row("  " + name, mark(part) + SI.energy(part.joules).joined))
    }
    let curve = ledger.powerCurve(of: ledger.powerDevices, over: span, columns: 2000)
    if let mean = energy.meanPower {
      let peak = curve.compactMap { $0 }.max().map { ", peak " + SI.string($0, "W") } ?? ""
      lines.append(row("power", "mean \(SI.string(mean, "W"))\(peak)"))
    }
    return lines
  }

  private func jobLines(_ job: Device) -> [String] {
    let timeline = ledger.timeline
    guard let id = timeline.id(.step, of: job.id), let first = timeline.firstReading(id),
      let last = timeline.moment(at: span.end).known(.step, of: job.id), last.time > first.time
    else { return [] }
    let stretch = TimeSpan(first.time, last.time)
    let cost = ledger.cost(of: job.id, over: stretch, steps: last.value - first.value)
    let name = sanitized(job.label)
    var lines = [row("job", name)]
    lines.append(row("  steps", SI.count(cost.steps)))
    if let tokens = cost.tokens {
      lines.append(row("  tokens", SI.text(tokens, "", smallest: 0).joined))
    }
    if let joules = cost.joulesPerStep { lines.append(row("  per step", SI.string(joules, "J"))) }
    if let joules = cost.joulesPerToken { lines.append(row("  per token", SI.string(joules, "J"))) }
    if let loss = timeline.moment(at: span.end).known(.loss, of: job.id) {
      lines.append(row("  loss", SI.significant(loss.value, digits: 4)))
    }
    return lines
  }

  private func mark(_ energy: EnergyAmount) -> String { energy.isModelled ? "≈ " : "" }

  private func row(_ name: String, _ value: String) -> String {
    name + String(repeating: " ", count: max(1, 14 - name.count)) + value
  }
}
