import Telemetry

/// A recording's own description: one row of the file.
public struct RecordingHeader: Sendable, Hashable {
  /// The machine that recorded.
  public var machine: String
  /// The version of the program that recorded.
  public var programVersion: String
  /// The wall clock at the start.
  public var startedAt: Timestamp
  /// The monotonic clock at the start, in nanoseconds; the same instant as `startedAt`.
  public var monotonicStart: Int64
  /// The user's note; may be empty.
  public var note: String
  /// Whether any value in it was made up for demonstration.
  public var isSimulated: Bool
  /// When it ended; `nil` while it is being written and after a crash.
  public var endedAt: Timestamp?
  /// Whether it was closed in order; otherwise up to its last second may be missing.
  public var isComplete: Bool
  /// Before when everything was forgotten, since only so much is kept; `nil` if nothing was.
  public var forgottenBefore: Timestamp?
  /// The version of the tables.
  public var schema: Int64

  /// A header for a recording that starts now.
  public init(
    machine: String, programVersion: String, startedAt: Timestamp, monotonicStart: Int64 = 0,
    note: String = "", isSimulated: Bool = false
  ) {
    self.machine = machine
    self.programVersion = programVersion
    self.startedAt = startedAt
    self.monotonicStart = monotonicStart
    self.note = note
    self.isSimulated = isSimulated
    endedAt = nil
    isComplete = false
    forgottenBefore = nil
    schema = Schema.version
  }
}
