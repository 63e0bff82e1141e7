import Accounting
import Canvas
import Telemetry

/// What the frame says of the session besides its data.
public struct SessionInfo: Sendable {
  /// Where the data come from.
  public enum Origin: Sendable, Hashable {
    case live
    /// A recording, by its file's name.
    case recording(String)
  }

  public var origin: Origin
  /// Name of the machine looked at.
  public var machine: String
  /// Whether any of it is made up.
  public var isSimulated: Bool
  /// The recording that is being written: its file name and since when.
  public var recordingSince: Timestamp?
  /// Whether a live session has heard the last word of all its sources.
  public var hasEnded = false
  /// Why recording stopped, if it failed.
  public var recordingProblem: String
  /// What a kilowatt-hour costs, if the user said so.
  public var tariff: Tariff?
  /// Seconds east of UTC at a time.
  public var utcOffset: @Sendable (Timestamp) -> Int

  public init(
    origin: Origin, machine: String, isSimulated: Bool = false, recordingSince: Timestamp? = nil,
    recordingProblem: String = "", utcOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    self.origin = origin
    self.machine = machine
    self.isSimulated = isSimulated
    self.recordingSince = recordingSince
    self.recordingProblem = recordingProblem
    self.utcOffset = utcOffset
  }
}

/// Everything a frame is a function of.
public struct FrameInput: Sendable {
  public var timeline: Timeline
  /// From the session's start to its head, which is now while it is live.
  public var bounds: TimeSpan
  public var view: ViewState
  public var theme: Theme
  public var session: SessionInfo
  public var width: Int
  public var height: Int
  /// The kinds of source there are, for what is missing.
  public var catalogue = SourceCatalogue([])
  /// Recorded runs that this one is weighed against.
  public var baselines: [RunProfile] = []
  /// What a kilowatt-hour costs.
  public var price: Price?
  /// The loss that the run is to reach.
  public var targetLoss: Double?

  public init(
    timeline: Timeline, bounds: TimeSpan, view: ViewState, theme: Theme, session: SessionInfo,
    width: Int, height: Int
  ) {
    self.timeline = timeline
    self.bounds = bounds
    self.view = view
    self.theme = theme
    self.session = session
    self.width = width
    self.height = height
  }
}
