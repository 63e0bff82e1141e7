import Accounting
import CStartup
import Canvas
import Dashboard
import Glibc
import Linux
import Quantities
import Telemetry
import Terminal

/// Brings feed, view and terminal together: the only loop of the interactive program.
final class ScreenSession {
  let feed: any Feed
  let screen: TerminalScreen
  private let themes: [Theme]
  var view: ViewState
  private var script: KeyScript?
  private let dumpPath: String?
  private let firstTheme: Int
  /// What a kilowatt-hour costs, if the user said so.
  private let tariff: Tariff?
  /// The site's power usage effectiveness, if the user said so.
  var pue: Double?
  /// The theme for a terminal's background, by its index; nil where the theme was chosen.
  var onBackground: ((Color) -> Int)?
  /// What watches a machine of a fleet on it.
  var visit: HostVisit?
  /// What the run is compared with.
  var accounts = Accounts()
  /// The last frame, for screenshots and scripts.
  private(set) var frame = Canvas(width: 0, height: 0)
  private var isOver = false
  /// Whether the mouse holds the scrubber.
  var isDragging = false
  /// The signal that ended the session; the program re-raises it after closing.
  private(set) var endSignal: Int32?
  private var frames = 0
  private var pacer = FramePacer()
  /// Whether the frame that is due was left out because earlier ones still wait.
  private var owesFrame = false
  /// Whether somebody did something that the next frame answers.
  private var isAnswering = false
  private var start: Int64 = 0
  private let tally = GridTally()
  private let remarks = RemarkMemo()
  /// The language of the words on the screen.
  var language = Language.fallback
  /// When the last key came while the question that is shown takes no answer yet, on the monotonic
  /// clock; `nil` before the question is drawn, and when there is none.
  private var quietSince: Int64?
  /// The frame that showed the question first, by its number among those sent; nil before it was sent.
  private var questionFrame: Int?

  /// How long nothing must be typed before a question takes an answer, in nanoseconds: shorter than
  /// anybody reads it, longer than the pauses in what is pasted.
  private static let answerDelay: Int64 = 300_000_000

  init(
    feed: any Feed, screen: TerminalScreen, themes: [Theme], view: ViewState,
    script: KeyScript? = nil, dumpPath: String? = nil, tariff: Tariff? = nil
  ) {
    self.feed = feed
    self.screen = screen
    self.themes = themes
    self.view = view
    self.script = script
    self.dumpPath = dumpPath
    firstTheme = view.theme
    self.tariff = tariff
  }

  private static var monotonic: Int64 { SystemClock.read(CLOCK_MONOTONIC) }

  /// Runs until the user quits or the terminal is gone.
  func run() throws {
    start = Self.monotonic
    var last = start
    while !isOver {
      let now = Self.monotonic
      try feed.update(for: view)
      if feed.takeBell() { screen.ring() }
      view.advance(by: Double(now - last) * 1e-9, in: feed.bounds)
      last = now
      openQuestion()
      try draw()
      if let effects = script?.next(frame: frame, view: &view, feed: feed) {
        for effect in effects { perform(effect) }
        if isOver { break }
        if !effects.isEmpty || script?.isBusy == true { continue }
      }
      let deadline = deadline(after: Self.monotonic, start: start)
      wait(until: deadline)
    }
    if let dumpPath { _ = File.write(TextWriter.plain(frame), to: dumpPath) }
  }

  private var news: [Int32] { feed.news.map { [$0] } ?? [] }

  /// Waits for what is to be drawn: input, the next reading, or room for a frame that was left out.
  private func wait(until deadline: Int64) {
    let wasQuiet = quietSince
    while true {
      let events = screen.poll(until: UInt64(deadline), also: news)
      for event in events { handle(event) }
      // That a frame was shown changes nothing by itself.
      guard !owesFrame, quietSince == wasQuiet, !events.isEmpty, events.allSatisfy({ $0 == .shown })
      else { return }
    }
  }

  /// Waits for quiet from when a question can be read: once the terminal has shown it, where that says so.
  private func noteQuestion() {
    guard let questionFrame, quietSince == nil, view.processes.isHoldingAnswers else { return }
    let isShown = screen.confirmsFrames != true || pacer.countShown >= questionFrame
    if isShown { quietSince = Self.monotonic }
  }

  /// Lets a question take answers once it has been seen and nothing was typed for a while.
  private func openQuestion() {
    guard view.processes.isHoldingAnswers else {
      (quietSince, questionFrame) = (nil, nil)
      return
    }
    func isQuiet() -> Bool {
      quietSince.map { Self.monotonic - $0 >= Self.answerDelay } ?? false
    }
    guard isQuiet() else { return }
    // What was typed while a slow frame was made still waits to be read.
    for event in screen.poll(until: 1) { handle(event) }
    guard isQuiet(), !isOver else { return }
    view.processes.takeAnswers()
    quietSince = nil
  }

  /// What a frame of this moment is a function of.
  func input() -> FrameInput {
    var info = feed.info
    info.tariff = tariff
    info.pue = pue
    var input = FrameInput(
      timeline: feed.timeline, bounds: feed.bounds, view: view, theme: theme, session: info,
      width: screen.width, height: screen.height)
    input.catalogue = .all
    input.language = language
    input.hasColor = screen.depth != .none
    input.fleet = feed.fleet
    // Of a fleet there are many timelines, and what was found in one is nothing to another.
    if feed.fleet == nil {
      input.tally = tally
      // What a recording holds is read as it is asked for, and what was found before then may be less.
      if case .live = info.origin { input.remarks = remarks }
    }
    accounts.fill(&input)
    return input
  }

