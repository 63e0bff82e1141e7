import TestSupport
import Testing

/// Files of other tools become a recording whose report can be checked against theirs.
@Suite struct ImportTests {
  /// The number that stands behind a key in a JSON text.
  private func number(_ key: String, in text: String) -> Double? {
    let parts = text.split(separator: "\"")
    guard let place = parts.firstIndex(where: { $0 == key }), place + 1 < parts.count else {
      return nil
    }
    return Double(parts[place + 1].drop { $0 == ":" }.prefix { $0 != "," && $0 != "}" })
  }

  /// A run whose power was measured at the wall, by the files that were published of it.
  struct Run: Sendable, CustomTestStringConvertible {
    let log: String
    let power: String
    let joules: Double
    let samples: Double

    var testDescription: String { log.split(separator: "/").suffix(2).joined(separator: "/") }

    /// A run that is no part of the project; `nil` where its files are not there.
    static func real(_ name: String, joules: Double, samples: Double) -> Run? {
      let folder = "training/mlperf/\(name)"
      guard let log = Fixtures.real("\(folder)/result_0.txt"),
        let power = Fixtures.real("\(folder)/power/result_0/node_0.txt")
      else { return nil }
      return Run(log: log, power: power, joules: joules, samples: samples)
    }
  }

  // 8 s of 1.5 kW and 16 s of 2.5 kW for 5200 samples.
  private static let madeUp = Run(
    log: Fixtures.path("logs/mlperf.log"), power: Fixtures.path("power/mlperf-power-log.txt"),
    joules: 10, samples: 5200)

  static let runs: [Run] =
    [madeUp]
    + [
      Run.real("lenovo_8xB200_bert", joules: 0.8384, samples: 2_549_478),
      Run.real("lenovo_8xB200_llama2_70b_lora", joules: 2045, samples: 3072),
    ].compactMap(\.self)

