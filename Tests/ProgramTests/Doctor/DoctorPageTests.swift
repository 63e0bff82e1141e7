import Canvas
import Telemetry
import Testing

@testable import hippowatt

/// The doctor's page, of machines that are made up.
@Suite struct DoctorPageTests {
  /// A box with eight GPUs on which a user may read little.
  private static let box = DoctorReport(
    facts: facts, settings: SettingsDigest(),
    findings: [
      finding(
        "nvml", .read, 8, "8 GPUs, driver 580.65.06",
        notes: [
          "the activity inside the GPUs (GPM) may not be read by this user; run as root to see it"
        ]),
      finding(
        "rapl", .refused, 0,
        "/sys/class/powercap/intel-rapl:0/energy_uj may not be read by this user",
        remedy: Remedy.energyCounters.text),
      finding(
        "amdgpu", .absent, 0, "no AMD GPU: looked for it", remedy: "load: sudo modprobe amdgpu"),
      finding("battery", .absent, 0, "no battery", remedy: "none", isRare: true),
      finding("hwmon", .silent, 0, "did not answer within 5 s", remedy: "all else is read"),
      finding("host", .read, 1, "16 processors, Linux 6.12.48"),
      finding("net", .read, 2, "interfaces: wg-secret, eth0"),
      finding("jobs", .ready, 0, "train-secret.py"),
      finding("wall", .off, 0, "used when asked for: --source wall:URL"),
    ], privacy: DoctorPrivacy(machine: "box", user: "alice"))

  private static var facts: DoctorFacts {
    var facts = DoctorFacts()
    facts.program = "0.1.0, release build"
    facts.distribution = "Debian GNU/Linux 13 (trixie)"
    (facts.kernel, facts.architecture, facts.libc) = ("6.12.48", "x86_64", "glibc 2.41")
    facts.processor = "AMD EPYC 9654"
    facts.cards = ["8 × 10de:2330 (nvidia)"]
    facts.drivers = ["nvidia 580.65.06"]
    facts.libraries = [
      .init(name: "ncurses", version: "6.5"), .init(name: "SQLite", version: "3.46.1"),
      .init(
        name: "libcurl", version: nil,
        remedy: "meters, servers and a live grid need it: sudo apt-get install libcurl4t64"),
    ]
    facts.terminal.term = "xterm-256color"
    (facts.terminal.columns, facts.terminal.rows) = (120, 40)
    facts.terminal.locale = "de_DE.UTF-8"
    facts.hiding = "hidepid=2"
    return facts
  }

  private static func finding(
    _ name: String, _ standing: SourceFinding.Standing, _ devices: Int, _ message: String,
    remedy: String = "", notes: [String] = [], isRare: Bool = false
  ) -> SourceFinding {
    SourceFinding(
      name: name, usage: name == "wall" ? "wall:URL" : name, standing: standing, devices: devices,
      message: message, remedy: remedy, notes: notes, isRare: isRare)
  }

