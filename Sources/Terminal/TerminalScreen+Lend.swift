import CTerminal
import Glibc

extension TerminalScreen {
  /// Lends the terminal to another program, as it was before it was taken over, and takes it back.
  ///
  /// `body` starts that program in a process group of its own, gives it the terminal, whose descriptor it is
  /// told, and waits for its end; nothing is drawn meanwhile. Where this program is asked to end before that,
  /// `isAskedToEnd` says so, and the request follows once the terminal is back.
  public func lend(to body: (_ terminal: Int32) -> Void) {
    leave()
    if options.guardsCrashes { ct_guard_leave() }
    ct_wake_lend()
    body(options.outputDescriptor)
    tcsetpgrp(options.outputDescriptor, getpgrp())
    let request = ct_wake_lent_signal()
    ct_wake_return()
    takeBack()
    if request != 0 { raise(request) }
  }

  /// Whether a signal asked this program to end while another one has the terminal.
  public var isAskedToEnd: Bool { ct_wake_lent_signal() != 0 }
}
