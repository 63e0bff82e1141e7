import Accounting
import Canvas
import Quantities
import Telemetry

extension FrameContext {
  /// What a job's progress shows in: that of training, and what servers count.
  private static let progress = Ledger.progressMetrics + [.promptTokens]

  /// The job that is shown.
  ///
  /// Among jobs that still report, one the user named comes before one that was found, then the one
  /// that began last. Where none reports any more, it is the one that reported last.
  static func job(in ledger: Ledger, _ moment: Moment) -> Device? {
    let (timeline, inventory) = (ledger.timeline, ledger.inventory)
    func newest(_ job: Device) -> Int64 {
      // What a log said long ago was heard only now.
      if let last = timeline.facts(of: job.id).lastSaid { return last.nanoseconds }
      return progress.compactMap { moment.known($0, of: job.id) }
        .map(\.time.nanoseconds).max() ?? 0
    }
    let since = (moment.time - 120).nanoseconds
    let active = inventory.jobs.filter { newest($0) >= since }
    guard !active.isEmpty else { return inventory.jobs.max { newest($0) < newest($1) } }
    func series(_ job: Device) -> Timeline.SeriesID? {
      progress.lazy.compactMap { timeline.id($0, of: job.id) }.first
    }
    func rank(_ job: Device) -> (Int, Int64, String) {
      guard let id = series(job) else { return (0, 0, job.id.name) }
      let isNamed = timeline.descriptor(id).provenance.source != "jobs"
      let begun = timeline.firstReading(id)?.time.nanoseconds ?? 0
      return (isNamed ? 1 : 0, begun, job.id.name)
    }
    return active.max { rank($0) < rank($1) }
  }

  /// The price of a kilowatt-hour: the one given, or else that of the tariff at the time shown.
  var price: Price? {
    if let price = input.price { return price }
    return input.session.tariff.map { tariff in
      let local =
        Int(time.nanoseconds.flooredQuotient(by: 1_000_000_000)) + input.session.utcOffset(time)
      return Price(
        perKilowattHour: tariff.price(at: local), currency: sanitized(tariff.currency))
    }
  }
}