  /// Wall power beside the log of the same run: joules per sample as worked out from the two files
  /// by hand, within half a per cent.
  @Test(arguments: runs)
  func `the energy of a published run is that of its own files`(run: Run) throws {
    let folder = try Folder()
    let made = try Program.run(["import", "-o", "run.hippo", run.log, run.power], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let report = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    let found = try #require(number("joules_per_sample", in: report.output), "\(report.output)")
    #expect(abs(found / run.joules - 1) < 0.005, "\(found)")
    #expect(number("samples", in: report.output) == run.samples)
  }

  /// A table tells what is right: files, joules, and the share of the time that was covered.
  @Test func `the cases tell the joules that are right`() throws {
    let table = try #require(Folder.read(Fixtures.path("cases/power.tsv")))
    let rows = table.split(separator: "\n").dropFirst(2).map { $0.split(separator: "\t") }
    #expect(!rows.isEmpty)
    for row in rows {
      let folder = try Folder()
      let files = row[0].split(separator: " ").map { Fixtures.path("cases/power/\($0)") }
      let made = try Program.run(["import", "-o", "run.hippo"] + files, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let report = try Program.run(["report", "run.hippo", "--format", "json"], in: folder).output
      let joules = try #require(Double(row[1]))
      let found = try #require(number("joules", in: report), "\(report)")
      #expect(abs(found - joules) <= 0.02 * joules, "\(row[0]): \(found)")
      guard row.count > 2, let coverage = Double(row[2]) else { continue }
      #expect(number("coverage", in: report).map { abs($0 - coverage) < 0.02 } == true)
    }
  }

  /// The program's own lines, kept in a file: every 15 s, which no line says.
  @Test func `own lines are read with the period they have`() throws {
    let folder = try Folder()
    func lines(_ watts: Int) -> String {
      (0...20).map {
        "{\"reading\": {\"kind\": \"gpu\", \"device\": \"0\", "
          + "\"time\": \(1_779_966_000 + $0 * 15), \"power_w\": \(watts)}}\n"
      }.joined()
    }
    let untold = "{\"reading\": {\"kind\": \"gpu\", \"device\": \"0\", \"power_w\": 9}}\n"
    _ = folder.write(lines(300) + untold + "{\"reading\": {\"ki", to: "a.jsonl")
    _ = folder.write(lines(100), to: "b.jsonl")
    let made = try Program.run(["import", "-o", "run.hippo", "a.jsonl"], in: folder)
    #expect(made.status == 0)
    #expect(
      made.errorLines == ["a.jsonl: 2 lines left out, the first is line 22: it has no “time”"])
    let one = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    #expect(number("joules", in: one.output) == 90_000, "\(one.output)")
    // Two files that name no machine are two machines.
    _ = try Program.run(["import", "-o", "both.hippo", "a.jsonl", "b.jsonl"], in: folder)
    let both = try Program.run(["report", "both.hippo", "--format", "json"], in: folder)
    #expect(number("joules", in: both.output) == 120_000, "\(both.output)")
  }

  @Test func `a file's machine is named, or the mistake is`() throws {
    let folder = try Folder()
    let (a, b) = (
      Fixtures.path("cases/power/hostA.csv"), Fixtures.path("cases/power/hostB.csv")
    )
    let named = try Program.run(
      ["import", "-o", "run.hippo", "--machine", "x=hostA.csv", "--machine", "y=\(b)", a, b],
      in: folder)
    #expect(named.status == 0, "\(named.errors)")
    let report = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    #expect(number("joules", in: report.output) == 36_000)
    #expect(report.output.contains("1 accelerator board on each of 2 machines"), "\(report.output)")
    for wrong in [["--machine", "x=none.csv"], ["--machine", "x", "--machine", "y"]] {
      let result = try Program.run(["import", "-o", "no.hippo"] + wrong + [a, b], in: folder)
      #expect(result.status == 2, "\(result.errors)")
      #expect(!folder.names.contains("no.hippo"))
    }
  }

  @Test func `what is no log is named, and nothing is written`() throws {
    let folder = try Folder()
    _ = folder.write("hello\n", to: "a.txt")
    let result = try Program.run(["import", "-o", "run.hippo", "a.txt"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("a.txt"))
    #expect(folder.names == ["a.txt"])
  }

  @Test func `a table is read as the user says, and never by a guess`() throws {
    let folder = try Folder()
    let rows = (0...60).map { "\(1_779_966_000 + $0),300,\($0)\n" }.joined()
    _ = folder.write("ts,GPU0 draw power,n\n" + rows, to: "rig.csv")
    let guess = "time=ts,gpu0.power=GPU0 draw power,?"
    let refused = try Program.run(["import", "-o", "run.hippo", "rig.csv"], in: folder)
    #expect(refused.status == 1 && refused.errors.contains(guess), "\(refused.errors)")
    let shown = try Program.run(["import", "--guess", "rig.csv"], in: folder)
    #expect(shown.status == 0 && shown.output.contains("--map '\(guess)'"), "\(shown.errors)")
    #expect(folder.names == ["rig.csv"])
    let map = "time=ts,gpu0.power=GPU0 draw power,W"
    let read = try Program.run(["import", "-o", "run.hippo", "--map", map, "rig.csv"], in: folder)
    #expect(read.status == 0, "\(read.errors)")
    let report = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    #expect(number("joules", in: report.output) == 18_000)
  }

  @Test(arguments: [
    (["--map", "time=ts"], 2), (["--map", "time=ts,gpu0.power=v,?"], 2),
    (["--map", "time=ts,gpu0.power=w,W"], 1), (["--map", "time=ts,gpu0.power=v"], 1),
  ]) func `what a table cannot be read as is one line`(arguments: [String], status: Int) throws {
    let folder = try Folder()
    _ = folder.write("ts,v\n1779966000,300\n1779966001,300\n", to: "rig.csv")
    let result = try Program.run(["import", "-o", "x.hippo"] + arguments + ["rig.csv"], in: folder)
    #expect(Int(result.status) == status, "\(result.errors)")
    #expect(status == 2 || result.errorLines.count == 1, "\(result.errors)")
    #expect(folder.names == ["rig.csv"])
  }
}
