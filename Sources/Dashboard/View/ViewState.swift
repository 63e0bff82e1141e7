import Accounting
import Canvas
import Quantities
import Telemetry

/// What the user has chosen to look at, and how: everything on the screen that is not data.
///
/// A pure state machine. Commands and clicks change it; what needs I/O comes back as effects.
public struct ViewState: Sendable, Hashable {
  /// The time that is shown, and how it moves.
  public var cursor: Cursor
  /// Seconds that the curves show at most.
  public private(set) var window: Double
  /// Whether a young session's curves show less than that, so that they have no empty half; until the
  /// user chooses a window.
  public var widensWindow = true
  /// The panel that has the whole screen, from 0.
  public var focused: Int?
  /// The panel that is chosen, from 0.
  public private(set) var selected = 0
  /// The view that is open over the panels.
  public private(set) var overlay: OverlayName?
  /// The rows that the open view is scrolled by.
  public internal(set) var scroll = 0
  /// Where the selected span begins, A; it ends at the cursor unless it has an end of its own.
  public internal(set) var selection: Timestamp?
  /// Where the selected span ends, B: what is played comes back from there to its beginning.
  public internal(set) var selectionEnd: Timestamp?
  /// Where the mouse took hold of the scrubber, to draw a span from there.
  var grip: Timestamp?
  /// Order, filter and chosen row of the list of processes.
  public var processes = ProcessListState()
  /// Filter and chosen row of the list of marks and events.
  public var events = EventListState()
  /// What is chosen on the screen of many machines; `nil` where the session is of one.
  public var fleet: FleetState?
  /// How a race is laid out.
  public var race = RaceState()
  /// The index of the chosen theme.
  public var theme: Int
  /// The characters that curves and bars are drawn with.
  public var glyphs: GlyphSet
  /// The line into which something is typed, while it is open.
  public internal(set) var prompt: Prompt?
  /// Whether times are shown in UTC, and not as the clock on the wall has them.
  public internal(set) var showsUTC = false
  /// The language of the messages.
  package var language = Language.fallback {
    didSet {
      processes.language = language
      events.language = language
    }
  }
  /// A message to the user, such as the name of a saved screenshot.
  public var toast = ""

  let themeCount: Int
  static var panelCount: Int { PanelCatalogue.all.count }

  /// The time spans that `+` and `-` step through, in seconds.
  public static let windows: [Double] = [
    15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 259_200, 604_800,
  ]

  /// A view with nothing open, selected or filtered.
  public init(
    cursor: Cursor, window: Double = 300, theme: Int = 0, themeCount: Int = 1,
    glyphs: GlyphSet = .braille
  ) {
    self.cursor = cursor
    self.window = window
    self.theme = theme
    self.themeCount = max(1, themeCount)
    self.glyphs = glyphs
  }

