import CTerminal

extension TerminalScreen {
  /// The version of ncurses that is linked, such as `6.5.20250216`.
  package static var cursesVersion: String? {
    guard let text = ct_curses_version() else { return nil }
    let words = String(cString: text).split(separator: " ")
    return words.last.map(String.init)
  }
}
