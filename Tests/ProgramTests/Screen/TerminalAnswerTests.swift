import Canvas
import Glibc
import Terminals
import Testing

/// What terminals answer when they are asked what they are, and what becomes of it.
@Suite struct TerminalAnswerTests {
  private let folder: Folder
  private static let watch = ["watch", "--source", "simulated", "--every", "100ms"]
  private static let place = "\u{1B}[6n"

  init() throws { folder = try Folder() }

  /// What terminals answer to where the cursor is after "ñ" and "─", and what arrives then.
  @Test(arguments: [
    (["\u{1B}[5;2R", "\u{1B}[5;3R"], true, true), (["\u{1B}[5;2R", "\u{1B}[5;4R"], true, false),
    (["\u{1B}[5;3R", "\u{1B}[5;4R"], false, false), ([""], true, true),
  ])
  func `symbols are drawn as wide as they are shown`(
    replies: [String], isUTF8: Bool, hasFrames: Bool
  ) throws {
    let session = try Session(
      Self.watch, in: folder, width: 132, height: 40, replies: [Self.place: replies])
    #expect(session.wait { session.shows("LIVE") && session.shows("GPU DRAW") })
    #expect(session.screen.contains("─") == hasFrames, "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
    let start = try #require(lastIndex(of: "\u{1B}[?1049h", in: session.pty.output[...]))
    #expect(session.pty.output[start...].contains { $0 >= 0x80 } == isUTF8)
    // What was tried is gone from the screen before.
    #expect(contains("\r\u{1B}[K\u{1B}8", in: session.pty.output[..<start]))
  }

