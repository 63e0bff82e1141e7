import Glibc
import Testing

/// Files of other tools become a recording whose report can be checked against theirs.
@Suite struct ImportTests {
  private static let fixtures =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/") + "/shared/fixtures/training/mlperf"

  private static var hasFixtures: Bool { access(fixtures, F_OK) == 0 }

  /// The number that stands behind a key in a JSON text.
  private func number(_ key: String, in text: String) -> Double? {
    let parts = text.split(separator: "\"")
    guard let place = parts.firstIndex(where: { $0 == key }), place + 1 < parts.count else {
      return nil
    }
    return Double(parts[place + 1].drop { $0 == ":" }.prefix { $0 != "," && $0 != "}" })
  }

  /// Wall power beside the log of the same run: joules per sample as worked out from the two files
  /// by hand, within half a per cent.
  @Test(
    .enabled(if: hasFixtures, "no ../shared/fixtures beside the package"),
    arguments: [
      ("lenovo_8xB200_bert", 0.8384, 2_549_478.0), ("lenovo_8xB200_llama2_70b_lora", 2045, 3072),
    ])
  func `the energy of a published run is that of its own files`(
    run: String, joules: Double, samples: Double
  ) throws {
    let folder = try Folder()
    let path = "\(Self.fixtures)/\(run)"
    let made = try Program.run(
      ["import", "-o", "run.hippo", "\(path)/result_0.txt", "\(path)/power/result_0/node_0.txt"],
      in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let report = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    let found = try #require(number("joules_per_sample", in: report.output), "\(report.output)")
    #expect(abs(found / joules - 1) < 0.005, "\(found)")
    #expect(number("samples", in: report.output) == samples)
  }

  @Test func `what is no log is named, and nothing is written`() throws {
    let folder = try Folder()
    _ = folder.write("hello\n", to: "a.txt")
    let result = try Program.run(["import", "-o", "run.hippo", "a.txt"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("a.txt"))
    #expect(folder.names == ["a.txt"])
  }
}
