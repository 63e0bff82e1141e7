/// What a report of a fault needs to know of the machine, the program and the terminal.
///
/// It is told, not looked up, so that a page can be made of any machine. What is not known is `nil`.
struct DoctorFacts: Sendable, Hashable {
  /// Version and kind of build of the program.
  var program = ""
  /// `PRETTY_NAME` of os-release.
  var distribution: String?
  /// `ID` and `ID_LIKE` of os-release, the nearest first.
  var family: [String] = []
  /// `VERSION_ID` of os-release.
  var release: String?
  var kernel: String?
  var architecture: String?
  var libc: String?
  /// Product name of the processor.
  var processor: String?
  /// What stands between the program and the hardware: a hypervisor, a container, WSL.
  var layers: [String] = []
  /// Cards on the PCI bus that draw or compute: vendor and device number, driver, how many.
  var cards: [String] = []
  /// The drivers of GPUs that are loaded, with their versions where they have one of their own.
  var drivers: [String] = []
  /// Libraries by name; the version is `nil` where one is not found.
  var libraries: [Library] = []
  var isRoot = false
  /// The names of those rights of root that the program has all the same.
  var capabilities: [String] = []
  /// The option of `/proc` that hides other users' processes; `nil` where they are to be seen.
  var hiding: String?
  var terminal = Terminal()

  /// A library that is opened or linked.
  struct Library: Sendable, Hashable {
    var name: String
    var version: String?
    /// What is missing without it, and the command that installs it.
    var remedy = ""
  }

  /// What the environment says of the terminal.
  struct Terminal: Sendable, Hashable {
    var term: String?
    var colorTerm: String?
    /// `nil` where there is no terminal.
    var columns: Int?
    var rows: Int?
    var locale: String?
    /// What runs between it and the program, such as tmux.
    var layers: [String] = []
  }
}

/// How the library that every page over HTTP needs is installed.
enum CurlPackage {
  /// By distribution, newest names first: the family, the first release of that name, the command.
  ///
  /// Sources: packages.debian.org and packages.ubuntu.com (libcurl4t64 since trixie and noble), and
  /// the package indices of the others.
  private static let commands: [(family: String, since: Double, command: String)] = [
    ("ubuntu", 24.04, "sudo apt-get install libcurl4t64"),
    ("ubuntu", 0, "sudo apt-get install libcurl4"),
    ("debian", 13, "sudo apt-get install libcurl4t64"),
    ("debian", 0, "sudo apt-get install libcurl4"),
    ("fedora", 0, "sudo dnf install libcurl"), ("rhel", 0, "sudo dnf install libcurl"),
    ("amzn", 0, "sudo dnf install libcurl"), ("suse", 0, "sudo zypper install libcurl4"),
    ("opensuse", 0, "sudo zypper install libcurl4"), ("alpine", 0, "sudo apk add libcurl"),
    ("arch", 0, "sudo pacman -S curl"),
  ]

  /// The one command for a distribution; `nil` where it is not known.
  ///
  /// The number of a release is only compared with those of the same distribution.
  static func command(family: [String], release: String?) -> String? {
    for (place, name) in family.enumerated() {
      let number = place == 0 ? release.flatMap(Double.init) : nil
      let own = commands.filter { $0.family == name }
      guard own.count > 1, number == nil else {
        if let match = own.first(where: { $0.since <= number ?? 0 }) { return match.command }
        continue
      }
      // Either name may be right: apt says which.
      return own.last.map { $0.command + " (or libcurl4t64)" }
    }
    return nil
  }
}
