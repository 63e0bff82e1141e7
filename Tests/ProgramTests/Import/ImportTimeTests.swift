import Glibc
import TestSupport
import Testing

/// What an import makes of times, and what a report then tells.
@Suite struct ImportTimeTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func imported(_ arguments: [String], zone: String = "Europe/Berlin") throws
    -> Program.Result
  {
    try Program.run(
      ["import", "-o", "run.hippo"] + arguments, in: folder, environment: ["TZ": zone])
  }

  private func report(_ format: String = "json") throws -> String {
    try Program.run(["report", "run.hippo", "--format", format], in: folder).output
  }

  /// Five minutes of 300 W, each second, from 10:00:00 UTC on 2026-11-28.
  private var power: String {
    "timestamp, index, power.draw [W]\n"
      + (0..<300).map { second in
        "2026/11/28 10:0\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60).000, 0, 300.00 W\n"
      }.joined()
  }

  private func log(_ hour: Int) -> String {
    (0..<29).map { step in
      let second = step * 10
      return
        "2026-11-28 \(hour):0\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60),000 - INFO - "
        + "iter \(step): loss 2.5, time 10000.00ms, mfu 5.00%\n"
    }.joined()
  }

  @Test func `an imported log tells its zone in the report, and who named it`() throws {
    _ = folder.write(log(11), to: "a.log")
    let made = try imported(["a.log"])
    #expect(made.status == 0)
    #expect(made.errors.contains("read as Europe/Berlin"), "\(made.errors)")
    #expect(try report("text").contains("without zone, read as Europe/Berlin, which is assumed"))
    let json = try report()
    #expect(json.contains(#""time_zone":"Europe/Berlin""#) && json.contains(#""timing":"stamped""#))
    // 10:00 UTC.
    #expect(json.contains(#""started":1795860000"#), "\(json)")
    unlink(folder.file("run.hippo"))
    _ = try imported(["--timezone", "+02:00", "a.log"])
    #expect(try report().contains(#""started":1795856400"#))
    #expect(try !report("text").contains("assumed"))
  }

  @Test func `a zone that is none is one line, and nothing is written`() throws {
    _ = folder.write(log(11), to: "a.log")
    let made = try imported(["--timezone", "Mars/Olympus", "a.log"])
    #expect(made.status == 1 && made.errorLines.count == 1, "\(made.errors)")
    #expect(folder.names == ["a.log"])
  }

  @Test func `a log without times tells its steps and no joules`() throws {
    _ = folder.write((0..<300).map { "s:\($0) trl:3.5 lr:0.000600\n" }.joined(), to: "main.log")
    _ = folder.write(power, to: "power.csv")
    for files in [["main.log"], ["main.log", "power.csv"]] {
      unlink(folder.file("run.hippo"))
      let made = try imported(["--timezone", "UTC"] + files)
      #expect(made.status == 0, "\(made.errors)")
      let json = try report()
      #expect(json.contains(#""timing":"none""#))
      #expect(json.contains(#""joules":null,"joules_unknown_because":"the log has no times""#))
      #expect(json.contains(#""steps":299"#))
      for key in ["joules_per_step", "median_step_seconds", "tokens_per_second"] {
        #expect(!json.contains(key), "\(key)")
      }
      let text = try report("text")
      #expect(text.contains("unknown, because the log has no times"), "\(text)")
      #expect(text.contains("3.5"))
    }
    // The rows stretch nothing: what was measured keeps its length.
    #expect(try report().contains(#""seconds":299,"joules":"#))
    let compared = try Program.run(
      ["compare", "run.hippo", "run.hippo", "--format", "json"], in: folder)
    #expect(!compared.output.contains("joules_per_step"), "\(compared.output)")
  }

  @Test func `clocks that differ by hours are noticed, and moved when asked`() throws {
    _ = folder.write(log(12), to: "a.log")
    _ = folder.write(power, to: "power.csv")
    let made = try imported(["--timezone", "UTC", "a.log", "power.csv"])
    #expect(made.errors.contains("--shift a.log=-2h"), "\(made.errors)")
    let json = try report()
    #expect(
      json.contains(#""joules":null,"joules_unknown_because":"no power was recorded"#), "\(json)")
    unlink(folder.file("run.hippo"))
    let moved = try imported(["--timezone", "UTC", "a.log", "power.csv", "--shift", "a.log=-2h"])
    #expect(!moved.errors.contains("--shift"))
    #expect(try report().contains(#""joules_per_step":3000"#))
  }

  @Test(arguments: ["a.log", "a.log=2h", "a.log=+x", "b.log=+2h", "=+2h"])
  func `a shift that is none is refused`(text: String) throws {
    _ = folder.write(log(12), to: "a.log")
    let made = try imported(["a.log", "--shift", text])
    #expect(made.status == 2, "\(made.errors)")
    #expect(folder.names == ["a.log"])
  }

  @Test func `broken lines are named once, and the rest is read`() throws {
    let row = #"{"current_steps": 1, "total_steps": 9, "loss": 2.5}"#
    let rows = (1...5).map { row.replacing("steps\": 1", with: "steps\": \($0)") }
    _ = folder.write(
      rows[0] + "\n" + rows[1] + "\n" + rows[2].prefix(20) + "\n" + rows[3] + "\n", to: "a.jsonl")
    let made = try imported(["a.jsonl"])
    #expect(made.status == 0)
    #expect(made.errors.contains("a.jsonl: line 3 is broken and passed over"), "\(made.errors)")
  }

  @Test func `a table and a trainer's state without times are kept row by row`() throws {
    _ = folder.write(
      "epoch,step,loss\n" + (0..<40).map { "0,\($0),2.5\n" }.joined(), to: "metrics.csv")
    let made = try imported(["metrics.csv"])
    #expect(made.errors.contains("no times"), "\(made.errors)")
    #expect(try report().contains(#""steps":39"#))
    unlink(folder.file("run.hippo"))
    let rows = (1...40).map { #"{"loss": 2.5, "step": \#($0 * 5)}"# }.joined(separator: ", ")
    _ = folder.write(
      #"{"global_step": 200, "log_history": [\#(rows)]}"#, to: "trainer_state.json")
    _ = try imported(["trainer_state.json"])
    #expect(try report().contains(#""steps":195"#))
  }
}
