import Glibc
import Testing

/// What reports, comparisons, JSON and the screen say of a job: the same.
@Suite struct JobReportTests {
  private let folder: Folder
  private static let start = 1_790_000_000.0

  init() throws { folder = try Folder() }

  // MARK: Recordings that are written down

  /// The lines of a session, with seconds after its start.
  private struct Lines {
    var text = ""

    mutating func add(_ line: String) { text += line + "\n" }

    /// A job that is read from a log, with the series that it tells.
    mutating func job(_ metrics: [String], _ attributes: String = "") {
      add(
        #"{"device":{"machine":"box","kind":"job","name":"t","label":"train.py","attributes":{\#(attributes)}}}"#
      )
      for metric in metrics {
        let unit = metric.hasSuffix("_us") ? "s" : "count"
        add(
          #"{"series":{"machine":"box","kind":"job","device":"t","metric":"\#(metric)","unit":"\#(unit)","source":"log","method":"log","period":10}}"#
        )
      }
    }

    mutating func row(_ second: Double, _ values: String) {
      add(
        #"{"reading":{"machine":"box","kind":"job","device":"t","time":\#(start + second),\#(values)}}"#
      )
    }

    mutating func restart(_ second: Double, _ cause: String) {
      add(
        #"{"event":{"kind":"note","text":"again","cause":"\#(cause)","time":\#(start + second),"device":{"machine":"box","kind":"job","name":"t"}}}"#
      )
    }

    /// An accelerator that draws so many watts in each second.
    mutating func power(until end: Int, silent: Range<Int> = 0..<0, _ watts: (Int) -> Double) {
      add(
        #"{"device":{"machine":"box","kind":"gpu","name":"0","label":"0","model":"NVIDIA H100 80GB HBM3","role":"accelerator"}}"#
      )
      var joules = 0.0
      for second in 0...end {
        // A counter would tell what was drawn meanwhile.
        let value = silent.isEmpty ? #""energy_j":\#(joules)"# : #""power_w":\#(watts(second))"#
        if !silent.contains(second) {
          add(
            #"{"reading":{"machine":"box","kind":"gpu","device":"0","time":\#(start + Double(second)),\#(value)}}"#
          )
        }
        joules += watts(second)
      }
    }
  }

