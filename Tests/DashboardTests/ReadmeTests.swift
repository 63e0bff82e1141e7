import Glibc
import Sensors
import Telemetry
import Testing

@testable import Dashboard

/// The manual's tables are the program's own.
struct ReadmeTests {
  @Test("the README shows the table of keys; RECORD_SNAPSHOTS=1 writes it anew")
  func keys() throws {
    let path = Self.path
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

  @Test("the README's table of sources has every sensor")
  func sensors() throws {
    let text = try #require(Self.read(Self.path))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    for entry in SensorCatalogue.all + SensorCatalogue.plugins {
      let names = ["`\(entry.name)`", "`\(entry.name):", "`\(entry.name)["]
      #expect(
        rows.contains { row in names.contains { row.contains($0) } },
        "no row for “\(entry.name)”")
    }
  }

  private static let path =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/README.md"

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
