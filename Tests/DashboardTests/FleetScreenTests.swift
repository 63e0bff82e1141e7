import Accounting
import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// The screen of many machines: frames as text, and what keys choose.
@Suite struct FleetScreenTests {
  private static let now = Stage.start + 3600

  /// A hundred and twenty-five machines in eight racks, six jobs, and what is the matter with some.
  private static let moment: FleetMoment = {
    var moment = FleetMoment(time: now, span: TimeSpan(Stage.start, now))
    moment.hosts = (0..<125).map { number in
      var host = FleetHost(name: "n" + String(number + 1000).dropFirst())
      host.rack = "r\(number / 16 + 1)"
      host.gpus = 8
      host.held = number < 110 ? 8 : 0
      host.watts = number < 110 ? 4200 + Double(number % 7) * 210 : 1190
      host.boundary = .wall
      host.exporters = ["hippowatt", "dcgm-exporter"]
      (host.joules, host.judged, host.wasted) = (1.5e7, 1.2e7, Double(number % 5) * 4e5)
      return host
    }
    moment.hosts[17].state = .silent(since: now - 240)
    moment.hosts[122].state = .refuses(since: now - 1500)
    for number in [17, 122] { moment.hosts[number].watts = nil }
    moment.hosts[124].watts = nil
    for (number, name) in ["llama-70b", "vit-huge", "whisper", "esm3", "interactive", "old"]
      .enumerated()
    {
      var job = FleetJob(id: "\(48_210 + number)")
      job.name = name
      job.user = ["ada", "bo"][number % 2]
      job.account = ["llm", "vision", ""][number % 3]
      job.gpus = 8 << (number % 4)
      job.hosts = (number * 16..<number * 16 + 4).map { moment.hosts[$0].name }
      job.joules = 4e7 * Double(6 - number)
      job.wasted = [.data: 1e6 * Double(number * number), .peers: 2e5]
      job.coverage = number == 1 ? 0.82 : 1
      job.grams = (job.joules ?? 0) / 3.6e6 * 300
      job.cost = FleetCost((job.joules ?? 0) / 3.6e6 * 0.21, "EUR")
      if number == 0 { job.tokens = 4e8 }
      moment.jobs.append(job)
    }
    moment.jobs[4].processes = 0
    moment.jobs[5].isRunning = false
    moment.jobs[5].lastSeen = now - 900
    var unknown = FleetJob(id: "vllm/router-0")
    (unknown.gpus, unknown.doubt) = (1, .noCounter)
    moment.jobs.append(unknown)
    moment.totals.watts = 541_000
    moment.totals.unmetered = 1
    (moment.totals.gpus, moment.totals.held) = (1000, 880)
    (moment.totals.joules, moment.totals.judged, moment.totals.wasted) = (1.9e9, 1.5e9, 1.2e8)
    moment.totals.accelerators = 1.6e9
    moment.totals.duplicates = 1
    (moment.totals.gramsShare, moment.totals.costShare) = (1, 0.6)
    (moment.totals.tokens, moment.totals.tokenJoules) = (4e8, 2.4e8)
    (moment.totals.grams, moment.totals.cost) = (158_000, FleetCost(110.83, "EUR"))
    moment.totals.coverage = 0.97
    moment.findings = moment.findings(watts: [
      "48210": ["n000": 480, "n001": 482, "n002": 262, "n003": 479]
    ])
    return moment
  }()

  private static func input(
    _ width: Int, _ height: Int, _ picture: FleetPicture? = nil, keys: [String] = [],
    language: Language = .en
  ) -> FrameInput {
    var shown = FleetPicture(store: "prom.example:9090")
    shown.moment = moment
    shown.told = now
    let told = picture ?? shown
    var view = ViewState(cursor: .live, window: 3600)
    view.fleet = FleetState()
    view.language = language
    let bounds = TimeSpan(now - 86_400, now)
    for key in keys { _ = view.press(key, timeline: Timeline(), bounds: bounds, fleet: told) }
    var input = FrameInput(
      timeline: Timeline(), bounds: bounds, view: view, theme: .dusk,
      session: SessionInfo(origin: .live, machine: "prom.example:9090"), width: width,
      height: height)
    input.fleet = told
    input.language = language
    return input
  }

