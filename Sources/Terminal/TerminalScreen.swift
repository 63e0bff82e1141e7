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
  var pairs: PairTable
  /// What the screen shows, to send only rows that differ; nil when it has to be sent whole.
  var shown: Canvas?
  var heldButton = 0
  var hasHungUp = false
  private var isClosed = false

  /// The colours frames are reduced to.
  public let depth: ColorDepth
  /// False where only ASCII arrives; frames are then spelled in it.
  public let isUTF8: Bool

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
    let choice = try TerminalChoice.choose(options) {
      Int(ct_terminfo_colors($0, options.outputDescriptor))
    }
    isUTF8 = ct_locale(options.locale)
    // Before ncurses, which leaves alone the signals that somebody already handles.
    wakeDescriptor = ct_wake_install()
    timerDescriptor = ct_timer_open()
    if options.guardsCrashes {
      ct_guard_install()
      ct_guard_enter(options.outputDescriptor, -1)
    }
    guard
      let handle = ct_screen_open(
        choice.term, choice.entry, options.inputDescriptor, options.outputDescriptor, options.mouse)
    else {
      ct_guard_leave()
      Glibc.close(timerDescriptor)
      throw TerminalError(
        "TERM=\(sanitized(options.term)) was refused by ncurses; try TERM=xterm-256color")
    }
    self.handle = handle
    self.options = options
    depth = choice.depth
    pairs = PairTable(capacity: Int(ct_screen_pairs(handle)))
    if options.guardsCrashes {
      ct_guard_redirect(ct_screen_drawing(handle))
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
    ct_screen_forget(handle)
  }

  /// Hands the terminal back; more calls do nothing.
  public func close() {
    guard !isClosed else { return }
    waitIfCrashing()
    isClosed = true
    ct_screen_close(handle)
    if options.guardsCrashes { ct_guard_leave() }
    Glibc.close(timerDescriptor)
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
    ct_screen_leave(handle)
    if options.guardsCrashes { ct_guard_leave() }
    ct_wake_stop_here()
    if options.guardsCrashes { ct_guard_enter(options.outputDescriptor, ct_screen_drawing(handle)) }
  }
}
