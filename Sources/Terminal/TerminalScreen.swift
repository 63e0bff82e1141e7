import CTerminal
import Canvas
import Glibc

/// A terminal taken over for full-screen drawing.
///
/// One thread owns it: ncurses has no locks, so the type is not Sendable and everything, waiting
/// for input included, happens where it was made. `close()` hands the terminal back; a crash or a
/// deadly signal does so too, through the guard in CTerminal.
public final class TerminalScreen {
  let handle: OpaquePointer
  let options: TerminalOptions
  let wakeDescriptor: Int32
  let timerDescriptor: Int32
  /// Rings when the rest of what came in has not followed.
  let patienceDescriptor: Int32
  var decoder: InputDecoder
  /// What the terminal has said of itself so far.
  var answers: TerminalAnswers
  /// What came in before anybody waited for it.
  var early: [InputDecoder.Item]
  /// Questions whether the terminal is ready that it has not answered.
  var unanswered = 0
  var pairs: PairTable
  var squeezer = StyleSqueezer()
  /// Whether the terminal has our own entry, of which every sequence is known.
  let hasOwnEntry: Bool
  /// What the screen shows, to send only rows that differ; nil when it has to be sent whole.
  var shown: Canvas?
  var hasHungUp = false
  private var isClosed = false
  /// Whether the locale says so.
  private let localeIsUTF8: Bool
  private let isEastAsian: Bool

  /// The colours frames are reduced to.
  public let depth: ColorDepth
  /// False where only ASCII arrives; frames are then spelled in it.
  public var isUTF8: Bool {
    localeIsUTF8 && (options.encoding == .utf8 || answers.isUTF8 != false)
  }
  /// True where symbols of ambiguous width take two columns; frames are then spelled without them.
  public var hasWideSymbols: Bool { answers.hasWideSymbols ?? isEastAsian }
  /// The colour of the terminal's background, where it was asked and answered.
  public var terminalBackground: Color? { answers.background }
  /// Whether `.shown` follows each frame that is sent; nil while that is not known.
  public var confirmsFrames: Bool? {
    answers.saysReady ? true : answers.isComplete || !isAsked ? false : nil
  }
  private let isAsked: Bool

  /// Columns.
  public var width: Int { Int(ct_screen_width(handle)) }
  /// Rows.
  public var height: Int { Int(ct_screen_height(handle)) }

  /// Takes over a terminal; throws without having written anything to it.
  public init(_ options: TerminalOptions) throws(TerminalError) {
    guard isatty(options.outputDescriptor) == 1 else {
      throw TerminalError(
        "the output is not a terminal; run it in one, or print a frame as text instead")
    }
    guard isatty(options.inputDescriptor) == 1 else {
      throw TerminalError(
        "the input is not a terminal; keys can be read from /dev/tty when data comes in by a pipe")
    }
    let folders = options.showTerminfoFolders()
    defer { options.hideTerminfoFolders(folders) }
    func choose(_ kind: Int?) throws(TerminalError) -> TerminalChoice {
      try TerminalChoice.choose(options, kind: kind) {
        Int(ct_terminfo_colors($0, options.outputDescriptor))
      }
    }
    var choice = try choose(nil)
    let family = TerminalFamily(
      term: options.term, colorTerm: options.colorTerm, variables: options.variables)
    localeIsUTF8 = LocaleChoice.isUTF8(options, isModern: family.isModern) { ct_locale($0) }
    isEastAsian = family.isModern && LocaleChoice.isEastAsian(options.variables)
    // Before ncurses, which leaves alone the signals that somebody already handles.
    wakeDescriptor = ct_wake_install()
    timerDescriptor = ct_timer_open()
    patienceDescriptor = ct_timer_open()
    if options.guardsCrashes {
      ct_guard_install()
      ct_guard_enter(options.outputDescriptor)
    }
    isAsked = family.isModern
    var (decoder, answers) = (InputDecoder(), TerminalAnswers())
    early = []
    if isAsked {
      let questions = TerminalQuestions(
        asksCharacters: localeIsUTF8, asksBackground: options.asksBackground,
        multiplexer: family.multiplexer)
      early = Self.ask(
        questions, input: options.inputDescriptor, output: options.outputDescriptor,
        timer: timerDescriptor,
        // Over ssh answers take their time, and what they say is not in the environment there.
        patience: options.variables["SSH_CONNECTION"] == nil ? 250 : 1000, decoder: &decoder,
        answers: &answers)
      if let kind = answers.kind { choice = try choose(kind) }
    }
    (self.decoder, self.answers) = (decoder, answers)
    guard
      let handle = ct_screen_open(
        choice.term, choice.entry, options.inputDescriptor, options.outputDescriptor, options.mouse)
    else {
      ct_guard_leave()
      Glibc.close(timerDescriptor)
      Glibc.close(patienceDescriptor)
      throw TerminalError(
        "TERM=\(sanitized(options.term)) was refused by ncurses; try TERM=xterm-256color")
    }
    self.handle = handle
    self.options = options
    depth = choice.depth
    hasOwnEntry = choice.entry != nil
    pairs = PairTable(capacity: Int(ct_screen_pairs(handle)))
    if options.guardsCrashes {
      guardFrames()
      ct_guard_end_orderly(options.endsInOrder)
    }
  }

