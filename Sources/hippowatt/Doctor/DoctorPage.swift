import Canvas
import Telemetry

extension DoctorReport {
  /// The columns of the page: what a mail and a bug tracker show without breaking it.
  private static let width = 80
  private static let indent = 14

  /// The page.
  /// - Parameter isFull: whether each source has a line of its own, with all its words.
  func lines(isFull: Bool = false) -> [String] {
    var page = ["hippowatt \(facts.program): \(summary)"]
    func section(_ title: String, _ lines: [String]) {
      guard !lines.isEmpty else { return }
      page.append(title)
      page += lines
    }
    section("read", those(.read).flatMap(described))
    let absent = those(.absent).filter { !$0.isNamed }
    let amiss =
      those(.refused) + those(.failed) + those(.silent) + those(.absent).filter(\.isNamed)
    section("not read, and could be", amiss.flatMap(described))
    section("not here", absent.filter { isFull || !$0.isRare }.flatMap(isFull ? described : brief))
    if isFull {
      section("nothing yet", those(.ready).flatMap(described))
      section("off until it is asked for", those(.off).flatMap(described))
    } else {
      section(
        "besides",
        list("nothing yet", those(.ready).map(\.name))
          + list("also not here", absent.filter(\.isRare).map(\.name))
          + list("off", those(.off).map(\.usage)))
    }
    section("this machine", machine)
    return page.map(Self.safe)
  }

  /// A source with its reason, what to do, and what it says besides.
  private func described(_ finding: SourceFinding) -> [String] {
    var words = finding.message
    if finding.standing == .read {
      let count = "\(finding.devices) device\(finding.devices == 1 ? "" : "s")"
      words = words.isEmpty ? count : "\(count): \(words)"
    }
    if words.isEmpty { words = finding.standing.rawValue }
    return row(finding.name, words)
      + (finding.remedy.isEmpty ? [] : row("", "→ " + finding.remedy))
      + finding.notes.flatMap { row("", "note: " + $0) }
  }

  /// The same in a line where that is enough: what is missing without where it was looked for, and what
  /// to do.
  private func brief(_ finding: SourceFinding) -> [String] {
    let message = finding.message.firstRange(of: ": ").map { finding.message[..<$0.lowerBound] }
    let words = String(message ?? finding.message[...])
    return row(finding.name, finding.remedy.isEmpty ? words : "\(words) → \(finding.remedy)")
  }

  private func list(_ title: String, _ names: [String]) -> [String] {
    names.isEmpty ? [] : row(title, names.joined(separator: ", "))
  }

  private var machine: [String] {
    let layers = facts.layers.isEmpty ? "" : " (" + facts.layers.joined(separator: ", ") + ")"
    let kernel = facts.kernel.map { "Linux \($0)" }
    var rows = row(
      "system",
      [facts.distribution, kernel, facts.architecture, facts.libc].map { $0 ?? "unknown" }
        .joined(separator: ", "))
    rows += row("processor", (facts.processor ?? "of unknown name") + layers)
    rows += row(
      "GPUs", facts.cards.isEmpty ? "none on the PCI bus" : facts.cards.joined(separator: ", "))
    if !facts.drivers.isEmpty { rows += row("drivers", facts.drivers.joined(separator: ", ")) }
    rows += row(
      "libraries",
      facts.libraries.map { "\($0.name) \($0.version ?? "not found")" }.joined(separator: ", "))
    for library in facts.libraries where library.version == nil && !library.remedy.isEmpty {
      rows += row("", "→ " + library.remedy)
    }
    rows += row("rights", rights)
    if facts.hiding != nil, !facts.isRoot { rows += row("", "→ " + Remedy.otherUsers.text) }
    rows += row("terminal", terminal)
    rows += row("settings", settings.path ?? "none, so the defaults hold")
    if let problem = settings.problem { rows += row("", "→ not used, " + problem) }
    return rows + settings.lines.flatMap { row("", $0) }
  }

  private var rights: String {
    let own = facts.capabilities.joined(separator: ", ")
    let who = facts.isRoot ? "root" : own.isEmpty ? "a user's" : "a user's, with \(own)"
    return who + (facts.hiding.map { "; other users' processes are hidden (\($0))" } ?? "")
  }

  private var terminal: String {
    let terminal = facts.terminal
    var parts = [terminal.term ?? "TERM is not set"]
    if let color = terminal.colorTerm { parts.append("COLORTERM=\(color)") }
    if let columns = terminal.columns, let rows = terminal.rows {
      parts.append("\(columns)x\(rows)")
    } else {
      parts.append("no terminal")
    }
    parts.append(terminal.locale.map { "locale \($0)" } ?? "no locale")
    return (parts + terminal.layers).joined(separator: ", ")
  }

  /// A title and words beside it, broken where they do not fit; a command is left whole.
  private func row(_ title: String, _ words: String) -> [String] {
    let room = Self.width - Self.indent - 2
    var lines: [String] = [""]
    for word in Self.pieces(Self.safe(words)) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if displayWidth(last) + 1 + displayWidth(word) <= room {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
    return lines.enumerated().map { place, line in
      let head = place == 0 ? title : ""
      return "  " + head + String(repeating: " ", count: max(1, Self.indent - head.count)) + line
    }
  }

  /// Words, and as one piece what follows `: sudo ` to the next semicolon, so that it can be copied.
  private static func pieces(_ text: String) -> [String] {
    guard let start = text.firstRange(of: "sudo ")?.lowerBound else {
      return text.split(separator: " ").map(String.init)
    }
    let rest = text[start...]
    let end = rest.firstIndex(of: ";") ?? rest.endIndex
    let after = end == rest.endIndex ? end : rest.index(after: end)
    return text[..<start].split(separator: " ").map(String.init) + [String(rest[..<after])]
      + rest[after...].split(separator: " ").map(String.init)
  }

  /// What the environment says may hold anything.
  private static func safe(_ text: String) -> String { sanitized(text) }
}