  /// Carries out a command; `bounds` is the span of the timeline.
  public mutating func apply(
    _ command: Command, timeline: Timeline, bounds: TimeSpan
  ) -> [Effect] {
    if !toast.isEmpty { toast = "" }
    if isOfFleet, command.isOfOneMachine {
      toast = FleetWords.chooseMachine.text(in: language)
      return []
    }
    switch command {
    case .playOrPause:
      // What stands at the end of a loop goes on at its beginning.
      if cursor.mode == .paused, let selection, cursor.time(in: bounds) == selectionEnd {
        cursor.seek(to: selection, in: bounds)
      }
      cursor.toggle(in: bounds)
    case .back: cursor.seek(by: -5, in: bounds)
    case .forward: cursor.seek(by: 5, in: bounds)
    case .backFine: cursor.seek(by: -1, in: bounds)
    case .forwardFine: cursor.seek(by: 1, in: bounds)
    case .backFar: cursor.seek(by: -60, in: bounds)
    case .forwardFar: cursor.seek(by: 60, in: bounds)
    case .previousReading: step(after: false, timeline, bounds)
    case .nextReading: step(after: true, timeline, bounds)
    case .slower: cursor.changeSpeed(faster: false)
    case .faster: cursor.changeSpeed(faster: true)
    case .normalSpeed: cursor.setSpeed(1)
    case .first: cursor.seek(to: bounds.start, in: bounds)
    case .last: cursor.seek(to: bounds.end, in: bounds)
    case .addMark: return [.mark(at: cursor.time(in: bounds).nanoseconds, name: nil)]
    case .previousMark: seekEvent(after: false, timeline, bounds)
    case .nextMark: seekEvent(after: true, timeline, bounds)
    case .goTo: prompt = Prompt(.time)
    case .nameMark: prompt = Prompt(.mark(cursor.time(in: bounds)))
    case .zone: showsUTC.toggle()
    case .panel(let index):
      if PanelCatalogue.all.indices.contains(index) { toggleFocus(index) }
    case .focus: toggleFocus(selected)
    case .nextPanel: choose((selected + 1) % Self.panelCount)
    case .previousPanel: choose((selected + Self.panelCount - 1) % Self.panelCount)
    case .leave: leave()
    case .zoomIn: zoom(closer: true, bounds)
    case .zoomOut: zoom(closer: false, bounds)
    case .theme: theme = (theme + 1) % themeCount
    case .cycleGlyphs:
      glyphs = glyphs == .braille ? .blocks : glyphs == .blocks ? .ascii : .braille
      let marks: ToastWords = glyphs == .braille ? .dots : glyphs == .blocks ? .blocks : .ascii
      say(.marks, marks.text(in: language))
    case .select: select(bounds)
    case .loop: loop(bounds)
    case .overlay(let name):
      overlay = overlay == name ? nil : name
      scroll = 0
      if overlay == .events {
        events = EventListState()
        events.language = language
      }
    case .screenshot: return [.screenshot]
    case .repaint: return [.repaint]
    case .quit: return [.quit]
    }
    return []
  }

  /// Says something to the user until the next key.
  package mutating func say(_ words: ToastWords, _ values: String...) {
    toast = words.texts.text(in: language, values)
  }

  /// Opens a view over the panels from the beginning.
  public mutating func open(_ name: OverlayName) {
    overlay = name
    scroll = 0
  }

  /// Seconds that the curves show of a session that is so many seconds old at the time shown.
  public func shownWindow(_ age: Double) -> Double {
    guard widensWindow, age < window else { return window }
    return min(window, Self.growth.first { $0 >= age } ?? window)
  }

  /// The windows of a young session: each shows twice as much as the one before at most.
  private static let growth: [Double] =
    [30, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1200, 1800, 2700]
    + windows.filter { $0 >= 3600 }

  /// Takes the next shorter or longer window, and says what the curves show then.
  private mutating func zoom(closer: Bool, _ bounds: TimeSpan) {
    let shown = shownWindow(cursor.time(in: bounds) - bounds.start)
    let next = closer ? Self.windows.last { $0 < shown } : Self.windows.first { $0 > shown }
    window = next ?? shown
    widensWindow = false
    let words: ToastWords = next != nil ? .curvesShow : closer ? .shortest : .longest
    say(words, language.age(window))
  }

  /// Closes what was opened last.
  private mutating func leave() {
    if overlay != nil {
      overlay = nil
    } else if focused != nil {
      focused = nil
    } else if fleet?.leave() ?? false {
      return
    } else {
      dropSelection()
    }
  }

  private mutating func toggleFocus(_ panel: Int) {
    focused = focused == panel ? nil : panel
    selected = panel
  }

  private mutating func choose(_ panel: Int) {
    selected = panel
    if focused != nil { focused = panel }
  }

  private mutating func step(after: Bool, _ timeline: Timeline, _ bounds: TimeSpan) {
    let time = cursor.time(in: bounds)
    guard let next = timeline.neighbour(of: time, after: after) else { return }
    cursor.seek(to: next, in: bounds)
  }

