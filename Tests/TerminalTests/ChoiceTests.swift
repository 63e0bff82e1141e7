import Canvas
import Testing

@testable import Terminal

@Suite struct ChoiceTests {
  private func depth(
    _ term: String, color: String = "", noColor: Bool = false, asked: ColorDepth? = nil,
    installed: Int = 256
  ) throws -> ColorDepth {
    try TerminalChoice.choose(
      TerminalOptions(depth: asked, term: term, colorTerm: color, noColor: noColor)
    ) { _ in installed }.depth
  }

  @Test func `asking wins over NO_COLOR, and NO_COLOR over the rest`() throws {
    #expect(try depth("xterm-256color", color: "truecolor") == .truecolor)
    #expect(try depth("xterm-256color", color: "24bit", noColor: true) == .none)
    #expect(try depth("linux", noColor: true, installed: 8) == .none)
    #expect(try depth("xterm", noColor: true, asked: .truecolor) == .truecolor)
    #expect(try depth("xterm-256color", color: "truecolor", asked: .ansi16) == .ansi16)
    #expect(try depth("xterm-direct") == .truecolor)
    #expect(try depth("linux", color: "truecolor", installed: 8) == .ansi8)
    #expect(try depth("rxvt-unicode-256color") == .indexed256)
    #expect(try depth("some-terminal", asked: .indexed256, installed: 16) == .ansi16)
  }

  @Test func `a modern terminal needs no installed entry`() throws {
    #expect(try depth("alacritty", installed: -2) == .indexed256)
    #expect(try depth("xterm-ghostty", installed: -3) == .indexed256)
  }

  @Test(arguments: [("dumb", 8), ("", 8), ("nonsense", -2), ("adm3a", -3), ("tty33", -4)])
  func `a refusal says what to do in one line`(term: String, installed: Int) {
    let error = #expect(throws: TerminalError.self) { try depth(term, installed: installed) }
    let text = error?.description ?? ""
    #expect(text.contains("TERM") && text.contains(";") && !text.contains("\n"))
  }

  @Test func `a name cannot smuggle commands into the message`() {
    let error = #expect(throws: TerminalError.self) { try depth("x\u{1B}[2J", installed: -2) }
    #expect(error?.description.contains("\u{1B}") == false)
  }

  @Test func `base64 is the usual one`() {
    #expect(TerminfoEntry.base64(Array("hippo".utf8)) == "aGlwcG8=")
    #expect(TerminfoEntry.base64(Array("hippow".utf8)) == "aGlwcG93")
    #expect(TerminfoEntry.base64([]) == "")
  }

  @Test func `pairs are numbered once and taken back together`() {
    var table = PairTable(capacity: 3)
    let (red, blue) = (Color(0xFF0000), Color(0x0000FF))
    #expect(table.pair(.terminalDefault, .terminalDefault) == .init(pair: 0, isNew: false))
    #expect(table.pair(red, blue) == .init(pair: 1, isNew: true))
    #expect(table.pair(blue, red) == .init(pair: 2, isNew: true))
    #expect(table.pair(red, blue) == .init(pair: 1, isNew: false))
    #expect(table.pair(red, red) == nil)
    table.removeAll()
    #expect(table.pair(red, red) == .init(pair: 1, isNew: true))
  }
}
