import Quantities
import Telemetry

/// All that an alert is judged by: the account of a session up to a time.
public struct AlertScene: Sendable {
  /// The energy account of everything known.
  public var ledger: Ledger
  /// From the session's beginning to the time of judging.
  public var session: TimeSpan
  /// What a kilowatt-hour costs, if the user said so.
  public var tariff: Tariff?
  /// Seconds by which a local clock is ahead of UTC.
  public var utcOffset: @Sendable (Timestamp) -> Int

  /// The account of a session that goes on.
  public init(
    _ ledger: Ledger, session: TimeSpan, tariff: Tariff? = nil,
    utcOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    self.ledger = ledger
    self.session = session
    self.tariff = tariff
    self.utcOffset = utcOffset
  }

  var time: Timestamp { session.end }
  var timeline: Timeline { ledger.timeline }
  var moment: Moment { timeline.moment(at: time) }

  /// What a device is called in a sentence.
  func name(_ device: Device) -> String {
    switch device.id.kind {
    case .gpu: "GPU \(device.label)"
    case .job: "job \(device.label)"
    default: "\(device.id.kind.name) \(device.label)"
    }
  }
}

/// What an alert's quantity is for one of those that it is watched on.
public struct AlertReading: Sendable {
  /// What is known of it.
  public enum State: Sendable, Hashable {
    /// The value in the unit of the reading.
    case known(Double)
    /// Nothing, and why; without a reason it may well be known later.
    case unknown(String?)
    /// There is nothing to judge any more, such as of a job that has ended.
    case over
  }

  /// Whose value it is; `nil` for the whole.
  public var subject: DeviceID?
  /// What the subject is called in a sentence: `GPU 0`, `the machine`.
  public var name: String
  /// What is known.
  public var state: State
  /// The unit of the value.
  public var unit: AlertUnit
  /// The reading in words, where `GPU 0 at 91 °C` would be none.
  public var words: String?

  /// A reading of one subject.
  public init(
    _ subject: DeviceID?, _ name: String, _ state: State, _ unit: AlertUnit, words: String? = nil
  ) {
    self.subject = subject
    self.name = name
    self.state = state
    self.unit = unit
    self.words = words
  }
}
