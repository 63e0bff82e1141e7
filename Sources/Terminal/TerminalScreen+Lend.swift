import CTerminal

extension TerminalScreen {
  /// Lends the terminal to another program, as it was before it was taken over, and takes it back.
  ///
  /// What is typed meanwhile, Ctrl-C and Ctrl-Z included, is for that program and not for this one. `body`
  /// starts it and waits for its end; nothing is drawn while it runs.
  public func lend(to body: () -> Void) {
    leave()
    if options.guardsCrashes { ct_guard_leave() }
    ct_wake_lend()
    body()
    ct_wake_return()
    takeBack()
  }
}
