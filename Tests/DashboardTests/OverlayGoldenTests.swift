import Accounting
import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// The three views over the dashboard: diet, chips, equivalents.
@Suite struct OverlayGoldenTests {
  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  /// The training machine, whose job says what it is and whose accelerators what they do.
  private static let described: Timeline = {
    var timeline = Stage.training
    guard var job = timeline.devices(.job).first else { return timeline }
    job.attributes = [
      "framework": "torchtitan", "parameters": "6738415616", "layers": "32",
      "model_width": "4096", "heads": "32", "head_size": "128", "sequence_length": "4096",
      "precision": "bf16", "world_size": "8",
    ]
    timeline.apply(.device(job))
    for gpu in timeline.devices(.gpu) {
      for second in 1150...1200 {
        var reading = Reading(device: gpu.id, time: Stage.start + Double(second))
        reading.set(.tensorActive, 0.62)
        reading.set(.dramActive, 0.41)
        timeline.apply(.reading(reading))
      }
    }
    return timeline
  }()

  /// The same run, as if it had drawn a third more.
  private static func baseline() throws -> RunProfile {
    let ledger = Ledger(described)
    let job = try #require(ledger.inventory.jobs.first)
    let span = try #require(described.span)
    var profile = try #require(ledger.profile(of: job, over: span, name: "fp32-base"))
    profile.joules = profile.joules.map { $0 * 1.33 }
    profile.works = profile.works.mapValues { work in
      .init(count: work.count, joules: work.joules.map { $0 * 1.33 }, seconds: work.seconds)
    }
    profile.blocks = profile.blocks.map { .init(joules: $0.joules * 1.33, count: $0.count) }
    profile.precision = .fp32
    return profile
  }

  private static let sizes = [(80, 24), (132, 40), (200, 60)]

  private func frames(
    _ command: Command, _ timeline: Timeline, baselines: [RunProfile] = []
  ) -> String {
    Self.sizes.map { width, height in
      var input = Stage.input(timeline, width, height, isSimulated: true) {
        $0.press(command, $1)
      }
      input.baselines = baselines
      return TextWriter.plain(Frame.render(input))
    }.joined(separator: "\n")
  }

  @Test func `The diet view, beside a baseline`() throws {
    check(frames(.diet, Self.described, baselines: [try Self.baseline()]), "overlay-diet")
  }

  @Test func `The chips view`() {
    check(frames(.chips, Self.described), "overlay-chips")
  }

  @Test func `The equivalents view`() {
    check(frames(.equivalents, Self.described), "overlay-equivalents")
  }

  @Test func `The cost panel of a job that says what it is`() throws {
    let baseline = try Self.baseline()
    let frames = [(90, 28), (132, 40)].map { width, height in
      var input = Stage.input(Self.described, width, height, isSimulated: true) {
        $0.press(.panel(1), $1)
      }
      input.baselines = [baseline]
      input.price = Price(text: "0.25€")
      input.targetLoss = 4.6
      return TextWriter.plain(Frame.render(input))
    }
    check(frames.joined(separator: "\n"), "panel-cost")
  }

  @Test func `Views of a machine without accelerators say what they lack`() {
    let commands: [Command] = [.diet, .chips, .equivalents]
    for timeline in [Stage.host, Stage.nothing] {
      let frames = commands.map { command in
        Stage.frame(timeline, 100, 30) { $0.press(command, $1) }
      }
      #expect(frames[0].shows("there is no run to weigh yet"))
      #expect(frames[1].shows("No estimate: no accelerator is read"))
      #expect(frames[2].shows("No energy is known here"))
    }
  }

  @Test func `A view closes by its own key and by escape`() {
    for command in [Command.diet, .chips, .equivalents] {
      let bounds = TimeSpan(Stage.start, Stage.start + 10)
      var view = ViewState(cursor: .live)
      view.press(command, bounds)
      #expect(view.overlay != .none)
      view.press(command, bounds)
      #expect(view.overlay == .none)
      view.press(command, bounds)
      view.press(.leave, bounds)
      #expect(view.overlay == .none)
    }
  }

  @Test func `Views fit any screen`() {
    for command in [Command.diet, .chips, .equivalents] {
      for (width, height) in [(1, 1), (20, 5), (40, 10), (44, 14), (60, 20), (300, 80)] {
        let frame = Stage.frame(Self.described, width, height) { $0.press(command, $1) }
        #expect(frame.width == width && frame.height == height)
      }
    }
  }

  @Test func `No values a job or a chip may tell trap a view`() {
    let values: [Double] = [0, -1, 1e-9, 1, 9e15, -9e15, 1e18]
    for value in values {
      var timeline = Timeline()
      let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
      let job = DeviceID(machine: "box", kind: .job, name: "run")
      var facts: [String: String] = ["precision": "bf16", "gpus": ",,0", "rate_scope": "device"]
      for key in ["parameters", "layers", "model_width", "world_size", "global_batch"] {
        facts[key] = "\(value)"
      }
      timeline.apply(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
      timeline.apply(.device(Device(id: job, label: "a\u{1B}[2Jb", attributes: facts)))
      for second in 0...40 {
        let time = Stage.start + Double(second)
        var power = Reading(device: gpu, time: time)
        power.set(.power, value)
        power.set(.dramActive, value)
        power.set(.tensorActive, value)
        power.set(.memoryUsed, value)
        timeline.apply(.reading(power))
        var reading = Reading(device: job, time: time)
        reading.set(.step, second % 3 == 0 ? value : Double(second))
        reading.set(.stepTotal, value)
        reading.set(.tokens, value * Double(second))
        reading.set(.tokenRate, value)
        reading.set(.loss, second % 2 == 0 ? value : -value)
        timeline.apply(.reading(reading))
      }
      var baseline = RunProfile(name: "b\u{1B}[31m")
      baseline.joules = value
      baseline.works = [
        .token: .init(count: value, joules: value, seconds: value),
        .step: .init(count: value, joules: value, seconds: value),
      ]
      baseline.measure = .token
      baseline.blocks = Array(repeating: .init(joules: value, count: value), count: 9)
      for command in [Command.diet, .chips, .equivalents, .panel(1)] {
        var input = Stage.input(timeline, 132, 40) { $0.press(command, $1) }
        input.baselines = [baseline]
        input.targetLoss = value
        input.price = Price(text: "0.3")
        #expect(!TextWriter.plain(Frame.render(input)).contains("\u{1B}"))
      }
    }
  }

  @Test func `A job that serves shows what a written token costs`() {
    var timeline = Timeline()
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    let job = DeviceID(machine: "box", kind: .job, name: "vllm")
    timeline.apply(.device(Device(id: job, label: "vllm", attributes: ["kind": "serving"])))
    for second in 0...60 {
      var power = Reading(device: gpu, time: Stage.start + Double(second))
      power.set(.power, 300)
      timeline.apply(.reading(power))
      var reading = Reading(device: job, time: Stage.start + Double(second))
      reading.set(.outputTokens, Double(second) * 100)
      reading.set(.requestsRunning, 4)
      timeline.apply(.reading(reading))
    }
    let frame = Stage.frame(timeline, 132, 40)
    #expect(frame.shows("3.00 J/output token") && frame.shows("100 tokens/s"))
    #expect(frame.shows("4 running") && frame.shows("100 tok/s"))
  }
}
