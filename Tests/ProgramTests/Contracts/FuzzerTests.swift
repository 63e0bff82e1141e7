import TestSupport
import Testing

/// What whoever adds a fuzzer owes those who run it.
@Suite struct FuzzerTests {
  private static let readers = Fixtures.projectFolder("Tests/Support/fuzz").filter {
    !["driver", "harness"].contains($0)
  }

  @Test func `Each fuzzer runs for a minute on every change`() throws {
    let workflow = Fixtures.project(".github/workflows/ci.yml")
    let row = try #require(
      workflow.split(separator: "\n").first { $0.contains("reader: [") }, "no matrix of readers")
    let run = row.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
      .split(separator: ",").map { $0.filter { $0 != " " } }
    #expect(run.sorted() == Self.readers.sorted(), ".github/workflows/ci.yml: reader")
  }

  @Test func `Each fuzzer is a product`() {
    let package = Fixtures.project("Package.swift")
    for reader in Self.readers {
      #expect(package.contains("\"\(reader)\""), "Package.swift: add \"\(reader)\" to the fuzzers")
    }
  }
}
