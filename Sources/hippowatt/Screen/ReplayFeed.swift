import Dashboard
import Recordings
import Telemetry

/// A recording, with the stretch around the cursor loaded.
final class ReplayFeed: Feed {
  private(set) var timeline: Timeline
  private(set) var bounds: TimeSpan
  let info: SessionInfo
  let interval = 1.0
  let isSettled = true
  private let reader: RecordingReader
  private var page: TimeSpan?
  /// What was recorded, where what is shown is another grid's.
  private var recorded: Timeline?
  private let supposed: SupposedGrid?
  /// Whether marks are kept in the recording; one that came with the program stays as it is.
  var keepsMarks = false

  /// Recordings up to this long are loaded at once, in seconds.
  private static let small = 1800.0

  init(path: String, privacy: PrivacyFilter, supposed: SupposedGrid? = nil) throws {
    self.supposed = supposed
    reader = try RecordingReader(path: path)
    timeline = try reader.timeline()
    var privacy = privacy
    privacy.disguise(&timeline)
    guard let span = reader.span else {
      throw Self.empty(path, isComplete: reader.header.isComplete)
    }
    bounds = span
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = privacy.isAnonymous ? "recording" : file
    let simulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    var info = SessionInfo(
      origin: .recording(name), machine: privacy.machine(reader.header.machine),
      isSimulated: simulated || reader.header.isSimulated, utcOffset: HostEnvironment.utcOffset)
    info.supposed = supposed?.name
    self.info = info
    try suppose()
  }

  /// Lets the cursor go on after the end of the recording, where another run was longer.
  func goOn(until end: Timestamp?) {
    if let end { bounds = TimeSpan(bounds.start, max(bounds.end, end)) }
  }

  /// Lays what was recorded upon the grid that is supposed.
  private func suppose() throws {
    guard let supposed else { return }
    let original = recorded ?? timeline
    recorded = original
    timeline = try Accounts.suppose(
      supposed, in: original, over: bounds, offset: HostEnvironment.utcOffset)
  }

  /// Why a recording without readings cannot be shown.
  static func empty(_ path: String, isComplete: Bool) -> Failure {
    // The newest minutes of an open recording are in the file beside it.
    let hint = isComplete ? "" : "; it was copied while it was open: \(path)-wal belongs beside it"
    return Failure("\(path): the recording holds no readings\(hint)")
  }

  func update(for view: ViewState) throws {
    if bounds.seconds <= Self.small {
      if page == nil { try load(bounds) }
      return
    }
    let time = view.cursor.time(in: bounds)
    // Older than an hour the minute's buckets are as fine as any screen.
    let back = min(view.window, 3600) + 150
    let needed = TimeSpan(max(bounds.start, time - back), time)
    if let page, page.start <= needed.start, needed.end <= page.end { return }
    // Ahead of a playing cursor, so that a page serves many frames.
    let ahead = view.cursor.mode == .playing ? min(600, max(60, 4 * view.cursor.speed)) : 120
    try load(TimeSpan(needed.start - 60, min(bounds.end, time + ahead)))
  }

  private func load(_ span: TimeSpan) throws {
    if var original = recorded {
      try reader.load(page: span, into: &original)
      recorded = original
      try suppose()
    } else {
      try reader.load(page: span, into: &timeline)
    }
    page = span
  }

  /// Marks the recording; where it cannot be written to the mark lasts as long as the screen.
  func mark(_ event: Event) -> String? {
    timeline.apply(.event(event))
    recorded?.apply(.event(event))
    guard keepsMarks else { return "a demo stays as it is" }
    do {
      try RecordingMarks.add(event, to: reader.path)
      return nil
    } catch {
      return "\(error)"
    }
  }
  func close() {}
}
