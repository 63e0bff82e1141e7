import Glibc
import Testing

@testable import Dashboard

/// The manual's tables are the program's own.
@Suite(.serialized) struct ReadmeTests {
  private static let path =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/README.md"

  @Test(
    "the README shows the tables of keys and panels; RECORD_SNAPSHOTS=1 writes them anew",
    arguments: [("keys", KeyTable.markdown), ("panels", PanelCatalogue.markdown)])
  func tables(name: String, table: String) throws {
    let text = try #require(Self.read(Self.path))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let from = try #require(lines.firstIndex(of: "<!-- \(name) -->"))
    let to = try #require(lines.firstIndex(of: "<!-- /\(name) -->"))
    let shown = lines[(from + 1)..<to].map { $0 + "\n" }.joined()
    if getenv("RECORD_SNAPSHOTS") != nil, shown != table {
      let whole =
        lines[...from].joined(separator: "\n") + "\n" + table
        + lines[to...].joined(separator: "\n")
      let file = try #require(fopen(Self.path, "w"))
      fputs(whole, file)
      fclose(file)
      Issue.record("the README's table of \(name) was written anew")
    }
    #expect(shown == table)
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
