extension HostEnvironment {
  /// Where terminfo entries lie: where the user says, the user's own, and where systems keep them.
  ///
  /// An ncurses looks where it was built to look. One that was linked into the program comes from
  /// another system than it runs on, and would not find what Fedora or NixOS keep elsewhere.
  var terminfoFolders: [String] {
    var folders = (environment["TERMINFO_DIRS"] ?? "").split(
      separator: ":", omittingEmptySubsequences: false
    ).map(String.init)
    // An empty name among others is ncurses' own place; nothing at all says nothing.
    if folders == [""] { folders = [] }
    if let home = environment["HOME"], home.hasPrefix("/") {
      folders += Self.terminfoOfUsers.map { home + $0 }
    }
    return folders + Self.terminfoOfSystems
  }

  private static let terminfoOfUsers = ["/.terminfo", "/.nix-profile/share/terminfo"]

  /// Debian's, those before the folders of `/usr` were one, everybody's, and NixOS'.
  private static let terminfoOfSystems = [
    "/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo",
    "/run/current-system/sw/share/terminfo",
  ]
}
