import Accounting
import Canvas
import Quantities
import Telemetry

/// What all parts of a frame are drawn from, computed once.
public final class FrameContext {
  /// What the frame is a function of.
  public let input: FrameInput
  /// The energy account of the timeline.
  public let ledger: Ledger
  /// The time looked at.
  public let time: Timestamp
  /// All values as they were known at the time shown.
  public let moment: Moment
  /// What the curves show: the window that ends at the time looked at.
  public let window: TimeSpan
  /// From the session's start to the time looked at.
  public let session: TimeSpan
  /// Where everything is drawn.
  public let layout: Layout
  /// The accelerators that stand out at the time looked at, the worst first.
  let outliers: [Outlier]
  /// The job whose progress and cost are shown.
  let job: Device?
  private let profiles = FrameMemo<RunProfile?>()
  private let courses = FrameMemo<RunProfile?>()
  private let outlooks = FrameMemo<JobOutlook?>()
  private let paths = FrameMemo<DataPath>()
  private let energies = FrameMemo<EnergyAmount?>()
  private let grids = FrameMemo<GridStretch>()
  private let fits = FrameMemo<WallFit?>()
  let splits = FrameMemo<EnergySplit?>()
  let flows = FrameMemo<Flow?>()

  init(_ input: FrameInput) {
    self.input = input
    ledger = Ledger(input.timeline, tally: input.tally)
    time = input.view.cursor.time(in: input.bounds)
    moment = input.timeline.moment(at: time)
    session = TimeSpan(input.bounds.start, time)
    window = TimeSpan(last: input.view.shownWindow(session.seconds), endingAt: time)
    outliers = ledger.outliers(at: time)
    job = Self.job(in: ledger, moment)
    let isFleet = FleetScreen.isShown(input)
    layout = Layout(
      width: input.width, height: input.height, focused: isFleet || input.view.focused != nil,
      hasFlow: ledger.inventory.knowsPower && !isFleet,
      panelCount: PanelCatalogue.all.count)
  }

  var theme: Theme { input.theme }
  var glyphs: GlyphSet { input.view.glyphs }
  var language: Language { input.language }

  /// Whether a recording is shown, in which nothing can be read any more.
  var isRecording: Bool { if case .recording = input.session.origin { true } else { false } }
  var timeline: Timeline { input.timeline }
  var inventory: Inventory { ledger.inventory }

  /// What is known of the electricity at the time shown.
  var grid: GridStretch { grids.answer { ledger.gridCourse.state(at: time) } }

  func style(_ role: Theme.Role) -> Style { theme.style(role) }
  func style(_ ramp: Theme.Ramp) -> Style { theme.style(ramp) }
  var text: Style { style(.text) }
  var muted: Style { style(.muted) }
  var background: Color { theme[.background] }

  func civil(_ time: Timestamp) -> CivilTime {
    CivilTime(time, offset: utcOffset(time))
  }

  /// Seconds east of UTC at a time, of the clock that is shown.
  func utcOffset(_ time: Timestamp) -> Int {
    input.view.showsUTC ? 0 : input.session.utcOffset(time)
  }

  /// The zone of the clock at the time shown, such as `UTC` or `UTC+5:30`.
  var zone: String {
    let minutes = utcOffset(time) / 60
    guard minutes != 0 else { return "UTC" }
    let rest = abs(minutes) % 60
    return "UTC\(minutes < 0 ? "−" : "+")\(abs(minutes) / 60)"
      + (rest == 0 ? "" : ":" + CivilTime.two(rest))
  }

  /// The kinds of source that report a kind of device, in the order of their catalogue.
  func sources(feeding kind: DeviceKind) -> [SourceEntry] {
    input.catalogue.entries.filter { $0.feeds.contains(kind) }
  }

  /// The states, at the time shown, of the default sources that report some kinds of device.
  ///
  /// Sources that only a few machines have are left out: that they are missing is no news.
  func states(feeding kinds: [DeviceKind]) -> [SourceState] {
    let states = timeline.states(at: time)
    return input.catalogue.entries
      .filter { entry in
        entry.isDefault && !entry.isRare && kinds.contains { entry.feeds.contains($0) }
      }
      .flatMap { entry in states.filter { $0.kind == entry.name } }
  }

  /// The state of the source that a series comes from, at the time looked at.
  func state(of source: String) -> SourceState? {
    timeline.states(at: time).first { $0.source == source }
  }

  /// The power of a device at the time looked at, in watts.
  func power(of device: DeviceID) -> Double? { ledger.power(of: device, at: time) }

  /// The power of several devices together at the time looked at; `nil` when none of them reports
  /// any.
  func power(of devices: [Device]) -> Double? { ledger.power(of: devices, at: time) }

