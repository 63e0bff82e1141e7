import Glibc
import Testing

@testable import Dashboard

/// The manual's table of keys is the program's own.
struct ReadmeTests {
  @Test("the README shows the table of keys; RECORD_SNAPSHOTS=1 writes it anew")
  func keys() throws {
    let path =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/README.md"
    let text = try #require(Self.read(path))
    let begin = "<!-- keys -->\n"
    let end = "<!-- /keys -->"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let from = try #require(lines.firstIndex(of: String(begin.dropLast())))
    let to = try #require(lines.firstIndex(of: end))
    let shown = lines[(from + 1)..<to].map { $0 + "\n" }.joined()
    if getenv("RECORD_SNAPSHOTS") != nil, shown != KeyTable.markdown {
      let whole =
        lines[...from].joined(separator: "\n") + "\n" + KeyTable.markdown
        + lines[to...].joined(separator: "\n")
      let file = try #require(fopen(path, "w"))
      fputs(whole, file)
      fclose(file)
      Issue.record("the README's table of keys was written anew")
    }
    #expect(shown == KeyTable.markdown)
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
