import ArgumentParser
import JobLogs
import Linux
import Recordings
import Telemetry
import TestSupport
import Testing

@testable import Dashboard
@testable import hippowatt

/// What every line of a catalogue owes its users; a test that fails here names what was forgotten.
@Suite struct CatalogueTests {
  private static let readme = Fixtures.project("README.md")
  private static let rows = Fixtures.project("docs/sources.md").split(separator: "\n")
    .filter { $0.hasPrefix("| `") }

  @Test(arguments: SourceCatalogue.all.entries.map(\.name))
  func `A source has a row in the manual that says how it is written`(name: String) throws {
    let entry = try #require(SourceCatalogue.all.entry(name))
    let column = Self.rows.compactMap { $0.split(separator: "|").first }
    let usages = column.flatMap { $0.split(separator: "`").map(String.init) }
    #expect(usages.contains(entry.usage), "docs/sources.md, table: add `\(entry.usage)`")
    #expect(entry.usage.hasPrefix(entry.name) && !entry.gives.isEmpty)
    #expect(entry.gives.first?.isUppercase == false || entry.gives.hasPrefix("GPU"))
  }

  /// A machine on which nothing is, and one whose files may not be read, still get an answer.
  @Test(arguments: SourceCatalogue.all.entries.map(\.name))
  func `A source says what to do where it finds nothing`(name: String) throws {
    let entry = try #require(SourceCatalogue.all.entry(name))
    let tree = FileTree()
    let context = SourceContext(machine: "box", root: tree.root)
    let request = SourceRequest(kind: name, argument: entry.isDefault ? "" : "/nowhere")
    do {
      var source = try SourceCatalogue.all.make(request, in: context)
      let probe = source.probe()
      #expect(
        probe.health == .ok || probe.health == .waiting || !probe.remedy.isEmpty,
        "\(name) is \(probe.health): “\(probe.message)”, and no word of what to do")
      #expect(probe.health == .ok || !probe.message.isEmpty)
    } catch {
      // What cannot be made says how it is written.
      #expect("\(error)".contains("write it like") || "\(error)".contains(name), "\(error)")
    }
  }

  @Test func `Names are given once and are short enough for a column`() {
    let names = SourceCatalogue.all.entries.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.count <= 16 && name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)")
    }
  }

  @Test(arguments: Hippowatt.configuration.subcommands.map { $0._commandName })
  func `A command is in the manual, and its help says what it is for`(name: String) throws {
    let command = try #require(
      Hippowatt.configuration.subcommands.first { $0._commandName == name })
    let isDefault = Hippowatt.configuration.defaultSubcommand?._commandName == name
    #expect(
      isDefault || Self.readme.contains("hippowatt \(name)"),
      "README.md: show how `hippowatt \(name)` is used")
    let help = Hippowatt.helpMessage(for: command)
    #expect(!command.configuration.abstract.isEmpty)
    #expect(words(help).contains(words(command.configuration.abstract)))
    // Every option and argument has its words: a bare one leaves an empty column.
    for line in help.split(separator: "\n") where line.hasPrefix("  -") || line.hasPrefix("  <") {
      let words = line.drop { $0 == " " }
      let isBroken = words.count > 23
      #expect(isBroken || words.contains("  "), "\(name): “\(words)” has no help")
    }
  }

  /// Without the line breaks that the width of a terminal asks for.
  private func words(_ text: String) -> String {
    text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
  }

  @Test(arguments: PanelCatalogue.words)
  func `A panel can be asked for by its number and its word`(word: String) throws {
    let index = try #require(PanelCatalogue.index(of: word))
    #expect(PanelCatalogue.index(of: word.lowercased()) == index)
    #expect(PanelCatalogue.index(of: "\(index + 1)") == index)
    let help = Hippowatt.helpMessage(for: Snapshot.self)
    #expect(help.contains(word.lowercased()), "snapshot --help")
    #expect(KeyTable.command(for: "\(index + 1)") == .panel(index))
  }

  @Test(arguments: OverlayCatalogue.names)
  func `A view over the panels has a key, a place in the manual and an option`(
    name: OverlayName
  ) throws {
    let overlay = try #require(OverlayCatalogue.overlay(name))
    let key = try #require(overlay.keys.first)
    #expect(KeyTable.command(for: key) == .overlay(name))
    #expect(
      Fixtures.project("docs/screen.md").contains("| \(overlay.text.english) |"),
      "docs/screen.md, table of keys")
    #expect(Hippowatt.helpMessage(for: Snapshot.self).contains(name.name), "snapshot --help")
  }

  @Test(arguments: Fixtures.themes)
  func `A theme is named in the manual and found by the program`(name: String) throws {
    #expect(
      Fixtures.project("docs/settings.md").contains(name),
      "docs/settings.md: name the theme “\(name)”")
    let store = ThemeStore(host: HostEnvironment.current(), executable: Program.path)
    #expect(store.themes.contains { $0.name == name })
    #expect(store.problems.isEmpty)
  }

  @Test func `A log format is named in the manual`() throws {
    let row = try #require(Self.rows.first { $0.hasPrefix("| `log:PATH`") }).lowercased()
    for format in ProgressFormats.names {
      for alternative in format.lowercased().split(separator: " or ") {
        let name = alternative.split(separator: " loss file").first ?? alternative
        #expect(
          row.contains(name), "docs/sources.md, row `log:PATH`: name “\(name)” of “\(format)”")
      }
    }
  }

  @Test func `A power log's format is named in the manual`() {
    let manual = Fixtures.project("docs/recordings.md")
    for format in PowerLogs.names {
      let word = format.split(separator: " ").first.map(String.init) ?? format
      #expect(manual.contains(word), "docs/recordings.md, import: name “\(format)”")
    }
  }
}

extension String {
  fileprivate func split(separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
