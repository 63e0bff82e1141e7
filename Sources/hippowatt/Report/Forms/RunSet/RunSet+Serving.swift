import Accounting
import Canvas
import Quantities
import Telemetry

/// What servers did in several recordings.
extension RunSet {
  /// A sum over all servers; unknown as soon as one does not tell it.
  func served(
    _ what: String, _ method: String, _ amount: (ServingCost) -> Double?
  ) -> Answer<Double> {
    guard !serving.isEmpty else { return .unknown(because: "no recording here is of serving") }
    var sum = 0.0
    for run in serving {
      for job in run.servers {
        guard let cost = job.serving, let own = amount(cost) else {
          return .unknown(
            because: "\(sanitized(job.device.label)) in \(run.name) does not tell its \(what)")
        }
        guard cost.countCoverage >= 0.9 else {
          return .unknown(
            because:
              "the counts of \(sanitized(job.device.label)) in \(run.name) are known for only "
              + "\(SI.percent(cost.countCoverage)) % of the time")
        }
        let told = cost.span.seconds / run.report.span.seconds
        guard told >= 0.9 else {
          return .unknown(
            because:
              "\(sanitized(job.device.label)) told its counts for only \(SI.percent(told)) % of "
              + "the time of \(run.name)")
        }
        sum += own
      }
    }
    return .known(sum, method: method)
  }
}
