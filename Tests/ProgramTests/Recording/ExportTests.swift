import Recordings
import Telemetry
import TestSupport
import Testing

/// Recordings handed on as text and in stretches, and what comes back of them.
@Suite struct ExportTests {
  private let folder: Folder
  private static let start = 1_790_000_000.0

  init() throws { folder = try Folder() }

  /// Ten minutes of a GPU whose watts grow, with a grid told once, an event and a state.
  private func record() throws {
    var lines = [
      #"{"device":{"machine":"box","kind":"gpu","name":"0","label":"=cmd,\"0\"","role":"accelerator"}}"#,
      #"{"series":{"machine":"box","kind":"gpu","device":"0","metric":"power_mw","unit":"W","scale":0.001,"source":"t","method":"instant","period":1}}"#,
      #"{"device":{"kind":"grid","name":"FR","label":"France"}}"#,
      #"{"series":{"kind":"grid","device":"FR","metric":"renewable_ppm","source":"t","method":"annual","period":300}}"#,
      #"{"reading":{"kind":"grid","device":"FR","time":\#(Self.start),"renewable_ppm":260000}}"#,
      #"{"event":{"kind":"mark","text":"early","time":\#(Self.start + 10)}}"#,
      #"{"event":{"kind":"mark","text":"late","time":\#(Self.start + 400.25)}}"#,
    ]
    for second in 0...600 {
      lines.append(
        #"{"reading":{"machine":"box","kind":"gpu","device":"0","time":\#(Self.start + Double(second)),"power_mw":\#(100_000 + second)}}"#
      )
    }
    folder.write(lines.joined(separator: "\n") + "\n", to: "l.jsonl")
    try told(["import", "-o", "r.hippo", "l.jsonl"])
  }

  @discardableResult
  private func told(_ command: [String], status: Int32 = 0) throws -> String {
    let result = try Program.run(command, in: folder)
    #expect(result.status == status, "\(command): \(result.errors)")
    return status == 0 ? result.output : result.errors
  }

  @Test func `lines make the same recording again`() throws {
    try record()
    try told(["export", "r.hippo", "-o", "again.jsonl"])
    try told(["import", "-o", "again.hippo", "again.jsonl"])
    for format in ["text", "json"] {
      #expect(
        try told(["report", "r.hippo", "--format", format])
          == told(["report", "again.hippo", "--format", format]), "\(format)")
    }
    #expect(try told(["export", "again.hippo"]) == told(["export", "r.hippo"]))
  }

  @Test func `a table has one value a line, and no formula`() throws {
    try record()
    let rows = try told(["export", "r.hippo", "--format", "csv", "--from", "100s", "--to", "101s"])
      .split(separator: "\n")
    #expect(rows.first == "time,machine,kind,device,label,metric,unit,value")
    let gpu = rows.filter { $0.contains(",gpu,") }
    #expect(
      gpu == [
        #"2026-09-21T14:15:00Z,box,gpu,0,"'=cmd,""0""",power,W,100.1"#,
        #"2026-09-21T14:15:01Z,box,gpu,0,"'=cmd,""0""",power,W,100.101"#,
      ], "\(rows)")
    // What held when the stretch begins is told at its beginning.
    #expect(rows.contains { $0.hasPrefix("2026-09-21T14:15:00Z,,grid,FR,France,renewable") })
  }

  @Test func `a stretch is a recording with the joules of the stretch`() throws {
    try record()
    try told(["cut", "r.hippo", "--from", "5min", "--to", "-2min", "-o", "part.hippo"])
    let whole = try RecordingReader(path: folder.file("r.hippo"))
    let part = try RecordingReader(path: folder.file("part.hippo"))
    #expect(part.span?.seconds == 180)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    let span = try #require(part.span)
    var joules: [Double] = []
    for reader in [whole, part] {
      var timeline = try reader.timeline()
      try reader.load(page: span, into: &timeline)
      let id = try #require(timeline.id(.power, of: gpu))
      joules.append(timeline.total(id, over: span).amount)
    }
    #expect(abs(joules[0] - joules[1]) < 1e-6 * joules[0] && joules[0] > 18_000, "\(joules)")
    let timeline = try part.timeline()
    #expect(timeline.events.map(\.text) == ["late"])
    #expect(part.header.startedAt == span.start && part.header.note.contains("a stretch of"))
    let report = try told(["report", "part.hippo"])
    #expect(report.contains("26 %"), "\(report)")
    // The recording that was cut stays as it is.
    #expect(whole.span?.seconds == 600)
  }

  @Test func `names are left out where that is asked`() throws {
    try record()
    let lines = try told(["export", "r.hippo", "--anonymous"])
    #expect(!lines.contains("\"box\"") && lines.contains("\"machine\""))
    try told(["cut", "r.hippo", "--from", "1min", "-o", "part.hippo", "--anonymous"])
    #expect(!(try told(["export", "part.hippo"])).contains("\"box\""))
  }

  @Test(arguments: [
    (["export", "none.hippo"], Int32(1), "does not exist"),
    (["export", "r.hippo", "--format", "xls"], 2, "there are jsonl, csv"),
    (["export", "r.hippo", "--from", "25:00"], 1, "is no time"),
    (["export", "r.hippo", "--from", "2h"], 1, "the session is from"),
    (["export", "r.hippo", "--from", "5min", "--to", "1min"], 1, "--from is not before --to"),
    (["export", "r.hippo", "-o", "l.jsonl"], 1, "exists already"),
    (["cut", "r.hippo", "-o", "x.hippo"], 2, "name --from, --to or both"),
    (["cut", "r.hippo", "--from", "1min", "-o", "r.hippo"], 1, "exists already"),
    (["export", "r.hippo", "-o", "/dev/full/x"], 1, "cannot be made"),
  ])
  func `what cannot be done is said`(command: [String], status: Int32, words: String) throws {
    try record()
    let before = try told(["export", "r.hippo"])
    let errors = try told(command, status: status)
    #expect(errors.contains(words), "\(errors)")
    #expect(try told(["export", "r.hippo"]) == before)
  }
}
