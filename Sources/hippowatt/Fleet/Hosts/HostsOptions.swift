import ArgumentParser
import Glibc

/// Which machines are reached by ssh, and how.
struct HostsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Machines to reach by ssh instead, which run hippowatt and no agent; with commas between.",
      valueName: "a,b,c"))
  var hosts: String?

  @Option(
    help: ArgumentHelp("A file with a machine on each line; # begins a remark.", valueName: "file"))
  var hostfile: String?

  @Option(
    help: ArgumentHelp(
      "How a machine is reached; its name and the command follow.", valueName: "command"))
  var ssh: String = "ssh -o BatchMode=yes -o ConnectTimeout=10"

  @Option(help: ArgumentHelp("What is run on each machine.", valueName: "command"))
  var remote: String = "hippowatt record -o - --quiet"

  @Option(help: ArgumentHelp("Record what the machines tell as well.", valueName: "file.hippo"))
  var record: String?

  /// The most machines: each is a process here, and a connection.
  static let most = 128

  /// Whether machines are named.
  var isUsed: Bool { hosts != nil || hostfile != nil }

  func validate() throws {
    for host in (hosts ?? "").split(separator: ",") where !HostVisit.isName(host) {
      throw ValidationError("--hosts \(host): write names of machines, such as node1 or ada@node1")
    }
    if record != nil, !isUsed {
      throw ValidationError("--record is for machines that are reached by --hosts or --hostfile")
    }
  }

  /// The machines that are named, each once, in order.
  /// - Throws: `Failure` or `WrongUsage` where a file cannot be read or holds something else.
  func names() throws -> [String] {
    var names = (hosts ?? "").split(separator: ",").map(String.init)
    if let hostfile {
      let text: String
      do { text = try File.text(hostfile) } catch { throw Failure("\(hostfile): \(error)") }
      let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
      for (place, line) in lines.enumerated() {
        guard
          let word = line.prefix(while: { $0 != "#" }).split(whereSeparator: \.isWhitespace).first
        else { continue }
        guard HostVisit.isName(word) else {
          throw Failure("\(hostfile):\(place + 1): “\(word.prefix(40))” is no name of a machine")
        }
        names.append(String(word))
      }
    }
    var seen: Set<String> = []
    names = names.filter { seen.insert($0).inserted }
    guard !names.isEmpty else { throw WrongUsage("--hosts names no machine") }
    guard names.count <= Self.most else {
      throw WrongUsage(
        "\(names.count) machines are more than \(Self.most): run `hippowatt exporter` on them, and ask "
          + "their store by --prometheus")
    }
    return names
  }

  /// The command of the shell that reaches a machine.
  func command(_ host: String) -> String {
    "\(ssh) -- '\(host)' '\(remote.replacing("'", with: "'\\''"))'"
  }
}
