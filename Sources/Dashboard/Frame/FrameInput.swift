import Accounting
import Canvas
import Telemetry

/// What the frame says of the session besides its data.
public struct SessionInfo: Sendable {
  /// Where the data come from.
  public enum Origin: Sendable, Hashable {
    /// This machine, as it is now.
    case live
    /// A recording, by its file's name.
    case recording(String)
  }

  /// Whether the session is live or a recording.
  public var origin: Origin
  /// The name of the machine that is shown.
  public var machine: String
  /// Whether any of the data is simulated.
  public var isSimulated: Bool
  /// Since when a recording is being written; `nil` while there is none.
  public var recordingSince: Timestamp?
  /// Whether all sources of a live session have ended.
  public var hasEnded = false
  /// Why recording stopped, if it failed.
  public var recordingProblem: String
  /// The name of the grid that the session is laid upon instead of its own.
  public var supposed: String?
  /// What a kilowatt-hour costs, if the user said so.
  public var tariff: Tariff?
  /// The site's power usage effectiveness, if the user said so.
  public var pue: Double?
  /// Seconds east of UTC at a time.
  public var utcOffset: @Sendable (Timestamp) -> Int

  /// A session; by default measured, not recorded, and on a clock that shows UTC.
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
  /// All data of the session.
  ///
  /// What was found worth a remark in another one may be less than there is in this one.
  public var timeline: Timeline { didSet { remarks = RemarkMemo() } }
  /// From the session's start to its end, which is now while it is live.
  public var bounds: TimeSpan
  /// What the user has chosen to see.
  public var view: ViewState
  /// The colours it is drawn in.
  public var theme: Theme
  /// What the frame says of the session besides its data.
  public var session: SessionInfo
  /// The columns of the screen.
  public var width: Int
  /// The rows of the screen.
  public var height: Int
  /// The kinds of source there are, for what is missing.
  public var catalogue = SourceCatalogue([])
  /// Recorded runs that this one is compared with.
  public var baselines: [RunProfile] = []
  /// The races of the whole recorded run against each of them; none while it is live, when they are
  /// run with what is known.
  public var races: [Race] = []
  /// What is said of both beside each of the races, such as their electricity.
  public var raceNotes: [[String]] = []
  /// What a kilowatt-hour costs.
  public var price: Price?
  /// The loss that the run is to reach.
  public var targetLoss: Double?
  /// The language of the words.
  package var language = Language.en
  /// Whether colours will be seen; where not, patterns tell areas apart.
  public var hasColor = true
  /// What earlier frames added up already; a frame is the same with another one, only later.
  public var tally = GridTally()
  /// Many machines, where the session is of those; the timeline is then theirs together, or that of the one
  /// whose screen is open.
  public var fleet: FleetPicture?
  /// What earlier frames of a live session found worth a remark.
  public var remarks = RemarkMemo()

  /// The input of a frame without baselines, price or target.
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
