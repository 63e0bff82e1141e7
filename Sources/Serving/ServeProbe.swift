/// Which inference server a process probably is, by its command line, without asking it anything.
///
/// A guess for whoever the user has allowed to look: a GET shows up in the server's log.
public enum ServeProbe {
  /// A server and where its metrics would be.
  public struct Candidate: Sendable, Hashable {
    /// The server's name, as it would stand in `framework`.
    public var engine: String
    /// The paths to ask, likeliest first; none where the server publishes nothing.
    public var paths: [String]
    /// How to make it publish, where the command line shows that it does not; may be empty.
    public var remedy: String
  }

  /// The likely servers behind a listening port, likeliest first.
  ///
  /// `commandLine` is the process's, its words separated by blanks; empty when it is not known,
  /// in which case the port alone decides.
  public static func candidates(forPort port: Int, commandLine: String) -> [Candidate] {
    let line = commandLine.lowercased()
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    // What hands requests on names the engines behind it among its words.
    let tables = ServerTable.all.filter(\.isFront) + ServerTable.all.filter { !$0.isFront }
    if let table = tables.first(where: { table in
      table.commands.contains { isIn(line, words, $0) }
    }) {
      return [candidate(table, words)]
    }
    if isIn(line, words, ollama.engine.lowercased()) { return [ollama] }
    guard line.isEmpty else { return [] }
    let known = ServerTable.all.filter { $0.ports.contains(port) }.map { candidate($0, []) }
    return known + (port == 11434 ? [ollama] : [])
  }

  /// Publishes nothing.
  private static let ollama = Candidate(engine: "Ollama", paths: [], remedy: "")

  /// Whether a command line has a word, at the end of a path too, or a part of it.
  private static func isIn(_ line: String, _ words: [String], _ sign: String) -> Bool {
    sign.contains(" ") || sign.contains(".")
      ? line.contains(sign)
      : words.contains { $0 == sign || $0.hasSuffix("/" + sign) }
  }

  private static func candidate(_ table: ServerTable, _ words: [String]) -> Candidate {
    let isMuted = !table.flag.isEmpty && !words.isEmpty && !words.contains(table.flag)
    return Candidate(
      engine: table.name, paths: table.paths + ["/metrics"], remedy: isMuted ? table.remedy : "")
  }
}
