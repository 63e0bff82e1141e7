/// Something that happened at a time and is worth a word.
public struct Event: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Set by the user.
    case mark
    /// Data are missing from here on, and why.
    case gap
    /// Something worth knowing, such as a job that was found.
    case note
  }

  public var time: Timestamp
  public var kind: Kind
  public var text: String

  public init(time: Timestamp, kind: Kind, text: String) {
    self.time = time
    self.kind = kind
    self.text = text
  }
}

/// How a data source is doing, in words a user can act on.
public struct SourceState: Sendable, Hashable, Codable {
  public enum Health: String, Sendable, Hashable, Codable, CaseIterable {
    /// Asked, nothing heard yet.
    case waiting
    case ok
    /// What it reads does not exist on this machine.
    case absent
    /// It exists, but we may not read it.
    case denied
    /// A call has not come back.
    case stalled
    case failed
  }

  /// The data source's name.
  public var source: String
  /// Since when it has been so.
  public var time: Timestamp
  public var health: Health
  /// What is, or what is wrong: one line.
  public var message: String
  /// What the user can do about it: one line, may be empty.
  public var remedy: String

  public init(
    source: String, time: Timestamp, health: Health, message: String = "", remedy: String = ""
  ) {
    self.source = source
    self.time = time
    self.health = health
    self.message = message
    self.remedy = remedy
  }
}

/// Everything a data source can say, and so everything a timeline or a recording can hold.
public enum Observation: Sendable, Hashable {
  case device(Device)
  case series(SeriesDescriptor)
  case reading(Reading)
  case event(Event)
  case state(SourceState)
}
