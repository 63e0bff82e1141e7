/// Everything a key can ask for.
public enum Command: String, Sendable, Hashable, CaseIterable {
  case playOrPause, back, forward, backFine, forwardFine, backFar, forwardFar
  case previousReading, nextReading
  case slower, faster, normalSpeed
  case first, last
  case mark, previousMark, nextMark, select
  case panel1, panel2, panel3, panel4, nextPanel, previousPanel, focus, leave
  case zoomIn, zoomOut
  case processes
  case diet, chips, equivalents
  case theme, marks, provenance, help, screenshot, repaint, quit
}

/// What the view asks the program to do, since it does no I/O itself.
public enum Effect: Sendable, Hashable {
  case quit
  case repaint
  /// Save the screen as pictures and tell where.
  case screenshot
  /// Send a signal to a process, if it is still the one that began then.
  case signal(pid: Int, started: String, number: Int)
  /// Put a mark at a time.
  case mark(at: Int64)
}
