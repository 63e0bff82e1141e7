import ArgumentParser
import Canvas
import Dashboard
import Glibc
import Terminal

/// Gives a talk on the stage, made of recordings.
struct Talk: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a talk on the stage: scenes made of recordings, with a clicker or alone.",
    discussion: """
      Without a file it gives the talk that came with the program. PgDn, Space and → go on, PgUp and ←
      back, b and . make the screen black, a lets scenes follow each other or wait, l lists the
      chapters, a number and Enter goes to one, + and - set the speed, p stands still, r begins the
      scene again, q ends.

        hippowatt talk                        # on the projector
        hippowatt talk --notes                # at the desk: notes, what comes next, the time
        hippowatt talk my.talk.toml --check 96x27
      """)

  @Argument(
    help: ArgumentHelp("A talk; without one: that of the program.", valueName: "file.talk.toml"))
  var file: String?

  @Option(
    help: ArgumentHelp(
      "The language: \(Self.languages). By default that of LC_ALL, LC_MESSAGES or LANG.",
      valueName: "code"))
  var lang: String?

  @Flag(help: "Begin again at the end, and wait for no key.")
  var loop = false

  @Flag(help: "Show the speaker's view of the talk that runs in another terminal.")
  var notes = false

  @Option(
    help: ArgumentHelp(
      "Draw all scenes in this size, and name what would not fit.", valueName: "96x27"))
  var check: String?

  @Option(
    help: ArgumentHelp(
      "Write the talk as an asciicast, and each chapter as a picture.", valueName: "folder"))
  var export: String?

  @Option(help: ArgumentHelp("Columns and rows of what is exported.", valueName: "96x27"))
  var size: String = "96x27"

  @Option(help: "Colours: auto, truecolor, 256, 16, 8 or none.")
  var color: String = "auto"

  private static var languages: String { DisplayOptions.languages }

  func validate() throws {
    for (option, size) in [("--check", check), ("--size", size)] {
      if let size, Self.dimensions(size) == nil {
        throw ValidationError("\(option) \(size): write columns x rows, such as 96x27")
      }
    }
    if let lang, Language(locale: lang) == nil {
      throw ValidationError("--lang \(lang): write \(Self.languages)")
    }
    if color != "auto", DisplayOptions.depths[color] == nil {
      throw ValidationError("--color \(color): write auto, truecolor, 256, 16, 8 or none")
    }
    let tasks = [
      notes ? "--notes" : nil, check.map { _ in "--check" }, export.map { _ in "--export" },
    ]
    .compactMap { $0 }
    if tasks.count > 1 {
      throw ValidationError("\(tasks.joined(separator: " and ")) do different things: write one")
    }
    if notes, file != nil {
      throw ValidationError("--notes: the talk that runs knows its file; write no other")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let language =
      lang.flatMap { Language(locale: $0) }
      ?? Language.preferred { host.environment[$0] }
    if notes { return try showNotes(host, language) }
    let stage = TalkStage(try TalkFile.read(try path(host)), language: language, host: host)
    if let size = check.flatMap(Self.dimensions) { return try runCheck(stage, size) }
    for index in stage.script.chapters.indices {
      if let problem = stage.problem(of: index) {
        throw Failure(stage.file.words(of: index, in: language) + ": " + problem)
      }
    }
    if let export, let size = Self.dimensions(size) {
      let names = try TalkExport(stage: stage, width: size.width, height: size.height)
        .write(to: export)
      print("\(export): \(names.joined(separator: ", "))")
      return
    }
    try give(stage, host)
  }

  private func runCheck(_ stage: TalkStage, _ size: (width: Int, height: Int)) throws {
    let findings = try TalkChecks(stage: stage, width: size.width, height: size.height).findings()
    guard findings.isEmpty else {
      for line in findings { print(sanitized(line)) }
      throw ExitStatus(code: 1)
    }
    let languages = Language.allCases.map(\.rawValue).joined(separator: " and ")
    let count = stage.script.chapters.count
    let chapters = count == 1 ? "1 chapter" : "\(count) chapters"
    print("clean: \(chapters) in \(languages) at \(size.width)x\(size.height)")
  }

  private func give(_ stage: TalkStage, _ host: HostEnvironment) throws {
    var board: TalkBoard? = TalkBoard(host)
    var remark: String?
    // A talk without a speaker's view is a talk all the same.
    do throws(Failure) { try board?.take() } catch {
      board = nil
      remark = "no notes for --notes: \(error)"
    }
    let screen = try open(host)
    defer {
      screen.close()
      if let remark { printError("hippowatt: \(remark)") }
    }
    let session = TalkSession(stage, screen: screen, board: board, loops: loop)
    try session.run()
    if let signal = session.endSignal { throw EndedBySignal(number: signal) }
  }

  private func showNotes(_ host: HostEnvironment, _ language: Language) throws {
    let board = TalkBoard(host)
    if case .none = try board.look() {
      throw Failure("no talk of yours is running; start one in another terminal: hippowatt talk")
    }
    let store = ThemeStore(host: host, executable: ThemeStore.executable)
    let theme = store.themes.first { $0.name == "stage" } ?? store.themes[0]
    let screen = try open(host)
    var wasEnded = false
    defer {
      screen.close()
      if wasEnded { print("the talk is over") }
    }
    let session = NotesSession(board: board, screen: screen, theme: theme, language: language)
    try session.run()
    if let signal = session.endSignal { throw EndedBySignal(number: signal) }
    if case .none = try board.look() { wasEnded = true }
  }

  private func open(_ host: HostEnvironment) throws -> TerminalScreen {
    var options = TerminalOptions(
      depth: DisplayOptions.depths[color], term: host.environment["TERM"] ?? "",
      colorTerm: host.environment["COLORTERM"] ?? "",
      noColor: !(host.environment["NO_COLOR"] ?? "").isEmpty, mouse: false, inputDescriptor: 0,
      outputDescriptor: 1)
    options.terminfoFolders = host.terminfoFolders
    options.endsInOrder = true
    do { return try TerminalScreen(options) } catch { throw Failure("\(error)") }
  }

  /// The talk that was named, else the one that came with the program.
  private func path(_ host: HostEnvironment) throws -> String {
    if let file { return file }
    let folders = DemoStore(host: host, executable: ThemeStore.executable).folders
    guard let folder = folders.first(where: { File.exists($0 + "/" + Self.own) }) else {
      throw Failure(
        "no talk was installed; looked for \(Self.own) in \(folders.joined(separator: ", "))")
    }
    return folder + "/" + Self.own
  }

  /// The talk that comes with the program.
  private static let own = "power-hungry.talk.toml"

  static func dimensions(_ text: String) -> (width: Int, height: Int)? {
    let parts = text.split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy({ 1...1000 ~= $0 }) else { return nil }
    return (parts[0], parts[1])
  }
}
