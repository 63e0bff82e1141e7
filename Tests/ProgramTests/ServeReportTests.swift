import Glibc
import Recordings
import Telemetry
import Testing

/// Every joule of a server's token says which token is meant, wherever it is written.
@Suite struct ServeReportTests {
  private let folder: Folder
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  init() throws { folder = try Folder() }

  /// Two minutes at 350 W; each counter grows by so many a second.
  private func record(
    _ name: String, _ rates: [Metric: Double], attributes: [String: String] = [:],
    until end: Int = 120, fault: String? = nil
  ) throws {
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "http://127.0.0.1:8000")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: "box", programVersion: "test", startedAt: Self.start, monotonicStart: 0))
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    let facts = ["framework": "vLLM", "kind": "serving"].merging(attributes) { $1 }
    try writer.append(.device(Device(id: job, label: "m", attributes: facts)))
    for (device, metric) in [(gpu, Metric.energy)] + rates.keys.map({ (job, $0) }) {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: .counter, period: 1))))
    }
    for second in 0...120 {
      let time = Self.start + Double(second)
      var energy = Reading(device: gpu, time: time)
      energy.set(.energy, 1000 + Double(second) * 350)
      var counts = Reading(device: job, time: time)
      for (metric, rate) in rates where second <= end {
        counts.set(metric, 1000 + rate * Double(second))
      }
      try writer.append(.reading(energy))
      if second <= end { try writer.append(.reading(counts)) }
    }
    if let fault {
      try writer.append(
        .state(
          SourceState(
            source: "test", kind: "serve", time: Self.start + Double(end) + 5, health: .failed,
            message: fault)))
    }
    try writer.close()
  }

  private static let served: [Metric: Double] = [
    .outputTokens: 50, .promptTokens: 20, .cachedPromptTokens: 180, .requests: 1,
    .abortedRequests: 0.5, .requestTime: 3,
  ]

  /// Whether a text tells joules of a token without saying of which.
  private func isBare(_ text: String) -> Bool {
    text.contains("J/token") || text.contains("joules_per_token")
      || text.contains("  per token") || text.contains("joules per token")
  }

  @Test func `a report names the token that its joules are for`() throws {
    try record("s.hippo", Self.served)
    let text = try Program.run(["report", "s.hippo"], in: folder)
    #expect(text.status == 0 && !isBare(text.output), "\(text.output)\(text.errors)")
    for line in [
      "per output token 7.00 J", "per total token", "5.00 J, prompt and output",
      "350 J, of those served", "120 requests, 60 aborted or failed", "2.40 ktokens, computed",
    ] {
      #expect(text.output.contains(line), "\(line) in \(text.output)")
    }
    let markdown = try Program.run(["report", "s.hippo", "--format", "markdown"], in: folder)
    #expect(!isBare(markdown.output) && markdown.output.contains("per output token"))
    let json = try Program.run(["report", "s.hippo", "--format", "json"], in: folder)
    #expect(!isBare(json.output), "\(json.output)")
    for member in [
      "\"joules_per_output_token\":7", "\"joules_per_total_token\":5", "\"joules_per_request\":350",
      "\"served_requests\":120", "\"aborted_requests\":60", "\"computed_prompt_tokens\":2400",
      "\"cached_prompt_tokens\":21600", "\"total_tokens\":8400",
    ] {
      #expect(json.output.contains(member), "\(member) in \(json.output)")
    }
  }

  @Test func `prompts with cached tokens among them are in no total`() throws {
    try record("s.hippo", Self.served, attributes: ["prompt_count": "all"])
    let json = try Program.run(["report", "s.hippo", "--format", "json"], in: folder).output
    #expect(json.contains("\"joules_per_output_token\":7") && !json.contains("total_token"))
    #expect(json.contains("\"prompt_tokens_with_cached\":2400"))
  }

  @Test func `a server of embeddings is told by its input tokens`() throws {
    try record("s.hippo", [.promptTokens: 700, .requests: 10, .requestTime: 5])
    let text = try Program.run(["report", "s.hippo"], in: folder).output
    #expect(text.contains("per input token 500 mJ, it writes none"), "\(text)")
    #expect(text.contains("35.0 J, of those served") && !text.contains("output token"))
    let json = try Program.run(["report", "s.hippo", "--format", "json"], in: folder).output
    #expect(
      json.contains("\"joules_per_input_token\":0.5")
        && !json.contains("joules_per_output_token\":"))
  }

  @Test func `a proxy is charged nothing, and the reason stands there`() throws {
    try record("s.hippo", Self.served, attributes: ["front": "yes", "framework": "LiteLLM proxy"])
    let text = try Program.run(["report", "s.hippo"], in: folder).output
    #expect(text.contains("unknown, because it hands requests on"), "\(text)")
    #expect(!text.contains("per output token") && !text.contains("per request"))
    let json = try Program.run(["report", "s.hippo", "--format", "json"], in: folder).output
    #expect(json.contains("\"joules_unknown_because\":\"it hands requests on"), "\(json)")
    let named = ["front": "yes", "gpus": "GPU-0"]
    try record("n.hippo", Self.served, attributes: named)
    let here = try Program.run(["report", "n.hippo"], in: folder).output
    #expect(here.contains("per output token 7.00 J"), "\(here)")
  }

  @Test func `a server that fell silent is reported with the reason`() throws {
    let words = "several servers answer at 127.0.0.1:8000 in turn: no rate"
    try record("once.hippo", Self.served, until: 0, fault: words)
    let once = try Program.run(["report", "once.hippo"], in: folder).output
    #expect(once.contains("unknown, because \(words)"), "\(once)")
    #expect(!once.contains("written") && !once.contains("per output token"))
    try record("later.hippo", Self.served, until: 60, fault: words)
    let later = try Program.run(["report", "later.hippo"], in: folder).output
    #expect(later.contains("per output token 7.00 J") && later.contains(words), "\(later)")
    let json = try Program.run(["report", "later.hippo", "--format", "json"], in: folder).output
    #expect(json.contains("\"fault\":\"\(words)\"") && json.contains("\"seconds\":60"), "\(json)")
    let shown = try Program.run(
      ["snapshot", "later.hippo", "--panel", "cost", "--size", "100x30", "--format", "text"],
      in: folder
    ).output
    #expect(shown.contains(words) && !shown.contains("J/request"), "\(shown)")
  }

  @Test func `a comparison and the screen name it as well`() throws {
    try record("a.hippo", Self.served)
    try record("b.hippo", Self.served.merging([.outputTokens: 100]) { $1 })
    let table = try Program.run(["compare", "a.hippo", "b.hippo"], in: folder)
    #expect(table.output.contains("J/output token") && !isBare(table.output), "\(table.output)")
    #expect(table.output.contains("of the joules per output token"))
    let json = try Program.run(["compare", "a.hippo", "b.hippo", "--format", "json"], in: folder)
    #expect(json.output.contains("\"joules_per_output_token\":7"), "\(json.output)")
    #expect(!isBare(json.output) && json.output.contains("\"output_tokens_per_second\":50"))
    for view in [[], ["--overlay", "diet"], ["--overlay", "provenance"], ["--panel", "cost"]] {
      let shown = try Program.run(
        ["snapshot", "a.hippo", "--size", "120x40", "--format", "text"] + view, in: folder)
      #expect(shown.status == 0 && !isBare(shown.output), "\(view) \(shown.output)\(shown.errors)")
      #expect(shown.output.contains("J/output token"), "\(view) \(shown.output)")
    }
    let panel = try Program.run(
      ["snapshot", "a.hippo", "--size", "120x40", "--panel", "cost", "--format", "text"],
      in: folder
    ).output
    #expect(panel.contains("J/total") && panel.contains("aborted"), "\(panel)")
  }
}
