/// How a data source is doing, in words a user can act on.
public struct SourceState: Sendable, Hashable {
  /// Whether a source can be read, and if not, what kind of reason there is.
  public enum Health: String, Sendable, Hashable, CaseIterable {
    /// It was asked and has not answered yet.
    case waiting
    /// The last call was answered.
    case ok
    /// What it reads does not exist on this machine.
    case absent
    /// What it reads exists, but this user may not read it.
    case denied
    /// A call has not come back.
    case stalled
    /// A call ended with an error.
    case failed
  }

  /// The data source's name, such as `nvml`, or `serve:localhost:8000` where there may be several.
  public var source: String
  /// The name of the source's line in the catalogue.
  public var kind: String
  /// The machine that it reads, where that is another than the session's own; else empty.
  public var machine = ""
  /// When the state began.
  public var time: Timestamp
  /// Whether it can be read.
  public var health: Health
  /// What it reads, or what is wrong: one line, may be empty.
  public var message: String
  /// What the user can do about it: one line, may be empty.
  public var remedy: String

  /// A state; where no kind is given it is the source's name.
  public init(
    source: String, kind: String? = nil, time: Timestamp, health: Health, message: String = "",
    remedy: String = ""
  ) {
    self.source = source
    self.kind = kind ?? source
    self.time = time
    self.health = health
    self.message = message
    self.remedy = remedy
  }
}