  private static func text(_ input: FrameInput) -> String { TextWriter.plain(Frame.render(input)) }

  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  @Test func `A fleet as text in every size`() {
    let sizes = [(20, 5), (44, 10), (80, 24), (132, 40), (200, 60)]
    check(
      sizes.map { width, height in
        "\(width)x\(height)\n" + Self.text(Self.input(width, height))
      }.joined(separator: "\n"), "fleet")
  }

  @Test func `A fleet in French, without colours, by account and with its machines chosen`() {
    var plain = Self.input(100, 30, keys: ["tab", "right", "down"])
    plain.hasColor = false
    var ascii = Self.input(100, 30, keys: ["u"])
    ascii.view.glyphs = .ascii
    check(
      [
        Self.input(132, 40, language: .fr), plain, ascii,
        Self.input(100, 30, keys: ["s", "/", "b", "o"]),
      ]
      .map(Self.text).joined(separator: "\n"), "fleet-ways")
  }

  @Test func `An old picture says its age, and none says why`() {
    var old = FleetPicture(store: "prom.example:9090")
    old.moment = Self.moment
    old.told = Self.now - 95
    old.problem = "nothing listens on prom.example:9090; start the server"
    #expect(Self.text(Self.input(132, 40, old)).contains("1 min 35 s old: nothing listens"))
    old.moment = nil
    #expect(Self.text(Self.input(80, 24, old)).contains("nothing listens on prom.example"))
    #expect(Self.text(Self.input(80, 24, FleetPicture(store: "prom:1"))).contains("asking prom:1"))
  }

  @Test func `A thousand machines have a place each on a desk's screen`() {
    var hosts: [FleetHost] = []
    for number in 0..<1000 {
      var host = FleetHost(name: "n\(number)")
      host.rack = "r\(number / 16)"
      hosts.append(host)
    }
    let tiles = FleetTiles(hosts, in: Rect(x: 0, y: 0, width: 130, height: 8))
    #expect(tiles.tiles.allSatisfy { !$0.isEmpty })
    let places = Set(tiles.tiles.map { $0.y * 1000 + $0.x })
    #expect(places.count == 1000)
    let few = FleetTiles(hosts, in: Rect(x: 0, y: 0, width: 60, height: 4))
    #expect(few.tiles.count { !$0.isEmpty } == 240)
  }

  @Test func `Any size of screen takes a fleet`() {
    for width in stride(from: 0, through: 140, by: 7) {
      for height in stride(from: 0, through: 44, by: 3) {
        #expect(Frame.render(Self.input(width, height)).width == width)
      }
    }
  }

  @Test func `Keys choose jobs, machines and the order, and open a machine`() {
    func state(_ keys: String...) -> FleetState? { Self.input(132, 40, keys: keys).view.fleet }
    #expect(state("s")?.order == .energy)
    #expect(state("s", "<")?.order == .waste)
    #expect(state("r")?.isReversed == true)
    #expect(state("tab", "right", "enter")?.open == "n001")
    #expect(state("tab", "down", "enter")?.open == "n016")
    #expect(state("tab", "end", "left", "enter")?.open == "n123")
    // From a job to the first of its machines: the one that wasted most.
    #expect(state("enter", "enter")?.open == "n080")
    #expect(state("tab", "enter", "escape")?.open == nil)
    #expect(state("/", "b", "o", "enter")?.filter.text == "bo")
    let view = Self.input(132, 40, keys: ["1"]).view
    #expect(view.focused == nil && view.toast.contains("choose one"))
    var visiting = Self.input(132, 40)
    let effects = visiting.view.press(
      "w", timeline: Timeline(), bounds: visiting.bounds, fleet: visiting.fleet)
    #expect(effects == [.visit(host: "n080")])
  }

  @Test func `Texts from a store cannot reach the terminal as commands`() {
    var picture = FleetPicture(store: "prom.example:9090")
    var moment = Self.moment
    moment.jobs[0].name = "a\u{1B}[31mb\u{7}\u{202E}" + String(repeating: "x", count: 500)
    moment.hosts[0].rack = "r\u{1B}]0;x\u{7}"
    moment.jobs[0].hosts = ["n\u{1B}[2J"]
    picture.moment = moment
    picture.warning = "w\u{9B}31m"
    let text = Self.text(Self.input(200, 60, picture))
    #expect(
      !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
  }
}