  /// Goes to the next or the previous of what the scrubber draws, and says what it is.
  private mutating func seekEvent(after: Bool, _ timeline: Timeline, _ bounds: TimeSpan) {
    let time = cursor.time(in: bounds)
    let event =
      after
      ? timeline.events.first { $0.time > time } : timeline.events.last { $0.time < time }
    let phases = Ledger(timeline).phases(over: bounds)
    let phase =
      after
      ? phases.first { $0.span.start > time } : phases.last { $0.span.start < time }
    if let phase, event.map({ after == (phase.span.start < $0.time) }) ?? true {
      cursor.seek(to: phase.span.start, in: bounds)
      toast = sanitized(phase.words)
      return
    }
    guard let event else {
      say(after ? .nothingAfter : .nothingBefore)
      return
    }
    cursor.seek(to: event.time, in: bounds)
    // Of those at the same time the gravest is told.
    let same = timeline.events.filter { $0.time == event.time }
    let told = same.first { $0.cause == .alert } ?? same.first { $0.kind == .gap } ?? event
    toast = sanitized(timeline.words(of: told))
  }

  // MARK: Mouse

  /// Chooses and focuses what lies under a click.
  public mutating func click(x: Int, y: Int, layout: Layout, bounds: TimeSpan) {
    grip = nil
    // What stands between title and scrubber leaves the scrubber to be wound to and fro.
    let isWhole = overlay.flatMap(OverlayCatalogue.overlay)?.isWhole ?? false
    let isScrubbing = isWhole && layout.scrubber.contains(x: x, y: y)
    if overlay != nil, !isScrubbing {
      processes.dropQuestion()
      overlay = nil
    } else if layout.title.contains(x: x, y: y), x >= layout.title.width / 2 {
      // Where the state of the session stands: back to the present, or to standing still.
      if cursor.canBeLive, cursor.mode != .live {
        cursor.seek(to: bounds.end, in: bounds)
      } else {
        cursor.toggle(in: bounds)
      }
    } else if layout.scrubber.contains(x: x, y: y) {
      drag(x: x, layout: layout, bounds: bounds)
      // The track winds, and the curve above it is drawn over to select a part of it.
      if y < layout.track.y { grip = cursor.time(in: bounds) }
    } else if isOfFleet {
      return
    } else if let panel = layout.panels.firstIndex(where: { $0.contains(x: x, y: y) }) {
      toggleFocus(focused ?? panel)
    }
  }

  /// What the scrubber of a growing session shows: a little more than there is.
  ///
  /// It grows in steps of 1/64 to 1/32 of its length, so that the picture stands still
  /// between them.
  static func scrubberSpan(_ bounds: TimeSpan) -> TimeSpan {
    var step: Int64 = 1_000_000_000
    // Two centuries, so that no absurd time can overflow what follows.
    let length = min(
      max(
        0,
        bounds.end.nanoseconds.subtractingReportingOverflow(bounds.start.nanoseconds).partialValue),
      1 << 62)
    while step < 1 << 55, step * 64 < length { step *= 2 }
    let steps = length / step + (length % step > 0 ? 1 : 0)
    return TimeSpan(
      bounds.start, Timestamp(nanoseconds: bounds.start.nanoseconds &+ max(1, steps) &* step))
  }

  /// Moves the cursor to where the scrubber is held.
  public mutating func drag(x: Int, layout: Layout, bounds: TimeSpan) {
    let track = layout.scrubber
    guard track.width > 1 else { return }
    let share = Double(min(max(x, track.x), track.right - 1) - track.x) / Double(track.width - 1)
    let shown = cursor.canBeLive ? Self.scrubberSpan(bounds) : bounds
    cursor.seek(to: share >= 1 ? bounds.end : shown.start + shown.seconds * share, in: bounds)
    if let grip { select(from: grip, to: cursor.time(in: bounds)) }
  }
}
