import Accounting
import Quantities
import Telemetry

/// What a page is written of: everything that is known since the agent was started.
public struct ExportQuery: Sendable {
  /// The accounts of the session.
  public let ledger: Ledger
  /// From the start of the agent to now.
  public let span: TimeSpan
  /// What a kilowatt-hour costs, if the user said so.
  public let tariff: Tariff?
  /// Seconds that the local clock is ahead of UTC at a time.
  public let offset: @Sendable (Timestamp) -> Int
  /// The program's version.
  public let version: String
  /// What was booked of the machine page by page.
  public let settled: SettledAccount
  /// The jobs that are told, found once for the page.
  let jobs: [ExportedJob]
  /// Everything as it is known now.
  let moment: Moment

  /// A page of what a ledger knows over a span, which ends now.
  public init(
    _ ledger: Ledger, over span: TimeSpan, version: String,
    settled: SettledAccount = SettledAccount(), tariff: Tariff? = nil,
    offset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    self.ledger = ledger
    self.span = span
    self.version = version
    self.settled = settled
    self.tariff = tariff
    self.offset = offset
    jobs = ExportedJob.all(in: ledger, over: span)
    moment = ledger.timeline.moment(at: span.end)
  }

  var timeline: Timeline { ledger.timeline }

  /// What the machine's own joules are booked of: its grams and its money are of the same joules, since
  /// whoever divides them by each other would be off by what is not booked yet.
  var settledSpan: TimeSpan? { settled.until.map { TimeSpan(span.start, $0) } }

  /// What a counter of a device grew by since the start; `nil` where it tells none.
  func growth(_ metric: Metric, of device: DeviceID) -> Double? {
    timeline.id(metric, of: device).map { max(0, timeline.total($0, over: span).amount) }
  }
}
