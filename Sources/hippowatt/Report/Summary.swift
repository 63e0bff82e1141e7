import Accounting
import Canvas
import Quantities
import Telemetry

/// The results of a recorded session in a few lines.
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
      ledger.earlierRun(of: job.id, at: span.end) == nil,
      let step = ledger.known(.step, of: job.id, at: span.end)
    {
      parts.append("step " + SI.count(step.value))
    }
    return parts.joined(separator: "  ")
  }

  /// The account at the end.
  var lines: [String] { RunReport(ledger.timeline, over: span).summary }

  private func mark(_ energy: EnergyAmount) -> String { energy.isModelled ? "≈ " : "" }
}