  @Test func `a box with eight GPUs, as a user`() {
    #expect(
      Self.box.lines().joined(separator: "\n") == #"""
        hippowatt 0.1.0, release build: 3 of 8 sources give readings, 1 refused, 1 silent
        read
          nvml          8 devices: 8 GPUs, driver 580.65.06
                        note: the activity inside the GPUs (GPM) may not be read by this
                        user; run as root to see it
          host          1 device: 16 processors, Linux 6.12.48
          net           2 devices
        not read, and could be
          rapl          /sys/class/powercap/intel-rapl:0/energy_uj may not be read by
                        this user
                        → allow yourself until the next start:
                        sudo chown "$USER" /sys/class/powercap/intel-rapl:*/energy_uj;
                        what runs as you can then tell others' work by its power
                        (CVE-2020-8694)
          hwmon         did not answer within 5 s
                        → all else is read
        not here
          amdgpu        no AMD GPU → load: sudo modprobe amdgpu
        besides
          nothing yet   jobs
          also not here battery
          off           wall:URL
        this machine
          system        Debian GNU/Linux 13 (trixie), Linux 6.12.48, x86_64, glibc 2.41
          processor     AMD EPYC 9654
          GPUs          8 × 10de:2330 (nvidia)
          drivers       nvidia 580.65.06
          libraries     ncurses 6.5, SQLite 3.46.1, libcurl not found
                        → meters, servers and a live grid need it:
                        sudo apt-get install libcurl4t64
          rights        a user's; other users' processes are hidden (hidepid=2)
                        → run it as their user, or as root: sudo hippowatt; root sees
                        everybody's processes
          terminal      xterm-256color, 120x40, locale de_DE.UTF-8
          settings      none, so the defaults hold
        """#)
  }

  @Test func `in full each source has its own line`() {
    let page = Self.box.lines(isFull: true).joined(separator: "\n")
    #expect(page.contains("battery       no battery"))
    #expect(page.contains("wall          used when asked for: --source wall:URL"))
    #expect(page.contains("amdgpu        no AMD GPU: looked for it"))
    #expect(!page.contains("besides"))
  }

  @Test func `a meter that was named and is not there is a fault`() {
    var meter = Self.finding("wall", .absent, 0, "it is not there (404)", remedy: "check the path")
    meter.isNamed = true
    let page = DoctorReport(
      facts: Self.facts, settings: SettingsDigest(), findings: [meter],
      privacy: DoctorPrivacy(machine: "", user: nil)
    ).lines()
    #expect(page.contains("not read, and could be") && !page.contains("not here"))
  }

  @Test func `nothing of users is on it`() {
    for text in [Self.box.lines().joined(), Self.box.lines(isFull: true).joined(), Self.box.json] {
      #expect(!text.contains("secret"))
      #expect(!text.contains("alice"))
    }
  }

  @Test func `where nothing is read it says so`() {
    let report = DoctorReport(
      facts: DoctorFacts(), settings: SettingsDigest(),
      findings: [Self.finding("host", .absent, 0, "/proc/stat does not exist", remedy: "mount it")],
      privacy: DoctorPrivacy(machine: "", user: nil))
    #expect(!report.readsAnything)
    #expect(report.summary == "0 of 1 sources give readings")
    let page = report.lines().joined(separator: "\n")
    #expect(page.contains("host          /proc/stat does not exist → mount it"))
    #expect(page.contains("system        unknown, unknown, unknown, unknown"))
    #expect(page.contains("TERM is not set, no terminal, no locale"))
  }

  @Test func `what the environment says cannot act on a terminal`() {
    var facts = Self.facts
    facts.terminal.term = "x\u{1B}]0;owned\u{7}\nread"
    facts.distribution = "De\u{1B}[2Jbian\u{202E}"
    let report = DoctorReport(
      facts: facts, settings: SettingsDigest(),
      findings: [Self.finding("exec", .failed, 0, "a\u{1B}[31mb\r\nc", remedy: "\u{9B}x")],
      privacy: DoctorPrivacy(machine: "", user: nil))
    for line in report.lines() + [report.json] {
      #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) })
      #expect(!line.contains("\u{202E}"))
    }
  }

  @Test func `a line is no wider than a page, but for a command`() {
    for line in Self.box.lines() where !line.contains("sudo ") && !line.hasPrefix("hippowatt ") {
      #expect(displayWidth(line) <= 80, "\(line)")
    }
    #expect(Self.box.lines().count <= 40)
  }

  /// `ID` and `ID_LIKE`, `VERSION_ID`, and the command.
  private static let systems: [(family: String, release: String?, command: String)] = [
    ("debian", "13", "apt-get install libcurl4t64"), ("debian", "12", "apt-get install libcurl4"),
    ("ubuntu debian", "22.04", "apt-get install libcurl4"),
    ("ubuntu debian", "24.04", "apt-get install libcurl4t64"),
    ("linuxmint ubuntu debian", "22", "apt-get install libcurl4 (or libcurl4t64)"),
    ("rocky rhel fedora", "9.4", "dnf install libcurl"),
    ("opensuse-leap suse opensuse", "15.6", "zypper install libcurl4"),
    ("arch", nil, "pacman -S curl"), ("alpine", "3.20.3", "apk add libcurl"),
  ]

  @Test(arguments: systems.indices)
  func `libcurl is installed by one command`(index: Int) {
    let system = Self.systems[index]
    let family = system.family.split(separator: " ").map(String.init)
    #expect(
      CurlPackage.command(family: family, release: system.release) == "sudo " + system.command)
  }

  @Test func `no package is guessed for an unknown system`() {
    #expect(CurlPackage.command(family: ["nixos"], release: "25.11") == nil)
    #expect(CurlPackage.command(family: [], release: nil) == nil)
  }
}
