import Accounting
import Canvas
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

  /// The price of a kilowatt-hour: as asked for, else that of the tariff at the time looked at.
  var price: Price? {
    if let price = input.price { return price }
    return input.session.tariff.map { tariff in
      let local = Int(time.nanoseconds.floorDiv(1_000_000_000)) + input.session.utcOffset(time)
      return Price(
        perKilowattHour: tariff.price(at: local), currency: sanitized(tariff.currency))
    }
  }

  /// What that job came to until the time looked at.
  var profile: RunProfile? {
    job.flatMap { ledger.profile(of: $0, over: session, name: "this run") }
  }
}
