/// The clock on the wall of the machine whose files are read: what times written without a zone mean.
public struct LocalTime: Sendable {
  /// What people call its zone: `Europe/Berlin`, `+02:00`.
  public let zone: String
  /// The times at which it shows so many seconds after 1970-01-01 00:00 of its own calendar, oldest
  /// first and at least one: in seconds since 1970-01-01 UTC.
  public let times: @Sendable (_ shown: Int64) -> [Int64]

  /// A clock in a zone.
  public init(zone: String, times: @escaping @Sendable (_ shown: Int64) -> [Int64]) {
    self.zone = zone
    self.times = times
  }
}
