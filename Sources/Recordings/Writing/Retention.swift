/// How much of the past a recording keeps.
public struct Retention: Sendable, Hashable {
  /// Seconds; what is older goes.
  public var seconds: Double?
  /// Bytes; before the file is larger the oldest goes.
  public var bytes: Int64?

  /// Keeps so many seconds, or so many bytes, or whichever is less.
  public init(seconds: Double? = nil, bytes: Int64? = nil) {
    self.seconds = seconds
    self.bytes = bytes
  }
}