  /// Opens the terminal this process was started from, for keys while standard input is data.
  public static func openControllingTerminal() -> Int32? {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    return descriptor >= 0 ? descriptor : nil
  }

  /// Draws everything anew at the next frame, whatever the terminal was thought to show.
  public func repaint() {
    shown = nil
    squeezer.doubt()
    ct_screen_forget(handle)
  }

  /// Hands the terminal back; more calls do nothing.
  public func close() {
    guard !isClosed else { return }
    waitIfCrashing()
    isClosed = true
    leave()
    ct_screen_close(handle)
    if options.guardsCrashes { ct_guard_leave() }
    Glibc.close(timerDescriptor)
    Glibc.close(patienceDescriptor)
  }

  deinit {
    close()
  }

  /// Waits for the end of the process when another thread has crashed, so that nothing is drawn
  /// over the crash message.
  func waitIfCrashing() {
    if options.guardsCrashes, ct_guard_tripped() { ct_guard_park() }
  }

  /// Leaves the screen, stops like any other program and comes back to a screen of its own.
  func stop() {
    leave()
    if options.guardsCrashes { ct_guard_leave() }
    ct_wake_stop_here()
    guardAgain()
  }

  /// Guards the terminal as before it was given away for a while.
  private func guardAgain() {
    guard options.guardsCrashes else { return }
    ct_guard_enter(options.outputDescriptor)
    guardFrames()
  }

  /// Takes the terminal over again after somebody else had it.
  func takeBack() {
    guardAgain()
    repaint()
    if ct_screen_resize(handle) { shown = nil }
  }

  private func guardFrames() {
    ct_guard_redirect(ct_screen_drawing(handle), ct_screen_line(handle))
  }

  /// Gives the terminal back and takes what it still answers, which the shell would take for typed.
  func leave() {
    let rest = squeezer.settled()
    if !hasHungUp { send(rest) }
    squeezer.forget()
    guard !hasHungUp, answers.saysReady, unanswered > 0 else { return ct_screen_leave(handle) }
    // From now on nothing is echoed but by whoever comes next.
    var before = termios()
    ct_screen_leave(handle)
    guard tcgetattr(options.inputDescriptor, &before) == 0 else { return }
    var mode = before
    mode.c_lflag &= ~UInt32(ECHO | ICANON)
    tcsetattr(options.inputDescriptor, TCSANOW, &mode)
    defer { tcsetattr(options.inputDescriptor, TCSANOW, &before) }
    // Whoever ends us by a signal gives us two seconds.
    ct_timer_after(patienceDescriptor, ct_guard_ending() == 0 ? 3000 : 1000)
    while unanswered > 0 {
      var waits = [options.inputDescriptor, patienceDescriptor].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      guard Glibc.poll(&waits, 2, -1) > 0 else { break }
      guard waits[1].revents == 0, let bytes = Self.read(options.inputDescriptor) else { break }
      for item in decoder.feed(bytes) where item == .reply(.ready) { unanswered -= 1 }
    }
    unanswered = 0
    ct_timer_after(patienceDescriptor, 0)
  }
}
