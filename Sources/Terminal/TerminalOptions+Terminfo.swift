import Glibc

/// ncurses is told the folders of terminfo entries by the environment alone.
extension TerminalOptions {
  private static let variable = "TERMINFO_DIRS"

  /// Tells ncurses where to look; what the environment said before.
  func showTerminfoFolders() -> String? {
    let before = getenv(Self.variable).map { String(cString: $0) }
    if !terminfoFolders.isEmpty {
      setenv(Self.variable, terminfoFolders.joined(separator: ":"), 1)
    }
    return before
  }

  /// Puts the environment back: what is started later must not inherit it.
  func hideTerminfoFolders(_ before: String?) {
    if let before { setenv(Self.variable, before, 1) } else { unsetenv(Self.variable) }
  }
}
