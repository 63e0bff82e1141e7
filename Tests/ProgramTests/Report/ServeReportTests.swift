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
    until end: Int = 120, fault: String? = nil, event: Event.Cause? = nil, others: Bool = false
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
    if let event {
      try writer.append(
        .event(
          Event(
            time: Self.start + Double(end) + 1, kind: .note, text: "told so", device: job,
            cause: event)))
    }
    if others {
      let other = DeviceID(machine: "box", kind: .job, name: "http://127.0.0.1:8001")
      try writer.append(.device(Device(id: other, label: "n", attributes: facts)))
      try writer.append(
        .series(
          SeriesDescriptor(
            device: other, metric: .outputTokens,
            provenance: Provenance(source: "other", method: .counter, period: 1))))
      for second in 0...100 {
        var counts = Reading(device: other, time: Self.start + Double(second))
        counts.set(.outputTokens, Double(second) * 10)
        try writer.append(.reading(counts))
      }
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
    let origin = try Program.run(
      [
        "snapshot", "a.hippo", "--size", "120x40", "--panel", "cost", "--overlay", "provenance",
        "--format", "text",
      ], in: folder
    ).output
    #expect(origin.contains("7.00 J/output token =") && !isBare(origin), "\(origin)")
    #expect(origin.contains("350 J/request ="), "\(origin)")
  }

  @Test func `a server that counts requests alone has the same joules everywhere`() throws {
    try record("r.hippo", [.requests: 1, .requestTime: 3])
    let text = try Program.run(["report", "r.hippo"], in: folder).output
    #expect(text.contains("per request 350 J, of those served"), "\(text)")
    #expect(!text.contains("token"), "\(text)")
    let json = try Program.run(["report", "r.hippo", "--format", "json"], in: folder).output
    #expect(
      json.contains("\"joules_per_request\":350") && json.contains("\"serves\":true"), "\(json)")
    let compared = try Program.run(["compare", "r.hippo", "r.hippo"], in: folder).output
    #expect(compared.contains("J/request") && compared.contains("350 J"), "\(compared)")
    for (view, line) in [
      ("--panel cost", "a request  350 J"),
      ("--panel cost --overlay provenance", "350 J/request ="),
    ] {
      let shown = try Program.run(
        ["snapshot", "r.hippo", "--size", "120x40", "--format", "text"]
          + view.split(separator: " ").map(String.init), in: folder
      ).output
      #expect(shown.contains(line) && shown.contains("J/request"), "\(view) \(shown)")
    }
  }

  @Test func `a server whose process ended or was restarted keeps its joules`() throws {
    try record("e.hippo", Self.served, until: 110, event: .crashed)
    let text = try Program.run(["report", "e.hippo"], in: folder).output
    #expect(text.contains("per output token 7.00 J") && text.contains("told so"), "\(text)")
    let json = try Program.run(["report", "e.hippo", "--format", "json"], in: folder).output
    #expect(json.contains("\"ending\":\"crashed\",\"ending_words\":\"told so\""), "\(json)")
    // Its counts go on over a restart: nothing of it is an earlier run's.
    try record("s.hippo", Self.served, until: 119, event: .restarted)
    let again = try Program.run(["report", "s.hippo"], in: folder).output
    #expect(again.contains("per output token 7.00 J") && !again.contains("earlier"), "\(again)")
    let shown = try Program.run(
      ["snapshot", "s.hippo", "--size", "120x40", "--panel", "cost", "--format", "text"],
      in: folder
    ).output
    #expect(shown.contains("J/output token") && !shown.contains("earlier"), "\(shown)")
  }

  @Test func `servers that share GPUs are charged nothing in reports and comparisons`() throws {
    try record("s.hippo", Self.served, others: true)
    let json = try Program.run(["report", "s.hippo", "--format", "json"], in: folder).output
    #expect(
      json.contains("\"joules\":null,\"joules_unknown_because\":\"2 servers share"), "\(json)")
    #expect(!json.contains("joules_per_output_token\":"), "\(json)")
    let compared = try Program.run(
      ["compare", "s.hippo", "s.hippo", "--format", "json"], in: folder
    ).output
    #expect(
      compared.contains("\"joules\":null") && !compared.contains("joules_per"), "\(compared)")
  }
}
