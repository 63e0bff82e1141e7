import Formats
import Recordings
import Telemetry
import TestSupport
import Testing

/// Recordings that lack something, and tables of contracts that are wrong: each form says so, and counts
/// nothing that it does not know.
@Suite struct FormHostileTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func form(_ name: String, _ arguments: [String]) throws -> String {
    let result = try Program.run(["report"] + arguments + ["--format", name], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result.errors)")
    return result.output
  }

  /// Ten minutes of a GPU at 250 W, and nothing else.
  private func writePower(_ name: String, offset: Double = 0) throws {
    let start = FormRecording.start + offset
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: start, monotonicStart: 0))
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA A100")))
    try writer.append(
      .series(
        SeriesDescriptor(
          device: gpu, metric: .power,
          provenance: Provenance(source: "test", method: .instant, period: 1))))
    for second in 0...600 {
      var reading = Reading(device: gpu, time: start + Double(second))
      reading.set(.power, 250)
      try writer.append(.reading(reading))
    }
    try writer.close()
  }

  // MARK: Recordings

  @Test func `power without a job is of training only where the user says so`() throws {
    try writePower("power.hippo")
    try FormRecording(offset: 700).write("run.hippo", in: folder)
    let reason =
      "because power.hippo recorded no job, so whether it was training is not known (state it with "
      + "--training-type)"
    for files in [["power.hippo"], ["power.hippo", "run.hippo"]] {
      let rows = FormRows(try form("gpai", files))
      for field in [
        "Training time (range)", "Training time (wall clock days)", "Training time (hardware days)",
      ] {
        #expect(rows[field] == ["unknown", reason], "\(files)")
      }
      let energy = rows["Amount of energy used for training (MWh)"]
      #expect(energy.first == "unknown" && energy.last?.hasPrefix(reason) == true, "\(energy)")
      #expect(try form("sci-ai", files).contains("unknown, \(reason)."))
      #expect(try form("cyclonedx", files).contains("\"activity\":\"other\""))
      #expect(try form("spdx", files).contains("unknown what for"))
    }
    // 250 W and 300 W for ten minutes each.
    let rows = FormRows(
      try form("gpai", ["power.hippo", "run.hippo", "--training-type", "pre-training"]))
    #expect(rows["Amount of energy used for training (MWh)"].first == "0.0000917")
    #expect(
      rows["Training time (hardware days)"].first
        == "0.00694 NVIDIA A100 days and 0.00694 NVIDIA H100 80GB HBM3 days")
  }

  @Test func `a recording without readings is named, and nothing is written`() throws {
    try RecordingWriter(
      path: folder.file("empty.hippo"),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: FormRecording.start, monotonicStart: 0)
    ).close()
    try FormRecording().write("run.hippo", in: folder)
    for name in ["gpai", "spdx", "boamps"] {
      let result = try Program.run(
        ["report", "run.hippo", "empty.hippo", "--format", name], in: folder)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors == "hippowatt: empty.hippo: the recording holds no readings\n")
    }
  }

  @Test func `steps alone are counted as steps, and called so`() throws {
    try FormRecording(tokensUntil: -1).write("steps.hippo", in: folder)
    let rows = FormRows(try form("sci", ["steps.hippo"]))
    #expect(rows["R, functional unit"].first == "step" && rows["R, count"].first == "599")
    #expect(
      rows["R, functional unit"].last
        == "No count of tokens or samples is known for all of it, but one of steps.")
    #expect(
      FormRows(try form("gpai", ["steps.hippo"]))["Amount of computation used for training (FLOP)"]
        .first == "unknown")
    #expect(try !form("boamps", ["steps.hippo"]).contains("dataQuantity"))
  }

  @Test func `where no unit can be counted, none is said to be missing in the job`() throws {
    try FormRecording().write("a.hippo", in: folder)
    try FormRecording(machine: "other", offset: 300).write("b.hippo", in: folder)
    let rows = FormRows(try form("sci", ["a.hippo", "b.hippo"]))
    #expect(rows["R, functional unit"].first == "training token")
    #expect(rows["R, count"].last?.contains("ran at the same time") == true)
    #expect(rows["E, energy (kWh)"].first == "0.100")
  }

  @Test func `what is unknown is a sentence of its own in every document`() throws {
    try FormRecording(powerUntil: 0, hasGrid: false, attributes: [:]).write("a.hippo", in: folder)
    try FormRecording(offset: 700, hasGrid: false).write("b.hippo", in: folder)
    for (name, file, words) in [
      ("spdx", "a.hippo", "unknown, because a.hippo tells no power. The site's"),
      ("cyclonedx", "a.hippo", "unknown, because a.hippo tells no power.\""),
      (
        "boamps", "b.hippo",
        "Carbon intensity: unknown, because b.hippo tells no carbon intensity of a grid. b.hippo:"
      ),
    ] {
      let text = try form(name, [file])
      #expect(text.contains(words), "\(text)")
    }
    // A server was not trained here.
    try FormRecording(offset: 1400, isServing: true).write("serve.hippo", in: folder)
    for name in ["spdx", "boamps"] {
      #expect(try !form(name, ["serve.hippo"]).contains("Type of training"))
    }
  }

  @Test func `the energy score is of accelerators that tell their power`() throws {
    // The plug tells what the whole machine draws, which is no energy of its accelerators.
    for (name, watts) in [("dark.hippo", 0.0), ("plug.hippo", 500)] {
      try FormRecording(powerUntil: 0, plugWatts: watts, isServing: true).write(name, in: folder)
      let text = try form("energy-score", [name])
      #expect(text.hasPrefix("GPU_ENERGY_WH.txt:\nunknown\n"), "\(text)")
      #expect(text.contains("not every accelerator in \(name) tells its power."), "\(text)")
    }
    // Beside accelerators that do, the plug changes nothing.
    try FormRecording(plugWatts: 500, isServing: true).write("both.hippo", in: folder)
    #expect(try form("energy-score", ["both.hippo"]).hasPrefix("GPU_ENERGY_WH.txt:\n166.67\n"))
    #expect(try form("text", ["plug.hippo"]).contains("per request      1.00 kJ"))
  }

  @Test func `a log without times gives a document no date`() throws {
    let rows = (1...3).map { "{\"step\": \($0), \"loss\": 3.\($0)}" }.joined(separator: "\n")
    folder.write(rows + "\n", to: "rows.jsonl")
    let made = try Program.run(["import", "-o", "rows.hippo", "rows.jsonl"], in: folder)
    try #require(made.status == 0, "\(made.errors)")
    let laid = try Program.run(
      ["import", "-o", "laid.hippo", Fixtures.path("logs/nanogpt.log")], in: folder)
    try #require(laid.status == 0, "\(laid.errors)")
    for file in ["rows.hippo", "laid.hippo"] {
      let bom = try form("cyclonedx", [file])
      #expect(!bom.contains("\"timestamp\":"))
      #expect(bom.contains("unknown, because the log of \(file) has no times."), "\(bom)")
      #expect(try form("spdx", [file]).contains("when a file was last changed, because the log of"))
      for name in ["cyclonedx", "spdx"] {
        let schema = try #require(try FormSchemaTests.schema(name))
        #expect(try schema.faults(form(name, [file])) == [])
      }
    }
    #expect(
      FormRows(try form("gpai", ["rows.hippo"]))["Training time (range)"]
        == ["unknown", "because rows.hippo: the log has no times"])
    #expect(
      FormRows(try form("gpai", ["laid.hippo"]))["Training time (wall clock days)"].last?
        .contains("Caution: the log of laid.hippo has no times") == true)
  }

  /// 180 kJ, of which 171 kJ were drawn after the grid told its 44 g/kWh.
  @Test func `an intensity that comes late is for the joules after it, and said to be`() throws {
    try FormRecording(gridFrom: 30).write("late.hippo", in: folder)
    let own = try JSONValue(Array(form("json", ["late.hippo"]).utf8))
    let grams = try #require(own["grams_co2e"]?.number)
    #expect(abs(grams - 171.0 / 3600 * 44) < 0.01, "\(grams)")
    let rows = FormRows(try form("sci", ["late.hippo"]))
    #expect(rows["I, intensity (g CO2e/kWh)"].first == "44.0")
    #expect(
      rows["I, intensity (g CO2e/kWh)"].last?.hasSuffix("stands for what is missing too.") == true)
    #expect(rows["C = E × I, operational part only (g CO2e)"].first == "2.20")
    let bom = try form("cyclonedx", ["late.hippo"])
    #expect(bom.contains("known for 95 % of the joules"), "\(bom)")
    #expect(bom.contains("What is missing is not in the grams."), "\(bom)")
  }

  // MARK: Contracts

  /// 0.15 kWh of three runs in one hour, 14:00 to 15:00 UTC of 21 September.
  @Test(arguments: [
    ("time,kWh\n2026-09-21T14:00:00Z,0.075\n", "50"),
    ("\u{FEFF}time,kWh\r\n2026-09-21T14:00:00Z,0.075\r\n", "50"),
    ("time,MWh\n2026-09-21T14:00:00Z,0.000075\n", "50"),
    ("time,kWh\n2026-09-21T16:00:00+02:00,0.075\n", "50"),
    ("time,kWh\n2026-09-21T19:30:00+05:30,0.075\n", "50"),
    ("\"time\", \"kWh\"\n\"2026-09-21T14:00:00Z\", \"7.5e-2\"\n", "50"),
    ("time,kWh\n2026-09-21T14:00:00Z,0.1499\n", "more than 99"),
    ("time,kWh\n2026-09-21T14:00:00Z,0\n", "0"),
    // Both hours of the night in which clocks are set back, and one that has no energy of ours.
    (
      "time,kWh\n2026-10-25T02:00:00+02:00,9\n2026-10-25T02:00:00+01:00,9\n"
        + "2026-09-21T14:00:00Z,0.15\n", "100"
    ),
    ("time,kWh\n2026-09-21T13:00:00Z,9\n2026-09-21T15:00:00Z,9\n", "unknown"),
    ("time,kWh\n", "unknown"),
  ])
  func `a table of contracts is read in its unit and zone`(table: String, score: String) throws {
    for offset in [0.0, 700, 1400] {
      try FormRecording(offset: offset).write("\(Int(offset)).hippo", in: folder)
    }
    folder.write(table, to: "k.csv")
    let files = ["0.hippo", "700.hippo", "1400.hippo"]
    let row = FormRows(try form("sci", files + ["--contract", "k.csv"]))[
      "24/7 carbon-free energy score (%)"]
    #expect(row.first == score, "\(row)")
    if score == "unknown" {
      #expect(row.last == "because k.csv has no line for the hour 2026-09-21T14:00:00Z")
    }
  }

  @Test(arguments: [
    ("", "line 1: write “time,kWh” or “time,MWh”"), ("time,Wh\n", "line 1"),
    ("time;kWh\n2026-09-21T14:00:00Z;9\n", "line 1"), ("kWh,time\n", "line 1"),
    ("time,kWh\n2026-09-21T14:00:00,9\n", "line 2: write a time with its zone"),
    ("time,kWh\n2026-09-21T14:00:00Z,\"0,5\"\n", "line 2: write a time with its zone"),
    ("time,kWh\n2026-09-21T14:00:00Z,0x10\n", "line 2: “0x10” is no energy"),
    ("time,kWh\n2026-09-21T14:00:00Z,1 2\n", "line 2: “1 2” is no energy"),
    ("time,kWh\n2026-09-21T14:00:00Z,nan\n", "line 2: “nan” is no energy"),
    ("time,MWh\n2026-09-21T14:00:00Z,1e308\n", "line 2: “1e308” is no energy"),
    ("time,kWh\n2026-09-21T14:00:00Z,\n", "line 2: “” is no energy"),
    ("time,kWh\n2026-02-30T14:00:00Z,1\n", "line 2: write a time with its zone"),
    ("time,kWh\n2026-09-21T14:15:00Z,1\n", "is not the beginning of an hour of UTC"),
    ("time,kWh\n2026-09-21T19:00:00+05:30,1\n", "is not the beginning of an hour of UTC"),
    ("time,kWh\n2026-09-21T14:00:00Z,1\n2026-09-21T16:00:00+02:00,1\n", "line 3: the hour"),
  ])
  func `a table of contracts that is wrong is refused with its line`(
    table: String, words: String
  ) throws {
    try FormRecording().write("run.hippo", in: folder)
    folder.write(table, to: "k.csv")
    let result = try Program.run(
      ["report", "run.hippo", "--format", "gpai", "--contract", "k.csv"], in: folder)
    #expect(result.status == 1 && result.output.isEmpty && result.errorLines.count == 1)
    #expect(result.errors.contains("k.csv: ") && result.errors.contains(words), "\(result.errors)")
  }
}
