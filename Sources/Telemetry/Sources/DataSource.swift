/// Anything that readings come from.
///
/// A source is asked for what is new, again and again, on a thread of its own. It may block there
/// as long as it likes: nothing else waits for it. It reads no clock but the one it is given.
public protocol DataSource {
  /// A short lower-case name, such as `nvml`; with what is read behind a colon where there may be
  /// several: `serve:localhost:8000`.
  var name: String { get }
  /// The name of its line in the catalogue.
  var kind: String { get }
  /// The machine that it reads, where that is another than the session's own; else empty.
  var remoteMachine: String { get }
  /// How long to wait between two calls of `sample`, in seconds; `nil` for the session's interval.
  var interval: Double? { get }

  /// Says whether what the source reads is there, without keeping it open.
  mutating func probe() -> Probe

  /// Returns what is new since the last call.
  ///
  /// Devices and series are announced before their first reading. An empty answer is fine.
  /// - Throws: `SourceFailure` when there is nothing to read; the caller asks again later, and the
  ///   source must be able to start afresh then.
  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation]
}

extension DataSource {
  /// The default: the name, for a source that there can be only one of.
  public var kind: String { name }
  /// The default: the session's own machine.
  public var remoteMachine: String { "" }
  /// The default: `nil`, for the session's interval.
  public var interval: Double? { nil }
}

/// What `probe` found, for the list of sources that users read.
public struct Probe: Sendable, Hashable {
  /// Whether the source can be used.
  public var health: SourceState.Health
  /// What was found, or what was looked for.
  public var message: String
  /// What the user can do, may be empty.
  public var remedy: String

  /// A finding, in the words that users will read.
  public init(_ health: SourceState.Health, _ message: String, remedy: String = "") {
    self.health = health
    self.message = message
    self.remedy = remedy
  }
}

/// Why a source gives nothing, in words, and what the user can do.
public struct SourceFailure: Error, Sendable, Hashable {
  /// What state the failure puts the source in.
  public var health: SourceState.Health
  /// What is wrong: one line.
  public var message: String
  /// What the user can do about it: one line, may be empty.
  public var remedy: String
  /// Whether asking again later can help.
  public var isFinal: Bool

  /// A failure; unless it is final the source is asked again later.
  public init(
    _ health: SourceState.Health, _ message: String, remedy: String = "", isFinal: Bool = false
  ) {
    self.health = health
    self.message = message
    self.remedy = remedy
    self.isFinal = isFinal
  }
}

/// The one clock of a session: no source reads any other.
public protocol SessionClock: Sendable {
  /// The time now. Never steps back.
  var now: Timestamp { get }
}

/// A clock that shows the time it is given, for tests and for replay.
public struct FixedClock: SessionClock {
  /// The time it shows until it is set again.
  public var now: Timestamp
  /// A clock that shows a time.
  public init(_ now: Timestamp) { self.now = now }
}
