import Terminals
import Testing

/// What of two runs waited is told side by side, as each run's own report tells it.
@Suite struct CompareWaitTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func compared(_ format: String...) throws -> String {
    let result = try Program.run(
      ["compare", "starved.hippo", "fed.hippo"] + format, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func `the stall of one run stands beside what the other did`() throws {
    try FormRecording(waits: 0.4).write("starved.hippo", in: folder)
    try FormRecording(waits: 0.001).write("fed.hippo", in: folder)
    let text = try compared()
    #expect(text.contains("starved: Waits for data 40 % of the time"), "\(text)")
    #expect(text.contains("fed: Fed: waits less than 5 % of the time."), "\(text)")
    for name in ["starved", "fed"] {
      let report = try Program.run(["report", "\(name).hippo"], in: folder)
      let line = try #require(
        report.output.split(separator: "\n").first { $0.contains("waiting  ") })
      let verdict = try #require(line.firstRange(of: "waiting").map { line[$0.upperBound...] })
        .drop { $0 == " " }
      #expect(text.contains("\(name): \(verdict)"), "\(line)")
    }
    // 40 % of 599 s at a third of 300 W.
    let json = try compared("--format", "json")
    #expect(json.contains("\"waiting\":{") && json.contains("\"share\":0.4,"), "\(json)")
    #expect(json.contains("\"joules\":23960,"), "\(json)")
  }

  @Test func `nothing is said of waiting where no run did, or nothing decided it`() throws {
    try FormRecording(waits: 0.001).write("starved.hippo", in: folder)
    try FormRecording(waits: nil).write("fed.hippo", in: folder)
    #expect(!(try compared()).contains("Fed"))
    try FormRecording(waits: 0.4).write("b.hippo", in: folder)
    let mixed = try Program.run(["compare", "fed.hippo", "b.hippo"], in: folder)
    #expect(mixed.output.contains("b: Waits for data 40 %") && !mixed.output.contains("fed: Fed"))
  }
}
