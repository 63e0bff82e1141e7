import Dashboard
import Recordings
import Telemetry

/// A recording, with the stretch around the cursor loaded.
final class ReplayFeed: Feed {
  private(set) var timeline: Timeline
  private(set) var bounds: TimeSpan
  let info: SessionInfo
  /// Whether the recording is being written, and what comes is shown.
  let isGrowing: Bool
  private var privacy: PrivacyFilter
  let interval = 1.0
  private let pages: RecordingPages
  private var reader: RecordingReader { pages.reader }
  /// What is read beyond what is shown, so that a page serves many frames.
  private var view: RecordingPages.View?
  /// What was recorded, where what is shown is another grid's.
  private var recorded: Timeline?
  private let supposed: SupposedGrid?
  /// Whether marks are kept in the recording; one that came with the program stays as it is.
  var keepsMarks = false

  /// Recordings up to this long are loaded at once, in seconds.
  private static let small = 1800.0

  /// A recording is taken to grow that has no end and whose newest reading is of so many seconds ago.
  private static let freshness = 90.0

  init(
    path: String, privacy: PrivacyFilter, supposed: SupposedGrid? = nil, now: Timestamp? = nil
  ) throws {
    self.supposed = supposed
    pages = try RecordingPages(path: path)
    timeline = try pages.open()
    var privacy = privacy
    privacy.disguise(&timeline)
    guard let span = timeline.span else {
      throw Self.empty(path, isComplete: pages.reader.header.isComplete)
    }
    bounds = span
    isGrowing =
      !pages.reader.header.isComplete && now.map { abs($0 - span.end) < Self.freshness } ?? false
    self.privacy = privacy
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = privacy.isAnonymous ? "recording" : file
    let simulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    var info = SessionInfo(
      origin: .recording(name), machine: privacy.machine(pages.reader.header.machine),
      isSimulated: simulated || pages.reader.header.isSimulated,
      utcOffset: HostEnvironment.utcOffset)
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
    if isGrowing { try grow() }
    let needed = needed(for: view, ahead: 0)
    if let known = self.view, known.serves(needed) { return }
    // Ahead of a playing cursor, so that a page serves many frames.
    let ahead = view.cursor.mode == .playing ? min(600, max(60, 4 * view.cursor.speed)) : 120
    self.view = self.needed(for: view, ahead: ahead)
    _ = try supply()
  }

  /// Takes in what was written since.
  private func grow() throws {
    guard var grown = try pages.reopen() else { return }
    privacy.disguise(&grown)
    bounds = grown.span ?? bounds
    view = nil
    if recorded != nil { recorded = grown } else { timeline = grown }
  }

  /// What a view looks at.
  private func needed(for view: ViewState, ahead: Double) -> RecordingPages.View {
    if bounds.seconds <= Self.small {
      return .init(singles: bounds, minutes: bounds, history: bounds)
    }
    let time = view.cursor.time(in: bounds)
    let end = min(bounds.end, time + ahead)
    // Many series have fewer single values each; beyond them minutes are as fine as a screen.
    let asked = Double(max(1, pages.demand.all.series.count))
    let depth = min(3600, max(600, Self.mostSingles / asked))
    let singles = TimeSpan(max(bounds.start, time - min(view.window, depth) - 150), end)
    let back = view.window > depth ? min(view.window, Self.longestByMinutes) : 0
    let minutes = TimeSpan(min(singles.start, max(bounds.start, time - back - 900)), end)
    let history = TimeSpan(max(bounds.start, time - Timeline.minuteHistory - 900), end)
    return .init(singles: singles, minutes: minutes, history: history)
  }

  /// How many single values are read for a frame, at one a second.
  private static let mostSingles = 600_000.0
  /// The longest window, in seconds, whose curves are drawn by minutes: two hundred columns of eight.
  private static let longestByMinutes = 100_000.0

  func supply() throws -> Bool {
    guard let view else { return false }
    guard var original = recorded else { return try pages.supply(&timeline, for: view) }
    guard try pages.supply(&original, for: view) else { return false }
    recorded = original
    try suppose()
    return true
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

extension RecordingPages.View {
  /// Whether all that another view needs is in this one.
  fileprivate func serves(_ other: RecordingPages.View) -> Bool {
    func covers(_ one: TimeSpan, _ other: TimeSpan) -> Bool {
      one.start <= other.start && other.end <= one.end
    }
    return covers(singles, other.singles) && covers(minutes, other.minutes)
      && covers(history, other.history)
  }
}
