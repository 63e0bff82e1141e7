import Glibc
import Recordings
import Telemetry
import Testing

/// What a recorded run came to, and one beside another.
@Suite struct ReportTests {
  private let folder: Folder
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  init() throws { folder = try Folder() }

  @Test func `a picture is never written over a recording`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(["snapshot", "run.hippo", "-o", "run.hippo"], in: folder)
    #expect(result.status == 1 && result.errors.contains("it is a recording"), "\(result.errors)")
    #expect(try Program.run(["report", "run.hippo"], in: folder).status == 0)
  }

  @Test func `an import that fails leaves nothing that would pass for the whole`() throws {
    let wrong = "timestamp, power.draw [W]\n2026/01/01 00:00:00, 3 W, 7\n"
    _ = folder.write(wrong, to: "gpu.csv")
    let result = try Program.run(["import", "-o", "run.hippo", "gpu.csv"], in: folder)
    #expect(
      result.status == 1 && result.errors.contains("gpu.csv: tells no power: line 2"),
      "\(result.errors)")
    #expect(folder.names == ["gpu.csv"])
    for path in ["/dev/zero", "."] {
      let odd = try Program.run(["import", "-o", "run.hippo", path], in: folder)
      #expect(odd.status == 1 && odd.errors.contains("no plain file"), "\(odd.errors)")
    }
  }

  @Test func `a source that was asked for and gave nothing is named at the end`() throws {
    let result = try Program.run(
      ["record", "-o", "run.hippo", "--for", "1s", "--log", "/nonexistent/typo.log"], in: folder)
    #expect(result.errors.contains("not read       log: waiting for /nonexistent/typo.log"))
  }

  /// A run of a minute on an H100 at so many watts, at a thousand tokens a second.
  private func record(_ name: String, watts: Double, job label: String = "train.py") throws {
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    let grid = DeviceID(machine: "", kind: .grid, name: "FR")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: Self.start, monotonicStart: 0))
    let devices: [Observation] = [
      .device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")),
      .device(
        Device(
          id: job, label: label,
          attributes: [
            "framework": "nanoGPT", "parameters": "124475904", "precision": "bf16",
            "trainable_parameters": "1000000",
          ])),
      .device(Device(id: grid, label: "France", model: "annual mean")),
    ]
    for device in devices { try writer.append(device) }
    let metrics: [(DeviceID, Metric, Provenance.Method)] = [
      (gpu, .energy, .counter), (job, .step, .log), (job, .tokens, .counter), (job, .loss, .log),
      (grid, .carbonIntensity, .annual), (grid, .renewableShare, .annual),
    ]
    for (device, metric, method) in metrics {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 1))))
    }
    var mix = Reading(device: grid, time: Self.start)
    mix.set(.carbonIntensity, 44)
    mix.set(.renewableShare, 0.26)
    try writer.append(.reading(mix))
    for second in 0...60 {
      let time = Self.start + Double(second)
      var energy = Reading(device: gpu, time: time)
      energy.set(.energy, 1000 + Double(second) * watts)
      var progress = Reading(device: job, time: time)
      progress.set(.step, Double(second))
      progress.set(.tokens, Double(second) * 1000)
      progress.set(.loss, 4 - Double(second) / 50)
      try writer.append(.reading(energy))
      try writer.append(.reading(progress))
    }
    try writer.close()
  }

  @Test func `a report says what the run took and what each token cost`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(["report", "run.hippo", "--price", "0.25EUR"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    for part in [
      "hardware      NVIDIA H100 80GB HBM3",
      "energy        18.0 kJ ± 5 % (counters, 100 % covered)",
      "of          1 accelerator board", "from          2026-09-21",
      "per token   300 mJ", "per kWh     12.0 Mtokens", "0.0013 EUR", "step time   1.00 s",
      "MFU         0.1 % of bf16 on H100 SXM5 80GB, dense; 4N + 2N trained", "as much as",
    ] {
      #expect(result.output.contains(part), "\(part) in \(result.output)")
    }
  }

  @Test func `as Markdown it ends with a block for a model card`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(["report", "run.hippo", "--format", "markdown"], in: folder)
    #expect(result.status == 0)
    let block = result.output.components(from: "```yaml\n", to: "```")
    #expect(block.hasPrefix("---\nco2_eq_emissions:\n  emissions: 0.220\n"), "\(result.output)")
    #expect(block.contains("  training_type: fine-tuning\n"))
    #expect(block.contains("  geographical_location: \"France\"\n"))
    #expect(block.contains("  hardware_used: \"NVIDIA H100 80GB HBM3\"\n"))
  }

  @Test func `as JSON it is one object with units in its names`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(["report", "run.hippo", "--format", "json"], in: folder)
    #expect(result.output.hasPrefix("{\"machine\":\"box\"") && result.output.hasSuffix("}\n"))
    #expect(result.output.contains("\"joules_per_token\":0.3"))
    #expect(result.output.contains("\"mfu_convention\":\"4N + 2N trained"))
  }

  @Test func `a target loss is reported as reached or refused`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(["report", "run.hippo", "--target-loss", "3"], in: folder)
    #expect(result.output.contains("fewer than 100 reports of the loss so far"))
  }

  @Test func `what the user knows of the model is believed`() throws {
    try record("run.hippo", watts: 300)
    let result = try Program.run(
      ["report", "run.hippo", "--params", "7B", "--trained-params", "7B", "--precision", "fp8"],
      in: folder)
    #expect(result.output.contains("of fp8 on H100 SXM5 80GB, dense; 6N"), "\(result.output)")
    let screen = try Program.run(
      ["snapshot", "run.hippo", "--panel", "2", "--params", "7B", "--precision", "fp8"], in: folder)
    #expect(screen.output.contains("MFU 1."), "\(screen.output)")
  }

  @Test func `two runs are laid beside each other`() throws {
    try record("base.hippo", watts: 400)
    try record("diet.hippo", watts: 300)
    let table = try Program.run(["compare", "base.hippo", "diet.hippo"], in: folder)
    #expect(table.status == 0 && table.errors.isEmpty)
    #expect(
      table.output.contains("diet saves 25 % (25 to 25 %) of the joules per token beside base"),
      "\(table.output)")
    #expect(table.output.contains("larger than the noise"))
    let markdown = try Program.run(
      ["compare", "base.hippo", "diet.hippo", "--format", "markdown"], in: folder)
    #expect(markdown.output.hasPrefix("| run | J/token |"))
    let json = try Program.run(
      ["compare", "base.hippo", "diet.hippo", "--format", "json"], in: folder)
    #expect(json.output.contains("\"larger_than_noise\":true"))
  }

  @Test func `a baseline stands beside the run on the screen`() throws {
    try record("base.hippo", watts: 400)
    try record("diet.hippo", watts: 300)
    let result = try Program.run(
      [
        "snapshot", "diet.hippo", "--baseline", "base.hippo", "--overlay", "diet", "--size",
        "120x40",
      ], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains("Beside base: saves 25 % of the joules to the same training loss"),
      "\(result.output)")
    #expect(result.output.contains("saves 25 % (25 to 25 %) of the joules per token"))
    let screen = try Program.run(
      ["snapshot", "diet.hippo", "--baseline", "base.hippo", "--size", "132x40"], in: folder)
    #expect(screen.output.contains("−25 % joules to loss 2.80 vs base"), "\(screen.output)")
  }

  @Test func `what cannot be weighed is one line`() throws {
    try record("run.hippo", watts: 300, job: "a\u{1B}[2Jb")
    folder.write("no recording", to: "text.hippo")
    for arguments in [
      ["report", "none.hippo"], ["report", "text.hippo"],
      ["report", "run.hippo", "--job", "other"],
      ["compare", "run.hippo", "text.hippo"],
      ["snapshot", "run.hippo", "--baseline", "none.hippo"],
    ] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 1 && result.output.isEmpty, "\(arguments)")
      #expect(result.errorLines.count == 1, "\(result.errors)")
      #expect(!result.errors.contains("\u{1B}"))
    }
    let hostile = try Program.run(["report", "run.hippo"], in: folder)
    #expect(hostile.status == 0 && !hostile.output.contains("\u{1B}"))
  }

  @Test(arguments: [
    (["report"], "file.hippo"), (["report", "f", "--format", "pdf"], "--format pdf"),
    (["report", "f", "--price", "much"], "--price much"),
    (["report", "f", "--params", "many"], "--params many"),
    (["watch", "--precision", "exact"], "--precision exact"), (["compare", "f"], "two recordings"),
    (["compare", "a", "b", "--format", "x"], "--format x"),
    (["snapshot", "--overlay", "x"], "--overlay x"),
    (["replay", "f", "--target-loss", "low"], "low"),
  ])
  func `wrong usage is status 2`(arguments: [String], named: String) throws {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains(named), "\(result.errors)")
  }
}

extension String {
  /// What stands between two markers; empty when one is missing.
  fileprivate func components(from start: String, to end: String) -> String {
    let text = Array(self)
    func place(of marker: String, after: Int) -> Int? {
      let letters = Array(marker)
      guard text.count >= letters.count else { return nil }
      return (after...(text.count - letters.count)).first {
        Array(text[$0..<$0 + letters.count]) == letters
      }
    }
    guard let from = place(of: start, after: 0).map({ $0 + start.count }),
      let to = place(of: end, after: from)
    else { return "" }
    return String(text[from..<to])
  }
}
