import Canvas
import Glibc
import Testing

@testable import Dashboard

/// The theme files, and the parser's way with bad ones.
@Suite struct ThemeTests {
  /// The folder `themes` beside `Tests`.
  private static var folder: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
      .joined(separator: "/") + "/themes"
  }

  static let names: [String] = {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".theme") { names.append(String(name.dropLast(6))) }
    }
    return names.sorted()
  }()

  private static func text(_ name: String) throws -> String {
    let file = try #require(fopen("\(folder)/\(name).theme", "r"))
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  private func theme(_ name: String) throws -> Theme {
    try ThemeParser.parse(Self.text(name), name: "?")
  }

  @Test func `The default theme is among the files`() {
    #expect(Self.names.contains(Theme.dusk.name))
  }

  @Test(arguments: names) func `Every file is a theme of its own name`(name: String) throws {
    let theme = try theme(name)
    #expect(theme.name == name)
    #expect(theme.colors.count == Theme.Role.allCases.count)
    #expect(theme.gradients.count == Theme.Ramp.allCases.count)
  }

  @Test func `The built-in theme is the one in the file`() throws {
    #expect(try theme("dusk") == .dusk)
    #expect(Theme.dusk.colors.count == Theme.Role.allCases.count)
    #expect(Theme.dusk.gradients.count == Theme.Ramp.allCases.count)
  }

  @Test(arguments: names) func `What is read can be read`(name: String) throws {
    let theme = try theme(name)
    for paper in [Theme.Role.background, .strip] {
      for role in Theme.textRoles {
        let contrast = theme[role].contrast(against: theme[paper])
        #expect(contrast >= 4.5, "\(name): \(role) on \(paper) has \(contrast)")
      }
      for ramp in Theme.Ramp.allCases {
        let contrast = theme[ramp].end.contrast(against: theme[paper])
        #expect(contrast >= 4.5, "\(name): end of \(ramp) on \(paper) has \(contrast)")
      }
    }
  }

  @Test(arguments: names) func `What is seen can be seen`(name: String) throws {
    let theme = try theme(name)
    let paper = theme[.background]
    for role in Theme.markRoles {
      let contrast = theme[role].contrast(against: paper)
      #expect(contrast >= 3, "\(name): \(role) has \(contrast)")
    }
    for ramp in Theme.Ramp.allCases {
      for (stop, color) in [
        ("start", theme[ramp].start), ("middle", theme[ramp].middle), ("end", theme[ramp].end),
      ] {
        let contrast = color.contrast(against: paper)
        #expect(contrast >= 3, "\(name): \(stop) of \(ramp) has \(contrast)")
      }
    }
  }

  @Test(arguments: names) func `Labels on marks can be read`(name: String) throws {
    let theme = try theme(name)
    for role in Theme.markRoles {
      #expect(theme[role].ink.contrast(against: theme[role]) >= 4.5, "\(name): \(role)")
    }
  }

  // MARK: Bad files

  private func fault(_ text: String) -> ThemeError? {
    do {
      _ = try ThemeParser.parse(text, name: "test")
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("backgroud = \"#000000\"", "backgroud"), ("background = \"#00000g\"", "#00000g"),
    ("background = \"red\"", "red"), ("background = \"\"", "colour"),
    ("background = #12", "#12"), ("background", "expected"), ("[colors]", "expected"),
    ("= \"#000000\"", "role"), ("power = \"#000000\"", "power"),
    ("text = \"#fff\u{1B}\"", "colour"),
  ])
  func `A fault is named with its line`(line: String, word: String) throws {
    let good = try Self.text("dusk")
    let count = good.split(omittingEmptySubsequences: false) { $0.isNewline }.count
    let after = try #require(fault(good + line + "\n"))
    #expect(after.line == count)
    let before = try #require(fault("# remark\n\n" + line + "\n" + good))
    #expect(before.line == 3)
    #expect(before.problem.contains(word), "\(before)")
    #expect("\(before)".hasPrefix("line 3: "))
  }

  @Test func `A missing role is named`() throws {
    for key in ["accent", "oil", "power_mid", "data_out_end"] {
      let lines = try Self.text("dusk").split(separator: "\n").filter { !$0.hasPrefix(key + " ") }
      let error = try #require(fault(lines.joined(separator: "\n")))
      #expect(error.line == 0)
      #expect("\(error)" == "the role “\(key)” is missing")
    }
    #expect(fault("")?.line == 0)
  }

  @Test func `Control characters of a file do not get out of it`() throws {
    let nasty = "\u{1B}[2J\u{7}\u{9B}31m\u{202E}x\u{7F}"
    for line in [nasty, "\(nasty) = \"#000000\"", "text = \"\(nasty)\""] {
      let error = try #require(fault(line))
      #expect(error.line == 1)
      #expect(
        !"\(error)".unicodeScalars.contains(where: isDangerous), "\(error.problem.debugDescription)"
      )
    }
    let named = try ThemeParser.parse(Self.text("dusk") + "name = \"\(nasty)\"\n", name: "test")
    #expect(named.name.contains("x"))
    #expect(!named.name.unicodeScalars.contains(where: isDangerous))
  }

  @Test func `Blanks, remarks, short colours and foreign line ends are fine`() throws {
    let text = try Self.text("dusk")
    let messy =
      "# remark\r\n" + text.split(separator: "\n").map { "\t \($0)  \r\n" }.joined()
      + "text = \"#fff\" # white\r\nname = \"mine\"\r\n"
    let theme = try ThemeParser.parse(messy, name: "test")
    #expect(theme.name == "mine")
    #expect(theme[.text] == Color(0xFFFFFF))
    #expect(theme[.background] == Theme.dusk[.background])
    let plain = text.split(separator: "\n").filter { !$0.hasPrefix("name") }
    #expect(try ThemeParser.parse(plain.joined(separator: "\n"), name: "file").name == "file")
  }
}

/// Whether a scalar could act on a terminal instead of being seen.
func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
    0xFFF9...0xFFFB, 0xE0000...0xE007F:
    true
  default: false
  }
}
