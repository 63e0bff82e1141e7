import Canvas
import Seeded
import Testing

@testable import Dashboard

/// Themes made of what other programs call one.
@Suite struct ThemeImportTests {
  private static let numbers = (0..<16).map { "base0" + String($0, radix: 16, uppercase: true) }
  private static let harbour = [
    "10181c", "18242a", "22333b", "3c525c", "8fa6b0", "d2dde2", "e6eef1", "ffffff", "d05a4a",
    "d08a3a",
    "d8c45a", "5fb06a", "4fb0a8", "5a90d0", "a878c8", "8a6a50",
  ]

  private func scheme(_ colors: [String], indent: String = "  ", quote: String = "\"") -> String {
    zip(Self.numbers, colors).map { "\(indent)\($0): \(quote)\($1)\(quote)\n" }.joined()
  }

  private func made(_ text: String) throws -> Theme {
    try ThemeImport.theme(text, name: "harbour").theme
  }

  private func fault(_ text: String) -> ThemeError? {
    do {
      _ = try ThemeImport.theme(text, name: "test")
      return nil
    } catch {
      return error
    }
  }

  /// What the rules for a theme of ours ask for.
  private func expectLegible(_ theme: Theme, _ words: Comment) {
    let paper = theme[.background]
    for ground in [paper, theme[.strip]] {
      for role in Theme.textRoles {
        #expect(theme[role].contrast(against: ground) >= 4.5, words)
      }
      for ramp in Theme.Ramp.allCases {
        #expect(theme[ramp].end.contrast(against: ground) >= 4.5, words)
      }
    }
    #expect(theme[.text].contrast(against: theme[.track]) >= 4.5, words)
    for role in Theme.markRoles { #expect(theme[role].contrast(against: paper) >= 3, words) }
    for ramp in Theme.Ramp.allCases {
      #expect(theme[ramp].start.contrast(against: paper) >= 3, words)
      #expect(theme[ramp].middle.contrast(against: paper) >= 3, words)
    }
  }

  @Test func `the old and the newer form of a base16 scheme are the same theme`() throws {
    let old = try made("scheme: \"Harbour\"\nauthor: 'x'\n" + scheme(Self.harbour, indent: ""))
    let new = try made(
      "\u{FEFF}---\r\n# of the sea\r\nsystem: base16\r\nname: Harbour # remark\r\nslug: h\r\n"
        + "description: >\r\n  two: lines\r\n  - and more\r\nvariant: dark\r\npalette:\r\n"
        + scheme(Self.harbour.map { "#" + $0 }, quote: "'") + "  base10: \"000000\"\n")
    #expect(old == new)
    #expect(old == (try made("palette:\n" + scheme(Self.harbour.map { "#\($0) # x" }, quote: ""))))
    #expect(old[.background] == Color(0x10181C) && old[.text] == Color(0xD2DDE2))
    #expect(old[.solar] == Color(0xD8C45A) && old[.power].end == Color(0xD08A3A))
    expectLegible(old, "harbour")
    #expect(try ThemeParser.parse(old.fileText, name: "other") == old)
  }

  @Test func `a theme of btop is one here, with its greys, numbers and empty values`() throws {
    let theme = try made(
      """
      # made up
      theme[main_bg]="#10"
      theme[main_fg]="210 221 226"
      theme[hi_fg]='#d08a3a'   # keys
      theme[inactive_fg]="#55"
      theme[cpu_start]="#5fb06a"
      theme[cpu_mid]=""
      theme[cpu_end]="#d05a4a"
      theme[download_start]="#5a90d0"
      theme[what_comes_later]="#123456"
      """)
    #expect(theme[.background] == Color(0x101010) && theme[.text] == Color(0xD2DDE2))
    #expect(theme[.accent] == Color(0xD08A3A) && theme[.good] == Color(0x5FB06A))
    #expect(theme[.power].start == Color(0x5FB06A) && theme[.dataIn].middle == Color(0x5A90D0))
    #expect(theme[.muted] != Color(0x555555), "too faint to be read")
    expectLegible(theme, "btop")
    // With the terminal's own background it is one on which the text can be read.
    for (text, paper) in [("#dd", UInt32(0)), ("#22", 0xFFFFFF)] {
      let theme = try made("theme[main_bg]=\"\"\ntheme[main_fg]=\"\(text)\"\n")
      #expect(theme[.background] == Color(paper))
      expectLegible(theme, "\(text)")
    }
  }

  @Test(arguments: [
    ("name: x\nbase00 \"000000\"\n", 2, "key: value"), ("base00: \"00000g\"\n", 1, "00000g"),
    ("base00: \"000\"\n", 1, "000"),
    ("palette:\n  base00: 112233\n  base00: 112233\n", 3, "line 2"),
    ("system: \"tinted8\"\n", 1, "tinted8"), ("- base00: 000000\n", 1, "key: value"),
    ("hello: world\n", 0, "neither"), ("", 0, "neither"), ("base00: \"000000\"\n", 0, "base01"),
    ("theme[main_bg]=\"#12345\"\n", 1, "#12345"), ("theme[main_bg] \"#123456\"\n", 1, "expected"),
    ("\ntheme[a]=\"#11\"\ntheme[b=\"#11\"\n", 3, "expected"),
    ("theme[a]=\"300 0 0\"\n", 1, "300"), ("theme[a]=\"#11\" x\n", 1, "expected"),
    ("theme[a]=\"\"\n", 0, "no colours"), ("theme[a]=\"#11\nx: y\n", 1, "expected"),
  ])
  func `a fault is named with its line`(text: String, line: Int, word: String) throws {
    let error = try #require(fault(text))
    #expect(error.line == line && error.problem.contains(word), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test(arguments: 1...60)
  func `whatever the colours are, the theme can be read`(seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let colors = (0..<16).map { _ in
      let hex = String(random.next(0x100_0000), radix: 16)
      return String(repeating: "0", count: 6 - hex.utf8.count) + hex
    }
    expectLegible(try made("palette:\n" + scheme(colors)), "seed \(seed): \(colors)")
    let keys = ["main_bg", "main_fg", "hi_fg", "meter_bg", "cpu_start", "cpu_end", "used_start"]
    let lines = zip(keys, colors).map { "theme[\($0)]=\"#\($1)\"\n" }.joined()
    expectLegible(try made(lines), "seed \(seed): \(lines)")
  }

  @Test func `hue and saturation stay when a colour is made lighter`() {
    for rgb in stride(from: UInt32(0), through: 0xFFFFFF, by: 70_001) {
      #expect(HSL(Color(rgb)).color == Color(rgb), "\(Color(rgb).hex)")
    }
    let lighter = Color(0x204080).readable(on: [Color(0x101010)], 4.5)
    #expect(HSL(lighter).distance(to: HSL(Color(0x204080)).hue) < 3)
    #expect((4.5..<4.8).contains(lighter.contrast(against: Color(0x101010))))
    #expect(Color(0xFFFFFF).readable(on: [Color(0)], 4.5) == Color(0xFFFFFF))
  }
}
