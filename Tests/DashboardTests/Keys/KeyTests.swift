import Telemetry
import Testing

@testable import Dashboard

/// The one table of keys.
@Suite struct KeyTests {
  @Test func `No key is bound twice`() {
    let keys = KeyTable.all.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { !$0.isEmpty })
  }

  @Test(arguments: Command.allCases)
  func `Every command has one binding, with words for it`(command: Command) throws {
    let bindings = KeyTable.all.filter { $0.command == command }
    #expect(bindings.count == 1)
    let binding = try #require(bindings.first)
    #expect(!binding.text.isEmpty)
    for key in binding.keys { #expect(KeyTable.command(for: key) == command) }
  }

  @Test func `Other keys do nothing`() {
    for key in ["", "x", "f2", "ctrl-z", "Space", "delete", "é"] {
      #expect(KeyTable.command(for: key) == nil, "\(key)")
    }
  }

  @Test func `The manual lists every key once, in the order of the sections`() {
    let lines = KeyTable.markdown.split(separator: "\n")
    #expect(lines.count == KeyTable.all.count + 2)
    #expect(lines.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    for binding in KeyTable.all {
      let rows = lines.filter { $0.contains("| \(binding.text) |") }
      #expect(rows.count == 1)
      for key in binding.keys {
        #expect(rows.first?.contains("`\(KeyTable.symbol(key))`") == true, "\(key)")
      }
    }
  }

  @Test func `The help shows every binding where there is room`() {
    for (width, height) in [(80, 60), (130, 34)] {
      let frame = Stage.frame(Stage.nothing, width, height) { $0.press(.help, $1) }
      for binding in KeyTable.all {
        let isShown = frame.shows(binding.text)
        #expect(isShown, "\(binding.text) on \(width)x\(height)")
      }
    }
  }

  @Test(arguments: [28, 44, 60, 80, 132, 200])
  func `Help and quit are always in the hints`(width: Int) {
    let frame = Stage.frame(Stage.short, width, 24)
    let last = frame.lines[23]
    #expect(last.contains("? help"))
    #expect(last.contains("q quit"))
  }
}
