import CSystem
import Glibc
import HTTP
import Linux
import Recordings
import Telemetry
import Terminal

extension DoctorFacts {
  /// What this machine tells.
  static func current(_ host: HostEnvironment) -> DoctorFacts {
    var facts = DoctorFacts()
    facts.program = "\(Version.string), \(build)"
    facts.readRelease()
    facts.kernel = SystemFile.text("/proc/sys/kernel/osrelease")
    facts.architecture = architecture
    facts.libc = libc
    facts.readProcessor()
    facts.readLayers(host)
    (facts.cards, facts.drivers) = (cards(), drivers())
    facts.libraries = [
      Library(name: "ncurses", version: TerminalScreen.cursesVersion),
      Library(name: "SQLite", version: RecordingReader.sqliteVersion),
    ]
    let curl = try? CurlLibrary.version()
    let command = CurlPackage.command(family: facts.family, release: facts.release)
    facts.libraries.append(
      Library(
        name: "libcurl", version: curl,
        remedy: curl == nil
          ? "meters, servers and a live grid need it: \(command ?? HTTPFailure.curlPackages)" : ""))
    facts.readRights()
    facts.readTerminal(host)
    return facts
  }

  private static var build: String {
    var kind = "release build"
    #if DEBUG
      kind = "debug build"
    #endif
    return kind
  }

  /// Such as `glibc 2.41`, by confstr(3).
  private static var libc: String? {
    var buffer = [CChar](repeating: 0, count: 64)
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &buffer, 63) > 0 else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var architecture: String? {
    var names = utsname()
    guard uname(&names) == 0 else { return nil }
    return withUnsafeBytes(of: names.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The lines `KEY=value` of os-release(5).
  private mutating func readRelease() {
    guard let text = File.read("/etc/os-release") ?? File.read("/usr/lib/os-release") else {
      return
    }
    var values: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      values[parts[0]] = String(parts[1].filter { $0 != "\"" && $0 != "'" })
    }
    distribution = values["PRETTY_NAME"]
    release = values["VERSION_ID"]
    family = [values["ID"] ?? ""] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
  }

  private mutating func readProcessor() {
    let text = File.read("/proc/cpuinfo", limit: 16_384) ?? ""
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let key = parts.first?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if key == "model name", processor == nil, parts.count == 2 {
        processor = parts[1].split(separator: " ").joined(separator: " ")
      } else if key == "flags", parts.count == 2, layers.isEmpty,
        parts[1].split(separator: " ").contains("hypervisor")
      {
        layers.append("virtual machine")
      }
    }
  }

  private mutating func readLayers(_ host: HostEnvironment) {
    if File.exists("/run/.containerenv") { layers.append("container (podman)") }
    if File.exists("/.dockerenv") { layers.append("container (docker)") }
    if host.environment["KUBERNETES_SERVICE_HOST"] != nil { layers.append("Kubernetes") }
    if host.environment["APPTAINER_CONTAINER"] != nil || host.environment["SINGULARITY_NAME"] != nil
    {
      layers.append("container (Apptainer)")
    }
    if kernel?.lowercased().contains("microsoft") == true { layers.append("WSL") }
  }

  /// Devices of the classes 03 (display) and 12 (processing accelerators) of the kernel's `pci_ids.h`.
  private static func cards() -> [String] {
    var counts: [(card: String, count: Int)] = []
    let folder = "/sys/bus/pci/devices"
    for name in SystemFile.names(in: folder, limit: 4096) ?? [] {
      let path = "\(folder)/\(name)"
      guard let kind = SystemFile.text(path + "/class"),
        kind.hasPrefix("0x03") || kind.hasPrefix("0x12"),
        let vendor = SystemFile.text(path + "/vendor"),
        let device = SystemFile.text(path + "/device")
      else { continue }
      let driver =
        SystemFile.linkTarget(path + "/driver")?.split(separator: "/").last ?? "no driver"
      let card = "\(vendor.dropFirst(2)):\(device.dropFirst(2)) (\(driver))"
      if let place = counts.firstIndex(where: { $0.card == card }) {
        counts[place].count += 1
      } else {
        counts.append((card, 1))
      }
    }
    return counts.map { $0.count == 1 ? $0.card : "\($0.count) × \($0.card)" }
  }

  /// Only drivers that are no part of the kernel have versions of their own.
  private static func drivers() -> [String] {
    ["nvidia", "amdgpu", "i915", "xe", "nouveau"].compactMap { name in
      let folder = "/sys/module/" + name
      guard SystemFile.exists(folder) else { return nil }
      return SystemFile.text(folder + "/version").map { "\(name) \($0)" } ?? name
    }
  }

  /// The capabilities that change what is read, by their numbers in `linux/capability.h`.
  private static let telling: [(bit: UInt64, name: String)] = [
    (1, "CAP_DAC_OVERRIDE"), (2, "CAP_DAC_READ_SEARCH"), (19, "CAP_SYS_PTRACE"),
    (21, "CAP_SYS_ADMIN"), (38, "CAP_PERFMON"),
  ]

  private mutating func readRights() {
    isRoot = geteuid() == 0
    for line in (File.read("/proc/self/status") ?? "").split(separator: "\n")
    where line.hasPrefix("CapEff:") {
      let bits = UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) ?? 0
      capabilities = Self.telling.filter { bits >> $0.bit & 1 == 1 }.map(\.name)
    }
    for line in (File.read("/proc/self/mounts") ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 3, words[1] == "/proc", words[2] == "proc" else { continue }
      hiding = words[3].split(separator: ",").first {
        $0.hasPrefix("hidepid=") && $0 != "hidepid=0" && $0 != "hidepid=off"
      }.map(String.init)
    }
  }

  private mutating func readTerminal(_ host: HostEnvironment) {
    func variable(_ name: String) -> String? {
      host.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    terminal.term = variable("TERM")
    terminal.colorTerm = variable("COLORTERM")
    terminal.locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG")
    if variable("TMUX") != nil { terminal.layers.append("tmux") }
    if variable("STY") != nil { terminal.layers.append("screen") }
    if variable("SSH_CONNECTION") != nil { terminal.layers.append("ssh") }
    var size = winsize()
    // A pipe takes the page; the terminal is still there to be asked.
    for descriptor in [Int32(1), 0, 2]
    where isatty(descriptor) == 1 && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 {
      (terminal.columns, terminal.rows) = (Int(size.ws_col), Int(size.ws_row))
      break
    }
  }
}
