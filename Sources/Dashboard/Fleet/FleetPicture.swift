import Accounting
import Telemetry

/// What a screen shows of a fleet, and how fresh it is.
public struct FleetPicture: Sendable, Hashable {
  /// The fleet as it was told last; `nil` before anything was.
  public var moment: FleetMoment?
  /// Where the store is.
  public var store: String
  /// When the store told it, by the session's clock.
  public var told: Timestamp?
  /// Why the store tells nothing newer; empty while it does.
  public var problem = ""
  /// Since when that is so.
  public var problemSince: Timestamp?
  /// What the store could not look at, in its words; of machines that are reached themselves, why not.
  public var warning = ""
  /// Whether there is no store, and the machines themselves are reached.
  public var isReached = false
  /// Whether what is looked at is still being asked for.
  public var isAsking = false

  /// A fleet of which nothing was told yet.
  public init(store: String) { self.store = store }
}