  /// Makes a recording of lines and returns what is said of it.
  private func said(
    _ lines: Lines, _ command: [String] = ["report", "run.hippo"], as name: String = "run"
  ) throws -> String {
    folder.write(lines.text, to: "\(name).jsonl")
    let made = try Program.run(
      ["import", "-o", "\(name).hippo", "\(name).jsonl"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    return try told(command)
  }

  private func told(_ command: [String]) throws -> String {
    let result = try Program.run(command, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  /// Screen, report and JSON.
  private func everywhere() throws -> (text: String, json: String, panel: String) {
    (
      try told(["report", "run.hippo"]), try told(["report", "run.hippo", "--format", "json"]),
      try told(["snapshot", "run.hippo", "--panel", "2", "--size", "132x40"])
    )
  }

  private func expect(_ parts: [String], in text: String) {
    for part in parts { #expect(text.contains(part), "\(part) in \(text)") }
  }

  // MARK: Tests

  @Test func `tokens and joules are of one stretch, wherever they are shown`() throws {
    var lines = Lines()
    // 100 W until 20 s, then 258 W: a count of tokens at 20, 40 and 60 s.
    lines.power(until: 70) { $0 < 20 ? 100 : 258 }
    lines.job(["step", "tokens"])
    for tenth in 1...700 {
      let tokens = tenth % 200 == 0 ? #","tokens":\#(tenth * 1000)"# : ""
      lines.row(Double(tenth) / 10, #""step":\#(tenth)\#(tokens)"#)
    }
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    expect(
      ["tokens      400 k (in 40.0 s", "per token   25.8 mJ", "speed       10.0 kt"], in: text)
    expect([#""joules_per_token":0.0258"#, #""tokens_per_second":10000"#], in: json)
    expect(["mJ/token", "10.0 k", "25.8 J ±"], in: panel)
    let compared = try told(["compare", "run.hippo", "run.hippo"])
    expect(["25.8 mJ", "10.0 ktokens/s"], in: compared)
  }

  @Test func `joules of a part of the time are said to be that, and each file is told apart`()
    throws
  {
    func made(silent: Range<Int>, as name: String) throws {
      var lines = Lines()
      lines.power(until: 200, silent: silent) { _ in 240 }
      lines.job(["step"])
      for step in 0...20 { lines.row(Double(step) * 10, #""step":\#(step)"#) }
      _ = try said(lines, ["report", "\(name).hippo"], as: name)
    }
    for name in ["one", "other"] { mkdir(folder.file(name), 0o755) }
    try made(silent: 0..<0, as: "one/run")
    try made(silent: 100..<112, as: "other/run")
    let compared = try told(["compare", "one/run.hippo", "other/run.hippo"])
    let caveat =
      "other/run: its energy is known for 94 % of the time, and taken to be alike in the rest"
    expect(["2.40 kJ", "44.9 kJ", caveat], in: compared)
    #expect(compared.ranges(of: "240 W").count == 2, "\(compared)")
    #expect(!compared.contains("one/run: its energy"), "\(compared)")
    let json = try told(["compare", "one/run.hippo", "other/run.hippo", "--format", "json"])
    expect([#""name":"one/run""#, #""name":"other/run""#, caveat], in: json)
    // Beside itself a run has one name, and is warned of once.
    let same = try told(["compare", "other/run.hippo", "other/run.hippo"])
    #expect(same.ranges(of: "run: its energy is known").count == 1, "\(same)")
  }

  @Test func `evaluations and checkpoints are told apart from steps everywhere`() throws {
    var lines = Lines()
    lines.power(until: 220) { _ in 240 }
    lines.job(["step", "evaluation_time_us", "checkpoint_time_us"])
    var second = 0.0
    lines.row(0, #""step":0"#)
    for round in 1...10 {
      second += 10
      lines.row(second, #""step":\#(round * 100)"#)
      second += 8
      lines.row(second, #""evaluation_time_s":8"#)
      guard round % 4 == 0 else { continue }
      second += 2
      lines.row(second, #""checkpoint_time_s":2"#)
    }
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    expect(
      [
        "per step    24.0 J, without 10 evaluations and 2 checkpoints",
        "paused      10 evaluations: 1 min 20 s, ≈ 19.2 kJ",
        "paused      2 checkpoints: 4.00 s, ≈ 960 J",
      ], in: text)
    expect(
      [
        #""joules_per_step":24"#, #""kind":"evaluation","count":10,"seconds":80,"joules":19200"#,
        #""kind":"checkpoint","count":2,"seconds":4,"joules":960"#,
      ], in: json)
    expect(["24.0 J ±", "10 evaluations", "2 checkpoints", "19.2 kJ"], in: panel)
    let compared = try told(["compare", "run.hippo", "run.hippo"])
    expect(["24.0 J", "run: without 9 evaluations of 1 min 12 s and 17.3 kJ"], in: compared)
    expect(
      [#""joules_per_step":24"#, #""kind":"checkpoint","count":2"#],
      in: try told(["compare", "run.hippo", "run.hippo", "--format", "json"]))
  }

  /// 100 steps at 200 J; after a restart 49 more at 600 J, of which the first 40 were done before.
  private func restarted(steps: Int) -> Lines {
    var lines = Lines()
    lines.power(until: 300) { $0 < 150 ? 200 : 300 }
    lines.job(["step", "step_total"])
    for step in 0...100 { lines.row(Double(step), #""step":\#(step),"step_total":500"#) }
    lines.restart(180, "resumed")
    for step in 0..<steps {
      lines.row(200 + 2 * Double(step), #""step":\#(60 + step),"step_total":500"#)
    }
    return lines
  }

  @Test func `lives are told apart, and steps done twice count once`() throws {
    _ = try said(restarted(steps: 50))
    let (text, json, panel) = try everywhere()
    expect(
      [
        "per step    600 J", "run 1       100 steps, from 0 to 100, 20.0 kJ, 200 J/step",
        "run 2       49 steps, from 60 to 109, 40 of them redone, 29.4 kJ, 600 J/step",
        "all runs    109 steps and 40 redone, 49.4 kJ, 453 J per useful step",
        "step time   2.00 s", "at step 109 of 500",
      ], in: text)
    expect(
      [
        #""steps":49,"#, #""joules_per_step":600"#, #""began_by":"resumed""#,
        #""all_runs":{"steps":149,"redone_steps":40,"useful_steps":109,"joules":49400"#,
      ], in: json)
    expect(["600 J", "453 J/step", "40/149 redone", "109 / 500"], in: panel)
    expect(["the last of 2 runs"], in: try told(["compare", "run.hippo", "run.hippo"]))
  }

  @Test func `after a restart an earlier run is called so`() throws {
    _ = try said(restarted(steps: 0))
    let (text, json, panel) = try everywhere()
    for said in [text, json, panel] {
      expect(["an earlier run's history: last step 100 of 500"], in: said)
    }
    expect(["run 1       100 steps, from 0 to 100, 20.0 kJ"], in: text)
    #expect(!text.contains("per step") && !text.contains("to go") && !text.contains("speed"))
    expect([#""steps":null"#, #""joules":null"#], in: json)
    #expect(!panel.contains("J/step") && !panel.contains("to go"))
  }

  @Test func `what was written before anyone looked is no present`() throws {
    var lines = Lines()
    lines.power(until: 60) { _ in 300 }
    lines.job(["step", "step_total", "loss_e6", "token_rate_e3"], #""history":"yes""#)
    lines.row(5, #""step":690,"step_total":2000,"loss":2.4,"token_rate":9000"#)
    lines.row(6, #""step":700,"step_total":2000,"loss":2.3,"token_rate":9000"#)
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    for said in [text, json, panel] {
      expect(["an earlier run's history: last step 700 of 2"], in: said)
      #expect(!said.contains("to go") && !said.contains("to_go"), "\(said)")
      #expect(!said.contains("tokens/s") && !said.contains("per_second"), "\(said)")
    }
  }

  @Test func `a job that tells only epochs has a cost and a rest`() throws {
    var lines = Lines()
    lines.power(until: 660) { _ in 350 }
    lines.job(["epoch_e6", "epoch_total", "epoch_time_us", "loss_e6"])
    for epoch in 1...3 {
      lines.row(
        10 + 200 * Double(epoch),
        #""epoch":\#(epoch),"epoch_total":5,"epoch_time_s":200,"loss":\#(3 - epoch)"#)
    }
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    expect(["epoch       3 of 5", "per epoch   70.0 kJ", "to go       ≈ 6 min 40 s"], in: text)
    expect([#""joules_per_epoch":70000"#, #""epoch":3,"epoch_total":5"#], in: json)
    expect(["kJ/epoch", "epoch 3 of 5", "≈ 6 min 40 s"], in: panel)
    let compared = try told(["compare", "run.hippo", "run.hippo"])
    expect(["J/epoch", "70.0 kJ"], in: compared)
  }

  @Test func `a job that tells only requests has a cost`() throws {
    var lines = Lines()
    lines.power(until: 300) { _ in 350 }
    lines.job(["requests"])
    for request in 0...60 { lines.row(Double(request) * 5, #""requests":\#(request)"#) }
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    expect(["requests    60", "per request 1.75 kJ"], in: text)
    expect([#""joules_per_request":1750"#], in: json)
    expect(["kJ/request"], in: panel)
    expect(["J/request", "1.75 kJ"], in: try told(["compare", "run.hippo", "run.hippo"]))
  }

  @Test func `a log without power is worth a report`() throws {
    var lines = Lines()
    lines.job(["step", "step_total", "loss_e6", "tokens", "epoch_e6"])
    for step in 0...100 {
      lines.row(
        Double(step) * 2,
        #""step":\#(step),"step_total":200,"tokens":\#(step * 1000),"epoch":\#(Double(step) / 50),"loss":\#(4 - Double(step) / 50)"#
      )
    }
    _ = try said(lines)
    let (text, json, panel) = try everywhere()
    expect(
      [
        "steps       100, at step 100 of 200", "tokens      100 k", "epoch       2",
        "loss        2.000, from 4.000, best 2.000", "█▇", "speed       500 tokens/s",
        "step time   2.00 s", "energy      unknown, because no power was recorded",
        "record it with hippowatt record", "import a power log", "times       as its log",
        "to go       ≈ 3 min 20 s",
      ], in: text)
    expect(
      [
        #""joules":null,"joules_unknown_because":"no power was recorded""#, #""first_loss":4"#,
        #""best_loss":2"#, #""loss":2"#, #""median":2"#, #""timing":"stamped""#,
      ], in: json)
    #expect(!json.contains("\"joules\":0") && !json.contains("joules_per"))
    expect(["tokens/s   500", "no joules: nothing here tells its power"], in: panel)
  }
}
