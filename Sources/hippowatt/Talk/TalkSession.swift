import Canvas
import Dashboard
import Glibc
import Linux
import Terminal

/// Brings the talk, its recordings and the terminal together.
final class TalkSession {
  private let stage: TalkStage
  private let screen: TerminalScreen
  private let board: TalkBoard?
  private var state: TalkState
  /// The last frame, which the next scene fades in from.
  private var frame = Canvas(width: 0, height: 0)
  private var before: Canvas?
  private var isOver = false
  /// When the board was told last, in whole seconds of the talk, and what of the state that was.
  private var told: Int?
  /// The signal that ended the talk; the program re-raises it after closing.
  private(set) var endSignal: Int32?

  init(_ stage: TalkStage, screen: TerminalScreen, board: TalkBoard?, loops: Bool) {
    self.stage = stage
    self.screen = screen
    self.board = board
    state = stage.state(loops: loops)
  }

  private static var monotonic: Int64 { SystemClock.read(CLOCK_MONOTONIC) }

  /// Runs until the speaker quits or the terminal is gone.
  func run() throws {
    var last = Self.monotonic
    while !isOver {
      let now = Self.monotonic
      perform(state.advance(by: Double(now - last) * 1e-9))
      last = now
      try draw()
      tell()
      let deadline = Self.monotonic + (state.fade > 0 ? 30_000_000 : pace)
      for event in screen.poll(until: UInt64(deadline)) { handle(event) }
    }
  }

  /// Nanoseconds to the next frame: what stands still is looked at less often.
  private var pace: Int64 {
    state.isBlack || state.isPaused || state.isAtEnd ? 250_000_000 : 100_000_000
  }

  private func draw() throws {
    let glyphs: GlyphSet = screen.isUTF8 ? .blocks : .ascii
    let theme = stage.theme(of: state)
    let scene = try stage.frame(
      state, width: screen.width, height: screen.height, glyphs: glyphs)
    frame = scene
    let shown = before.map {
      TalkFade.frame(
        from: $0, to: scene, left: state.fade, background: theme[.background], depth: screen.depth)
    }
    if state.fade <= 0 { before = nil }
    let paper = state.isBlack ? Color(0) : theme[.background]
    screen.present(shown ?? scene, background: paper, foreground: theme[.text])
  }

  /// Tells the speaker's view once a second, and at once when a key was pressed.
  private func tell() {
    guard let board, told != Int(state.used) else { return }
    told = Int(state.used)
    // A view that is told nothing says so itself; the audience need not read of it.
    _ = board.tell(TalkStatus(stage.script, state, language: stage.language))
  }

  private func handle(_ event: InputEvent) {
    switch event {
    case .key(let key):
      told = nil
      perform(state.press(key.name))
    case .resumed: screen.repaint()
    case .hangup: isOver = true
    case .terminated(let signal):
      isOver = true
      endSignal = signal
    case .pasted, .mouse, .resized, .shown, .background: break
    }
  }

  private func perform(_ actions: [TalkState.Action]) {
    for action in actions {
      switch action {
      case .changedScene:
        before = frame
        told = nil
      case .repaint: screen.repaint()
      case .quit: isOver = true
      }
    }
  }
}

/// The speaker's view, in a terminal of its own.
final class NotesSession {
  private let board: TalkBoard
  private let screen: TerminalScreen
  private let theme: Theme
  private let language: Language
  private(set) var endSignal: Int32?

  init(board: TalkBoard, screen: TerminalScreen, theme: Theme, language: Language) {
    self.board = board
    self.screen = screen
    self.theme = theme
    self.language = language
  }

  /// Runs until the talk or the speaker ends it.
  /// - Throws: `Failure` where the talk cannot be looked at any more.
  func run() throws {
    while true {
      switch try board.look() {
      case .none: return
      case .silent: break
      case .status(let status):
        let frame = TalkNotesFrame.render(
          status, width: screen.width, height: screen.height, theme: theme, language: language,
          glyphs: screen.isUTF8 ? .blocks : .ascii)
        screen.present(frame, background: theme[.background], foreground: theme[.text])
      }
      let deadline = SystemClock.read(CLOCK_MONOTONIC) + 200_000_000
      for event in screen.poll(until: UInt64(deadline)) {
        switch event {
        case .key(let key) where ["q", "escape", "ctrl-c"].contains(key.name): return
        case .resumed: screen.repaint()
        case .hangup: return
        case .terminated(let signal):
          endSignal = signal
          return
        default: break
        }
      }
    }
  }
}
