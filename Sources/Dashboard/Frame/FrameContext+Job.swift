import Accounting
import Telemetry

extension FrameContext {
  /// The job that spoke last.
  var job: Device? {
    func newest(_ job: Device) -> Int64 {
      [Metric.step, .outputTokens, .tokens].compactMap { moment.known($0, of: job.id) }
        .map(\.time.nanoseconds).max() ?? 0
    }
    return inventory.jobs.max { newest($0) < newest($1) }
  }

  /// What that job came to until the time looked at.
  var profile: RunProfile? {
    job.flatMap { ledger.profile(of: $0, over: session, name: "this run") }
  }
}
