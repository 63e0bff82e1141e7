import Dashboard
import Telemetry

/// Where a screen gets its timeline from: a live session, or a recording.
protocol Feed: AnyObject {
  var timeline: Timeline { get }
  /// The span from the session's start to its end.
  var bounds: TimeSpan { get }
  var info: SessionInfo { get }
  /// Seconds between two frames of a live screen.
  var interval: Double { get }
  /// Readable when something came that is worth a frame at once; `nil` where nothing ever does.
  var news: Int32? { get }
  /// Brings in what is new, and what the view is about to look at.
  func update(for view: ViewState) throws
  /// Reads what a frame asked for and was not there; whether there was such a thing, and the frame is to
  /// be drawn again.
  func supply() throws -> Bool
  /// Shows a mark and keeps it; says why it cannot keep it.
  func mark(_ event: Event) -> String?
  /// A message to the user about the feed itself; empty when there is none.
  var notice: String { get }
  /// Whether the terminal is to ring since the last call.
  func takeBell() -> Bool
  /// Many machines, where the session is of those.
  var fleet: FleetPicture? { get }
  /// Whether processes of the timeline run on this machine now.
  var canSignal: Bool { get }
  /// Ends everything that should not outlive the screen.
  func close()
}

extension Feed {
  var news: Int32? { nil }
  var notice: String { "" }
  var canSignal: Bool { false }
  var fleet: FleetPicture? { nil }
  func supply() throws -> Bool { false }
  func takeBell() -> Bool { false }
}