  @Test func `answers that come late are no keys, and are followed all the same`() throws {
    let session = try Session(
      Self.watch + ["--theme", "auto"], in: folder, width: 132, height: 40,
      replies: ["\u{1B}[c": [""]])
    #expect(session.wait(for: "● LIVE"))
    #expect(session.shows("─"))
    for piece in [
      "\u{1B}", "[5;2R\u{1B}[5", ";4R\u{1B}]11;rgb:ff", "ff/ffff/ffff\u{1B}\\\u{1B}[?6c",
    ] {
      session.type(piece)
      session.pty.drain(wait: 100)
    }
    #expect(session.wait { session.shows("LIVE") && !session.shows("─") }, "\(session.screen)")
    // Paper is light.
    #expect(session.wait { session.terminal.canvas[40, 12].background.relativeLuminance > 0.5 })
    #expect(session.shows("* LIVE"), "no key was made of them: \(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test(arguments: [
    ("\u{1B}]11;rgb:fafa/fafa/fafa\u{1B}\\", "", true),
    ("\u{1B}]11;rgb:1e/1e/2e\u{7}", "0;15", false),
    ("", "0;15", true), ("", "15;0", false), ("", "0;default;15", true), ("", "12;8", false),
    ("", "", false), ("", "15;default", false),
  ])
  func `auto takes the theme for the terminal's background`(
    reply: String, variable: String, isLight: Bool
  ) throws {
    let session = try Session(
      Self.watch + ["--theme", "auto"], in: folder, environment: ["COLORFGBG": variable],
      replies: ["\u{1B}]11;?": [reply]])
    #expect(session.wait(for: "● LIVE"))
    let ground = session.terminal.canvas[40, 12].background
    #expect((ground.relativeLuminance > 0.5) == isLight, "\(ground.hex)")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `the settings can say auto, and inside tmux the terminal around it is asked too`()
    throws
  {
    folder.write("theme = \"auto\"\n", to: "config.toml")
    let session = try Session(
      Self.watch + ["--config", "config.toml"], in: folder,
      environment: ["TMUX": "/tmp/t", "TERM": "tmux-256color"],
      replies: ["\u{1B}Ptmux;\u{1B}\u{1B}]11;?": ["\u{1B}]11;rgb:ffff/ffff/ffff\u{7}"]])
    #expect(session.wait(for: "● LIVE"))
    #expect(session.terminal.canvas[40, 12].background.relativeLuminance > 0.5)
    #expect(try session.quit() == 0)
  }

  @Test func `what was typed ahead is not lost among the answers`() throws {
    let session = try Session(
      Self.watch, in: folder, width: 132, height: 40,
      replies: [Self.place: ["?\u{1B}[5;2R", "\u{1B}[5;3R"]])
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(try session.quit() == 0)
  }

  @Test(arguments: [
    (["STY": "1.pts", "TERM": "screen"], "", false), (["TERM": "screen-256color"], "", false),
    (["TMUX": "x", "TERM": "tmux-256color"], "", true), ([:], "\u{1B}[>83;40900;0c", false),
    ([:], "\u{1B}[>84;0;0c", true), ([:], "", true),
  ])
  func `inside GNU screen no 24-bit colours are sent`(
    environment: [String: String], kind: String, hasTrueColor: Bool
  ) throws {
    let session = try Session(
      Self.watch, in: folder, environment: environment, replies: ["\u{1B}[>c": [kind]])
    #expect(session.wait(for: "● LIVE"))
    #expect(try session.quit() == 0)
    let (full, indexed) = (session.pty.text.contains("[38;2;"), session.pty.text.contains("[38;5;"))
    #expect(full == hasTrueColor && indexed != hasTrueColor)
  }

  @Test func `by hand everything is as it is said`() throws {
    for (option, locale, isUTF8) in [
      ("--ascii", "C.UTF-8", false), ("--utf8", "C", true), ("--utf8", "POSIX", true),
    ] {
      let session = try Session(Self.watch + [option], in: folder, environment: ["LC_ALL": locale])
      #expect(session.wait { session.shows("LIVE") && session.shows("GPU DRAW") })
      #expect(try session.quit() == 0)
      #expect(session.pty.output.contains { $0 >= 0x80 } == isUTF8, "\(option) \(locale)")
    }
    let both = try Program.run(Self.watch + ["--utf8", "--ascii"], in: folder)
    #expect(both.status == 2 && both.errors.contains("--ascii"))
    let text = try Program.run(
      ["snapshot", "--source", "simulated", "--ascii", "--every", "50ms"], in: folder)
    #expect(text.status == 0 && text.output.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(arguments: [
    ["LANG": ""], ["LANG": "xx_XX.UTF-8"], ["LANG": "xx_XX"],
    ["LC_ALL": "xx_XX.utf8", "LANG": "C"],
  ])
  func `a locale that is not there does not take the symbols away`(
    environment: [String: String]
  ) throws {
    let session = try Session(Self.watch, in: folder, environment: environment)
    #expect(session.wait(for: "● LIVE"))
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  /// What terminals answer to what they are and of what kind, and the colour of their background.
  struct Family: CustomTestStringConvertible {
    var name: String
    var term: String
    var attributes: String
    var kind: String
    var background: String
    var testDescription: String { name }
  }

  private static let families = [
    Family(
      name: "xterm", term: "xterm", attributes: "?64;1;2;6;9;15;16;17;18;21;22;28c",
      kind: ">41;379;0c", background: "11;rgb:ffff/ffff/ffff\u{1B}\\"),
    Family(
      name: "PuTTY", term: "xterm", attributes: "?6c", kind: ">0;136;0c", background: ""),
    Family(
      name: "Windows Terminal", term: "xterm-256color",
      attributes: "?61;6;7;14;21;22;23;24;28;32;42c", kind: ">0;10;1c",
      background: "11;rgb:0c0c/0c0c/0c0c\u{1B}\\"),
    Family(
      name: "urxvt", term: "rxvt-unicode-256color", attributes: "?1;2c", kind: ">85;95;0c",
      background: "11;rgb:ffff/ffff/ffff\u{7}"),
    Family(
      name: "mlterm", term: "mlterm", attributes: "?63;1;2;3;4;6;7;15;18;22;29c",
      kind: ">24;279;0c", background: "11;rgb:ff/ff/ff\u{7}"),
    Family(
      name: "VTE", term: "xterm-256color", attributes: "?65;1;9c", kind: ">65;7003;1c",
      background: "11;rgb:1e1e/1e1e/1e1e\u{7}"),
    Family(
      name: "kitty", term: "xterm-kitty", attributes: "?62;52;c", kind: ">1;4000;35c",
      background: "11;rgb:00/00/00\u{1B}\\"),
    Family(
      name: "foot", term: "foot", attributes: "?62;4;22c", kind: ">1;010802;0c",
      background: "11;rgb:fafa/fafa/fafa\u{1B}\\"),
    Family(
      name: "tmux", term: "tmux-256color", attributes: "?1;2c", kind: ">84;0;0c", background: ""),
    Family(
      name: "screen", term: "screen", attributes: "?1;2c", kind: ">83;40900;0c", background: ""),
  ]

  @Test(arguments: Self.families)
  func `each family's answers are understood, and none becomes a key`(family: Family) throws {
    let session = try Session(
      Self.watch + ["--theme", "auto"], in: folder, width: 132, height: 40,
      environment: ["TERM": family.term, "COLORTERM": ""],
      replies: [
        "\u{1B}[c": ["\u{1B}[" + family.attributes], "\u{1B}[>c": ["\u{1B}[" + family.kind],
        Self.place: ["\u{1B}[24;2R", "\u{1B}[24;3R"], "\u{1B}[5n": ["\u{1B}[0n"],
        "\u{1B}]11;?": [family.background.isEmpty ? "" : "\u{1B}]" + family.background],
      ])
    #expect(session.wait { session.shows("● LIVE") && session.shows("1 GPU DRAW") })
    #expect(session.pty.text.contains("\u{1B}[38;5;"), "256 colours")
    let isLight = family.background.contains("f/") || family.background.contains("/fafa/")
    let ground = session.terminal.canvas[40, 12].background
    #expect((ground.relativeLuminance > 0.5) == isLight, "\(ground.hex)")
    session.type("\u{1B}[<0;3;3M\u{1B}[<0;3;3m?")
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(try session.quit() == 0)
    session.expectClean()
    var waiting: Int32 = 0
    #expect(ioctl(session.pty.slave, UInt(FIONREAD), &waiting) == 0 && waiting == 0)
  }
}
