import Glibc
import Recordings
import Telemetry
import Terminals
import TestSupport
import Testing

/// Two recorded runs side by side, with the real program.
@Suite struct RaceTests {
  private let folder: Folder
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  private static let demos = Fixtures.folder + "/../../demos/"

  init() throws { folder = try Folder() }

  /// A run on one GPU, a reading a second.
  private func record(
    _ name: String, watts: Double, seconds: Int, isToldLoss: Bool = true,
    loss: (Double) -> Double = { 1 + 3 / (1 + $0 / 30) }
  ) throws {
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: Self.start, monotonicStart: 0))
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    try writer.append(
      .device(Device(id: job, label: "train.py", attributes: ["framework": "nanoGPT"])))
    let metrics: [(DeviceID, Metric, Provenance.Method)] = [
      (gpu, .energy, .counter), (job, .step, .log), (job, .tokens, .counter), (job, .loss, .log),
    ]
    for (device, metric, method) in metrics {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 1))))
    }
    for second in 0...seconds {
      let time = Self.start + Double(second)
      var energy = Reading(device: gpu, time: time)
      energy.set(.energy, 1000 + Double(second) * watts)
      var progress = Reading(device: job, time: time)
      progress.set(.step, Double(second))
      progress.set(.tokens, Double(second) * 1000)
      if isToldLoss { progress.set(.loss, loss(Double(second))) }
      try writer.append(.reading(energy))
      try writer.append(.reading(progress))
    }
    try writer.close()
  }

  private func snapshot(_ arguments: [String]) throws -> String {
    let result = try Program.run(
      ["snapshot"] + arguments + ["--overlay", "race", "--size", "200x50"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: " ", omittingEmptySubsequences: true)
      .joined(separator: " ")
  }

  @Test func `a race ends with the words and numbers of a comparison`() throws {
    let runs = ["tiny-gpt-small-batch", "tiny-gpt"].map { Self.demos + $0 + ".hippo" }
    let compared = try Program.run(["compare"] + runs, in: folder).output
    let raced = try snapshot([runs[1], "--baseline", runs[0]])
    for words in [
      "needs 2.3 × the joules", "to the same validation loss, 1.67", "saves 26 % (24 to 27 %)",
      "larger than the noise", "oss 2.429 against 1.846 after 1.53 Mtokens",
      "Caution: energy is modelled",
    ] {
      #expect(compared.contains(words) && raced.contains(words), "\(words)\n\(raced)")
    }
  }

  @Test func `money and grams until the same loss are those of its joules`() throws {
    let runs = ["tiny-gpt-small-batch", "tiny-gpt"].map { Self.demos + $0 + ".hippo" }
    let raced = try snapshot([runs[1], "--baseline", runs[0], "--price", "1000EUR"])
    // 1.59 and 3.69 kJ at 44.3 g and 1000 EUR for a kilowatt-hour.
    let words =
      "Until validation loss 1.67: tiny-gpt-small-batch ≈ 19.5 mgCO₂e and 0.44 EUR, "
      + "tiny-gpt ≈ 45.3 mgCO₂e and 1.02 EUR (lifecycle, at the mean of each recording)."
    #expect(raced.contains(words))
  }

  @Test func `the longer one of two runs is seen to its end`() throws {
    try record("base.hippo", watts: 300, seconds: 120)
    try record("run.hippo", watts: 200, seconds: 60)
    // The run ends a minute before the baseline, which goes on eating.
    let end = try snapshot(["run.hippo", "--baseline", "base.hippo"])
    #expect(end.contains("36.0 kJ") && end.contains("12.0 kJ"))
    #expect(end.contains("Whole runs: run saves 33 %"))
    let middle = try snapshot(["run.hippo", "--baseline", "base.hippo", "--at", "40s"])
    #expect(middle.contains("so far") && middle.contains("After 40.0 s: "))
    #expect(middle.contains("12.0 kJ") && middle.contains("8.00 kJ"))
    let level = try snapshot(
      ["run.hippo", "--baseline", "base.hippo", "--at", "40s", "--align", "loss", "--over", "time"])
    #expect(level.contains("aligned at the same loss") && level.contains("over time"))
    #expect(
      level.contains("run leads, 7.80 kJ against 12")
        || level.contains("run leads, 8.00 kJ against 12"))
  }

  @Test func `what compare cannot know the race does not know either`() throws {
    try record("base.hippo", watts: 300, seconds: 60, isToldLoss: false)
    try record("run.hippo", watts: 200, seconds: 60)
    let reason = "unknown, because base tells no loss"
    #expect(try snapshot(["run.hippo", "--baseline", "base.hippo"]).contains(reason))
    let text = try Program.run(["compare", "base.hippo", "run.hippo"], in: folder).output
    #expect(text.contains("joules to the same loss \(reason)"))
    let json = try Program.run(
      ["compare", "base.hippo", "run.hippo", "--format", "json"], in: folder
    ).output
    #expect(json.contains("\"equal_loss_unknown_because\":\"base tells no loss\""))
  }

  @Test func `a race is played, paused and turned by its keys`() throws {
    try record("base.hippo", watts: 300, seconds: 120)
    try record("run.hippo", watts: 200, seconds: 60)
    let script = [
      "until aligned at the start", "until so far", "key space", "until ‖ PAUSED", "key a",
      "until aligned at the same step", "key a", "until aligned at as many tokens", "key a",
      "until aligned at the same loss", "key x", "until over time", "key q",
    ]
    let path = folder.write(script.joined(separator: "\n") + "\n", to: "keys")
    let session = try Session(
      ["race", "base.hippo", "run.hippo", "--keys", path, "--speed", "20"], in: folder,
      width: 132, height: 40)
    #expect(try #require(session.end(), "\(session.screen)") == 0)
    session.expectClean()
  }

  @Test func `wrong usage and recordings without a run are one line each`() throws {
    try record("run.hippo", watts: 200, seconds: 60)
    let wrong = try Program.run(
      ["race", "run.hippo", "run.hippo", "--align", "weight"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("--align"), "\(wrong.errors)")
    let missing = try Program.run(["race", "none.hippo", "run.hippo"], in: folder)
    #expect(missing.status == 1 && missing.errors.contains("none.hippo"), "\(missing.errors)")
    let gone = try Program.run(["race", "run.hippo", "none.hippo"], in: folder)
    #expect(gone.status == 1 && gone.errors.contains("none.hippo"), "\(gone.errors)")
    #expect(gone.errors.split(separator: "\n").count == 1, "\(gone.errors)")
  }
}
