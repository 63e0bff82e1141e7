/// Everything a key can do; ``KeyTable`` describes each command.
public enum Command: Sendable, Hashable {
  case playOrPause, back, forward, backFine, forwardFine, backFar, forwardFar
  case previousReading, nextReading
  case slower, faster, normalSpeed
  case first, last
  /// Opens the line into which a time is typed.
  case goTo
  /// Shows times in UTC, or by the clock on the wall.
  case zone
  /// Opens the line into which the name of a mark is typed.
  case nameMark
  case addMark, previousMark, nextMark, select
  /// Ends the selected span and plays it over and over; or no longer.
  case loop
  /// A panel of the catalogue, from 0: large, or back.
  case panel(Int)
  case nextPanel, previousPanel, focus, leave
  case zoomIn, zoomOut
  /// Opens a view over the panels, or closes it.
  case overlay(OverlayName)
  case theme, cycleGlyphs, screenshot, repaint, quit

  /// Opens or closes the help.
  public static let help = Command.overlay(.help)
  /// Opens or closes the list of processes.
  public static let processes = Command.overlay(.processes)
  /// Opens or closes the list of series and their sources.
  public static let provenance = Command.overlay(.provenance)
  /// Opens or closes the published measurements.
  public static let diet = Command.overlay(.diet)
  /// Opens or closes the race against a baseline.
  public static let race = Command.overlay(.race)
  /// Opens or closes the estimates for other chips.
  public static let chips = Command.overlay(.chips)
  /// Opens or closes the list of familiar things.
  public static let equivalents = Command.overlay(.equivalents)
}

extension Command: CaseIterable {
  /// Every command, with one for each panel and each view of the catalogues.
  public static let allCases: [Command] =
    [
      .playOrPause, .back, .forward, .backFine, .forwardFine, .backFar, .forwardFar,
      .previousReading, .nextReading, .slower, .faster, .normalSpeed, .first, .last, .goTo, .zone,
      .addMark,
      .previousMark, .nextMark, .select, .loop, .nextPanel, .previousPanel, .focus, .leave, .zoomIn,
      .zoomOut, .theme, .cycleGlyphs, .screenshot, .repaint, .quit,
    ] + PanelCatalogue.all.indices.map(Command.panel) + OverlayCatalogue.names.map(Command.overlay)
}

/// What the view asks the program to do, since it does no I/O itself.
public enum Effect: Sendable, Hashable {
  /// End the program.
  case quit
  /// Draw the whole screen again.
  case repaint
  /// Save the screen as pictures and tell where.
  case screenshot
  /// Send a signal to a process, if it is still the one that began then.
  case signal(pid: Int, started: String, number: Int)
  /// Lend the screen to what watches a machine on it.
  case visit(host: String)
  /// Put a mark at a time; without a name it is numbered.
  case mark(at: Int64, name: String?)
}
