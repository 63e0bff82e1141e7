import Accounting
import ArgumentParser
import Glibc
import Sensors
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// What the manual tells people to type does what it says: commands parse, settings hold, links lead
/// somewhere.
@Suite struct ManualTests {
  /// Every page for users.
  static let pages =
    ["README.md"]
    + Folder.names(in: "\(Fixtures.folder)/../../docs").filter { $0.hasSuffix(".md") }
    .map { "docs/\($0)" }

  /// The blocks of a page in a language, each with the line it begins on.
  static func blocks(_ language: String, in page: String) -> [(line: Int, lines: [String])] {
    var blocks: [(line: Int, lines: [String])] = []
    var isInside = false
    for (place, line) in Fixtures.project(page)
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("```") {
        if !isInside, line.dropFirst(3) == language { blocks.append((place + 2, [])) }
        isInside = !isInside && line.dropFirst(3) == language
      } else if isInside {
        blocks[blocks.count - 1].lines.append(String(line))
      }
    }
    return blocks
  }

  @Test(arguments: pages)
  func `a command of the manual is understood`(page: String) throws {
    for block in Self.blocks("sh", in: page) {
      for (place, line) in block.lines.enumerated() {
        for words in ShellWords.commands(in: line) where words.first == "hippowatt" {
          #expect(throws: Never.self, "\(page):\(block.line + place): \(line)") {
            _ = try Hippowatt.parseAsRoot(Array(words.dropFirst()))
          }
        }
      }
    }
  }

  @Test func `every decision stands in their table`() {
    let table = Fixtures.project("docs/decisions/README.md")
    let records = Folder.names(in: "\(Fixtures.folder)/../../docs/decisions")
      .filter { $0.hasSuffix(".md") && $0 != "README.md" }
    #expect(!records.isEmpty)
    for record in records {
      #expect(
        table.contains("](\(record)) |"),
        "docs/decisions/README.md, table: add a line for \(record)")
    }
  }

  @Test func `an example of the man page is understood`() throws {
    var commands = 0
    for line in Fixtures.project("docs/man-extra.mdoc").split(separator: "\n")
    where line.hasPrefix("hippowatt") || line.hasPrefix("ssh ") {
      for words in ShellWords.commands(in: String(line)) {
        commands += 1
        #expect(throws: Never.self, "\(line)") {
          _ = try Hippowatt.parseAsRoot(Array(words.dropFirst()))
        }
      }
    }
    #expect(commands > 12)
  }

  @Test(arguments: ["README.md", "docs/settings.md", "docs/sources.md", "docs/grid.md"])
  func `settings of the manual are understood`(page: String) throws {
    let blocks = Self.blocks("toml", in: page)
    #expect(!blocks.isEmpty)
    for block in blocks {
      #expect(throws: Never.self, "\(page):\(block.line)") {
        _ = try Settings.parse(block.lines.joined(separator: "\n"), path: page)
      }
    }
  }

  @Test func `the talk of the manual is understood`() throws {
    let blocks = Self.blocks("toml", in: "docs/talk.md")
    #expect(!blocks.isEmpty)
    for block in blocks {
      _ = try TalkFile.parse(block.lines.joined(separator: "\n"), path: "docs/talk.md")
    }
  }

  @Test func `each service of a live grid is in the manual`() {
    let page = Fixtures.project("docs/grid.md")
    for provider in GridProviders.all {
      #expect(page.contains("`\(provider.name)`"), "docs/grid.md: \(provider.name)")
    }
  }

  @Test func `what alerts can watch is in the manual`() {
    for quantity in AlertQuantity.all {
      #expect(Self.named.contains(quantity.name[...]), "docs/settings.md, alerts: \(quantity.name)")
    }
  }

  @Test(arguments: SourceCatalogue.all.entries.map(\.name))
  func `each setting of a source is in the manual`(name: String) throws {
    let entry = try #require(SourceCatalogue.all.entry(name))
    for option in entry.options {
      #expect(
        Self.named.contains(option[...]) || Self.named.contains(Self.stem(option)[...]),
        "docs: say what `\(option)` of \(name) is")
    }
  }

  /// Every name that stands in the pages of settings.
  private static let named = Set(
    ["docs/sources.md", "docs/grid.md", "docs/settings.md"].flatMap { page in
      Fixtures.project(page).split { !($0.isLetter || $0.isNumber || $0 == "_") }
    })

  /// A setting of one meter of a site without the part's name that stands before it.
  private static func stem(_ option: String) -> String {
    let part = ["sun", "feed", "load", "battery"].first { option.hasPrefix($0 + "_") } ?? ""
    return part.isEmpty ? option : String(option.dropFirst(part.count + 1))
  }

  @Test(arguments: pages + ["CONTRIBUTING.md", "ARCHITECTURE.md"])
  func `a link leads somewhere`(page: String) {
    let folder = page.split(separator: "/").dropLast().joined(separator: "/")
    for target in Self.links(in: Fixtures.project(page)) where !target.contains("://") {
      let parts = target.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
      var path = parts[0].isEmpty ? page : folder.isEmpty ? parts[0] : "\(folder)/\(parts[0])"
      while let range = path.firstRange(of: "docs/../") { path.removeSubrange(range) }
      #expect(
        access("\(Fixtures.folder)/../../\(path)", F_OK) == 0, "\(page): \(target) is not there")
      guard parts.count > 1 else { continue }
      let headings = Fixtures.project(path).split(separator: "\n").filter { $0.hasPrefix("#") }
        .map(Self.anchor)
      #expect(headings.contains(parts[1]), "\(page): \(target) has no such heading")
    }
  }

  /// What stands in `](…)`.
  private static func links(in text: String) -> [String] {
    var links: [String] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "](") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: ")") else { break }
      links.append(String(rest[..<end]))
    }
    return links
  }

  /// The name by which a heading is linked to: small letters, hyphens for blanks, no other signs.
  private static func anchor(_ heading: Substring) -> String {
    var anchor = ""
    for letter in heading.drop(while: { $0 == "#" || $0 == " " }).lowercased() {
      if letter == " " { anchor.append("-") }
      if letter.isLetter || letter.isNumber || letter == "-" { anchor.append(letter) }
    }
    return anchor
  }
}

/// A line of shell as its commands and their words, as far as the manual uses it.
enum ShellWords {
  /// The commands of a line: parted by pipes, `&&` and `;`, without comments and redirections.
  static func commands(in line: String) -> [[String]] {
    var commands: [[String]] = [[]]
    var word = ""
    var isWord = false
    var quote: Character?
    func end() {
      if isWord { commands[commands.count - 1].append(word) }
      (word, isWord) = ("", false)
    }
    scan: for letter in line {
      switch letter {
      case _ where quote == letter: quote = nil
      case _ where quote != nil: word.append(letter)
      case "\"", "'": (quote, isWord) = (letter, true)
      case "#" where !isWord: break scan
      case "|", "&", ";":
        end()
        commands.append([])
      case " ": end()
      default:
        word.append(letter)
        isWord = true
      }
    }
    end()
    return commands.map(stripped).filter { !$0.isEmpty }
  }

  /// Without what only leads to the program: `ssh box`, a path, and without a redirection.
  private static func stripped(_ words: [String]) -> [String] {
    var words = words
    if let redirection = words.firstIndex(of: ">") { words.removeSubrange(redirection...) }
    if words.first == "ssh" || words.first == "sudo" {
      words.removeFirst(words[0] == "ssh" ? 2 : 1)
    }
    if let first = words.first, first.hasSuffix("/hippowatt") { words[0] = "hippowatt" }
    return words
  }
}
