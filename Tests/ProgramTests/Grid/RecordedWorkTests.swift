import Glibc
import Recordings
import Telemetry
import Testing

/// When to go on with a recorded run: its own count of what is left, and the course of its power.
@Suite struct RecordedWorkTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Half an hour of 1800 steps of 10 800, at 200 W and then at 600 W: what is left takes 2.5 h.
  private func record(_ name: String, total: Double? = 10_800) throws {
    let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: start, monotonicStart: 0))
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    try writer.append(.device(Device(id: job, label: "train.py")))
    let metrics: [(DeviceID, Metric, Provenance.Method)] = [
      (gpu, .power, .instant), (job, .step, .log), (job, .stepTotal, .log),
    ]
    for (device, metric, method) in metrics {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 10))))
    }
    for second in stride(from: 0.0, through: 1800, by: 10) {
      var power = Reading(device: gpu, time: start + second)
      power.set(.power, second < 900 ? 200 : 600)
      try writer.append(.reading(power))
      var progress = Reading(device: job, time: start + second)
      progress.set(.step, second)
      progress.set(.stepTotal, total)
      try writer.append(.reading(progress))
    }
    try writer.close()
  }

  /// A forecast in hours from the present one on.
  private func forecast(_ intensities: [Int]) {
    let hour = Int64(time(nil)) / 3600 * 3600
    var text = "time,intensity\n"
    for (place, intensity) in intensities.enumerated() {
      var stamp = time_t(hour + Int64(place) * 3600)
      var parts = tm()
      gmtime_r(&stamp, &parts)
      func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
      text += "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
      text += "\(two(parts.tm_hour)):00Z,\(intensity)\n"
    }
    folder.write(text, to: "f.csv")
  }

  private func when(_ words: String...) throws -> Program.Result {
    try Program.run(["when", "--file", "f.csv", "--recording", "run.hippo"] + words, in: folder)
  }

  @Test func `what is left and the course of the power are the run's own`() throws {
    try record("run.hippo")
    forecast([400, 400, 400, 400, 400, 100, 100, 100, 100, 400, 400])
    let own = try when()
    #expect(
      own.status == 1 && own.output.hasPrefix("greenest 2 h 30"), "\(own.output)\(own.errors)")
    // 2.5 h of 401 W, by trapezoids, and 300 g/kWh less.
    #expect(own.output.contains("waiting saves 301 g"), "\(own.output)")
    #expect(own.output.contains("work: what is left by its own count, as run.hippo"))
    #expect(own.output.contains("401 W on average"), "\(own.output)")
    // In its first half it draws a quarter: of 4 h the dirty hours are put there.
    let named = try when("--hours", "4", "--json")
    #expect(named.output.contains(#""seconds":14400"#), "\(named.output)")
    #expect(named.output.contains("of the length that --hours names"))
    let heavy = try when("--hours", "4", "--watts", "1000", "--json")
    #expect(heavy.output.contains(#""watts":1000"#), "\(heavy.output)")
  }

  @Test func `the half that draws most is put where the grid is greenest`() throws {
    try record("run.hippo")
    // Two hours of work; the first window with a green second half beats a later one with a green first.
    forecast([300, 300, 300, 300, 100, 300, 300, 300])
    let result = try when("--hours", "2", "--json")
    // A quarter of the energy at 300 and three quarters at 100.
    #expect(result.output.contains(#""intensity":150"#), "\(result.output)")
  }

  @Test func `a run that does not tell its end needs hours`() throws {
    try record("run.hippo", total: nil)
    forecast([400, 100, 100, 100])
    let silent = try when()
    #expect(silent.status == 1 && silent.errorLines.count == 1, "\(silent.output)")
    #expect(silent.errors.contains("does not tell how long it still takes; pass --hours"))
    let none = try Program.run(["when", "--file", "f.csv"], in: folder)
    #expect(none.status == 2 && none.errors.contains("--recording run.hippo"), "\(none.errors)")
  }
}