  /// Base load and losses, fitted to the meter of the whole machine over the last two hours at most.
  var wallFit: WallFit? {
    fits.answer {
      let span = TimeSpan(last: min(7200, session.seconds), endingAt: time)
      return ledger.wallFit(over: span).flatMap { try? $0.get() }
    }
  }

  /// The whole machine's energy since the session's start.
  var sessionEnergy: EnergyAmount? { energies.answer { ledger.energy(over: session) } }

  /// The way of the bytes to the job's accelerators, over the last minute before the time shown.
  var dataPath: DataPath {
    paths.answer {
      // A stretch that is selected is asked about, else the last minute.
      let span = input.view.selectedSpan(at: time)
      return ledger.dataPath(
        of: pathJob, over: span ?? TimeSpan(last: Self.pathSeconds, endingAt: time))
    }
  }

  /// The seconds that the path and what is said of it are the mean of: long enough for a few batches and
  /// short enough to follow what happens.
  static let pathSeconds = 60.0

  /// The job whose data are followed; one that only its log tells of has none any more.
  var pathJob: DeviceID? {
    job.flatMap { timeline.facts(of: $0.id).isHistory ? nil : $0.id }
  }

  /// The profile of the job up to the time shown.
  var profile: RunProfile? {
    profiles.answer {
      job.flatMap { job in
        // Of what was written before anyone looked, neither rate nor cost is known.
        timeline.facts(of: job.id).isHistory
          ? nil : ledger.profile(of: job, over: session, name: say(FrameWords.thisRun))
      }
    }
  }

  /// The same with its course, for a race.
  var raced: RunProfile? {
    courses.answer {
      job.flatMap { job in
        timeline.facts(of: job.id).isHistory
          ? nil
          : ledger.profile(of: job, over: session, name: say(FrameWords.thisRun), withCourse: true)
      }
    }
  }

  /// How far the job is, and what is left of it.
  var outlook: JobOutlook? {
    outlooks.answer { job.flatMap { ledger.outlook(of: $0.id, at: time) } }
  }

  /// How far some job is, and what is left of it.
  func outlook(of other: Device) -> JobOutlook? {
    other.id == job?.id ? outlook : ledger.outlook(of: other.id, at: time)
  }

  /// How many values a chart of that many columns takes.
  func samples(_ columns: Int) -> Int { columns * Canvas.samples(perColumnOf: glyphs) }

  /// The window a chart of that many values shows, ending at or just after the time looked at.
  ///
  /// Its columns fall on whole multiples of their width since 1970: a curve moves by whole
  /// columns then, keeps its shape, and costs the terminal half as much.
  func chartWindow(_ values: Int, seconds: Double? = nil) -> TimeSpan {
    let seconds = seconds ?? window.seconds
    let width = Int64(saturating: seconds * 1e9) / Int64(max(1, values))
    guard width > 0 else { return TimeSpan(last: seconds, endingAt: time) }
    let past = time.nanoseconds.flooredRemainder(by: width)
    let end = past == 0 ? time.nanoseconds : time.nanoseconds.saturatingAdd(width - past)
    return TimeSpan(
      Timestamp(nanoseconds: end.saturatingSubtract(width * Int64(max(1, values)))),
      Timestamp(nanoseconds: end))
  }
}

/// A stretch of text in one style.
struct Run {
  var text: String
  var style: Style
  init(_ text: String, _ style: Style) {
    self.text = text
    self.style = style
  }
}

extension Canvas {
  /// Draws runs one behind the other and returns the columns used; the last one is clipped.
  @discardableResult
  mutating func runs(_ runs: [Run], x: Int, y: Int, maxWidth: Int) -> Int {
    var used = 0
    for run in runs {
      guard used < maxWidth else { break }
      used += text(run.text, x: x + used, y: y, maxWidth: maxWidth - used, run.style)
    }
    return used
  }

  /// Draws phrases with a gap between them, leaving out whole phrases that do not fit.
  ///
  /// When they stand in order of weight, the first that does not fit ends the line, so that
  /// nothing lesser takes its place.
  @discardableResult
  mutating func phrases(
    _ phrases: [[Run]], x: Int, y: Int, maxWidth: Int, gap: Int = 3, inOrder: Bool = false
  ) -> Int {
    var used = 0
    for phrase in phrases where !phrase.isEmpty {
      let width = phrase.reduce(0) { $0 + displayWidth($1.text) }
      let before = used > 0 ? gap : 0
      guard used + before + width <= maxWidth else {
        if used == 0 {
          used = runs(phrase, x: x, y: y, maxWidth: maxWidth)
          if used > 4 { put("…", x: x + used - 1, y: y, phrase[phrase.count - 1].style) }
        }
        if inOrder { break }
        continue
      }
      used += before
      used += runs(phrase, x: x + used, y: y, maxWidth: maxWidth - used)
    }
    return used
  }
}