  private var lastNotice = ""

  private func draw() throws {
    if feed.notice != lastNotice {
      lastNotice = feed.notice
      view.toast = lastNotice
    }
    var input = input()
    frame = Frame.render(input)
    while try feed.supply() {
      input.timeline = feed.timeline
      accounts.fill(&input)
      frame = Frame.render(input)
    }
    present()
    if view.processes.isHoldingAnswers {
      if questionFrame == nil, !owesFrame { questionFrame = pacer.count }
      noteQuestion()
    }
    frames += 1
    // Start-up code will not run again; its pages are given back.
    if frames == 8 { cs_forget_startup() }
  }

  /// Sends the frame, unless it would wait behind others; then the next one is sent in its place.
  private func present() {
    let now = Self.monotonic
    // A terminal that said nothing yet is far away, or never will: after three seconds it never will.
    let confirms = screen.confirmsFrames ?? (now - start < 3_000_000_000)
    let patience: Int64 = screen.confirmsFrames == true ? FramePacer.patience : 500_000_000
    let isSent =
      !confirms || pacer.maySend(at: now, isAnswer: isAnswering, patience: patience)
    owesFrame = !(isSent && screen.isWritable)
    guard !owesFrame else { return }
    let (background, isAsked) = (theme[.background], screen.confirmsFrames != false)
    if screen.present(frame, background: background, foreground: theme[.text]), isAsked {
      pacer.send(at: now, isAnswer: isAnswering)
    }
    isAnswering = false
  }

  private var theme: Theme { themes[min(view.theme, themes.count - 1)] }

  /// When the next frame is due, in nanoseconds of the monotonic clock.
  private func deadline(after now: Int64, start: Int64) -> Int64 {
    var frame = frameDeadline(after: now, start: start)
    // A terminal that takes nothing, and does not say when it does.
    if owesFrame, screen.confirmsFrames != true { frame = min(frame, now + 50_000_000) }
    return quietSince.map { min(frame, $0 + Self.answerDelay) } ?? frame
  }

  private func frameDeadline(after now: Int64, start: Int64) -> Int64 {
    if script?.isWaiting == true { return now + 20_000_000 }
    switch view.cursor.mode {
    case .paused: return now + 1_000_000_000
    case .playing:
      // Ten frames a second are enough for the eye; slow play needs fewer.
      let seconds = min(0.5, max(0.1, 0.5 / view.cursor.speed))
      return now + Int64(saturating: seconds * 1e9)
    case .live:
      // A little after the sources' own ticks, so that a frame shows what they just read.
      let interval = Int64(saturating: min(1e6, max(0.1, feed.interval)) * 1e9)
      let offset = min(interval / 4, 60_000_000)
      let elapsed = now - start - offset
      return start + offset + (elapsed < 0 ? 0 : elapsed / interval + 1) * interval
    }
  }

  private func handle(_ event: InputEvent) {
    switch event {
    case .shown:
      pacer.shown(at: Self.monotonic)
      noteQuestion()
    case .background(let color):
      if let chosen = onBackground?(color), view.theme == firstTheme { view.theme = chosen }
    case .key, .mouse, .pasted, .resized, .resumed, .hangup, .terminated:
      isAnswering = true
      answer(event)
    }
  }

  func answer(_ event: InputEvent) {
    switch event {
    case .shown, .background: break
    case .key(let key):
      let asked = view.processes.asked
      let theme = view.theme
      let limit = view.isScrolling(by: key.name) ? Frame.scrollLimit(input()) : 0
      let effects = view.press(
        key.name, timeline: feed.timeline, bounds: feed.bounds, canSignal: feed.canSignal,
        utcOffset: feed.info.utcOffset, scrollLimit: limit, fleet: feed.fleet)
      if view.theme != theme { view.say(.theme, self.theme.name) }
      // Not even the rest of the same read is an answer: it was typed before the question.
      if view.processes.asked != asked {
        view.processes.holdAnswers()
        (quietSince, questionFrame) = (nil, nil)
      }
      if quietSince != nil { quietSince = Self.monotonic }
      for effect in effects { perform(effect) }
    case .pasted:
      if quietSince != nil { quietSince = Self.monotonic }
      view.say(.pastePassedOver)
    case .mouse(let mouse): handle(mouse)
    case .resized: break
    case .resumed:
      pacer.forget()
      screen.repaint()
    case .hangup: isOver = true
    case .terminated(let signal):
      isOver = true
      endSignal = signal
    }
  }

  func perform(_ effect: Effect) {
    switch effect {
    case .quit: isOver = true
    case .repaint: screen.repaint()
    case .screenshot: view.toast = Screenshot.save(frame, theme: theme, in: language)
    case .signal(let pid, let started, let number):
      view.toast = ProcessSignal.send(number, to: pid, started: started, in: language)
    case .visit(let host):
      guard let visit else { return }
      view.toast = visit.run(host, on: screen, in: language) { try? feed.update(for: view) }
      pacer.forget()
    case .mark(let nanoseconds, let name):
      let count = feed.timeline.events.count { $0.kind == .mark } + 1
      let text = name ?? "mark \(count)"
      let event = Event(time: Timestamp(nanoseconds: nanoseconds), kind: .mark, text: text)
      let words: ToastWords = name == nil ? .markSet : .namedMarkSet
      let set = words.text(in: language, text)
      view.toast =
        feed.mark(event).map {
          ToastWords.untilYouLeave.text(in: language, set, $0)
        } ?? set
    }
  }
}
