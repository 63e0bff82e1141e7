import ArgumentParser
import Dashboard
import Glibc

/// Lists the themes, and makes more of them.
struct Themes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the themes, or make one of another program's.",
    subcommands: [ThemeList.self, ImportTheme.self], defaultSubcommand: ThemeList.self)
}

/// Lists the themes that can be chosen.
struct ThemeList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the themes that --theme takes.")

  func run() {
    let store = ThemeStore(host: .current(), executable: ThemeStore.executable)
    for theme in store.themes { print(theme.name) }
    for problem in store.problems { printError("hippowatt: \(problem)") }
  }
}

/// Makes a theme of a file that another program has its colours in.
struct ImportTheme: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a theme of a base16 or base24 scheme or a btop theme.",
    discussion: """
      The theme is written to ~/.config/hippowatt/themes, where --theme and the settings find it by its
      name. Colours that cannot be read on the scheme's background are made lighter or darker, by as
      little as it takes.
      """)

  @Argument(help: ArgumentHelp("A scheme (.yaml) or a theme of btop.", valueName: "file"))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file; - for standard output.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp("The theme's name; else that of the file.", valueName: "name"))
  var name: String?

  @Flag(help: "Take the place of a theme that you have by that name.")
  var force = false

  func validate() throws {
    if let name, Self.slug(name) != name || !Self.isUsable(name) {
      throw ValidationError(
        "--name \(name): write small letters, digits and hyphens, and not “\(ThemeStore.automatic)”"
      )
    }
  }

  func run() throws {
    let text: String
    do { text = try File.text(file, limit: 1 << 16) } catch { throw Failure("\(file): \(error)") }
    let base = file.split(separator: "/").last.map(String.init) ?? file
    let stem = base.lastIndex(of: ".").map { String(base[..<$0]) } ?? base
    let name = name ?? Self.slug(stem)
    guard Self.isUsable(name) else {
      throw Failure("\(file): it needs another name as a theme; write --name")
    }
    let result: ThemeImport.Result
    do { result = try ThemeImport.theme(text, name: name) } catch {
      throw Failure(
        error.line > 0 ? "\(file):\(error.line): \(error.problem)" : "\(file): \(error)")
    }
    if result.adjusted > 0 {
      printError(
        "hippowatt: \(result.adjusted) colours were made lighter or darker, to be read on the background"
      )
    }
    try write(result.theme)
  }

  private func write(_ theme: Theme) throws {
    if output == "-" {
      try File.put(theme.fileText, to: nil)
      return
    }
    let path: String
    if let output {
      path = output
    } else {
      guard let folder = HostEnvironment.current().configFolder.map({ $0 + "/themes" }) else {
        throw Failure("there is no folder for settings, since HOME is not set; write -o FILE")
      }
      try Self.make(folder)
      path = "\(folder)/\(theme.name).theme"
    }
    let isNew = !File.exists(path) && !File.isLink(path)
    guard isNew || force || output != nil else {
      throw Failure("\(path) is there already; write --name or --force")
    }
    if let problem = File.write(theme.fileText, to: path) { throw Failure("\(path): \(problem)") }
    printError("hippowatt: wrote \(path)")
    if output == nil { printError("hippowatt: see it with: hippowatt --theme \(theme.name)") }
  }

  /// A name as it can be written on a command line, made of any text.
  private static func slug(_ text: String) -> String {
    let letters = text.lowercased().unicodeScalars.map { scalar -> Character in
      let isKept =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isKept || "-_.".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
    }
    return String(String(letters).prefix(40).drop { $0 == "-" || $0 == "." })
  }

  private static func isUsable(_ name: String) -> Bool {
    !name.isEmpty && name != ThemeStore.automatic
  }

  /// Makes a folder and those it is in.
  private static func make(_ folder: String) throws {
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o755) != 0, errno != EEXIST {
        throw Failure("\(made) cannot be made: \(String(cString: strerror(errno)))")
      }
    }
  }
}
