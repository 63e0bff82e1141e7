import Accounting
import Canvas
import Quantities
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// Two runs side by side.
@Suite struct RaceTests {
  /// What a run on one GPU tells.
  struct Story: Sendable {
    var name: String
    var watts = 300.0
    var seconds = 120
    /// The loss after so many seconds.
    var loss: (@Sendable (Double) -> Double)?
    var validation: (@Sendable (Double) -> Double)?
    var tokensPerSecond: Double? = 1000
    var firstStep = 0.0
    var hasPower = true
    var facts: [String: String] = [:]
    var ending: Event.Cause?

    static let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    static let job = DeviceID(machine: "box", kind: .job, name: "log")

    var timeline: Timeline {
      var timeline = Timeline()
      if hasPower {
        timeline.apply(.device(Device(id: Self.gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
      }
      timeline.apply(
        .device(
          Device(
            id: Self.job, label: "train.py",
            attributes: ["framework": "nanoGPT"].merging(facts) { $1 })))
      for metric in [Metric.step, .loss, .validationLoss, .tokens] {
        timeline.apply(
          .series(
            SeriesDescriptor(
              device: Self.job, metric: metric,
              provenance: Provenance(
                source: "log", method: metric == .tokens ? .counter : .log, period: 1))))
      }
      for second in 0...seconds {
        let time = Stage.start + Double(second)
        if hasPower {
          var power = Reading(device: Self.gpu, time: time)
          power.set(.power, watts)
          timeline.apply(.reading(power))
        }
        var reading = Reading(device: Self.job, time: time)
        reading.set(.step, firstStep + Double(second))
        if let loss { reading.set(.loss, loss(Double(second))) }
        if let validation, second % 10 == 0 {
          reading.set(.validationLoss, validation(Double(second)))
        }
        if let tokensPerSecond { reading.set(.tokens, Double(second) * tokensPerSecond) }
        timeline.apply(.reading(reading))
      }
      if let ending {
        timeline.apply(
          .event(
            Event(
              time: Stage.start + Double(seconds), kind: .note, text: "it is over",
              device: Self.job, cause: ending)))
      }
      return timeline
    }

    func profile() throws -> RunProfile {
      let ledger = Ledger(timeline)
      let job = try #require(ledger.inventory.jobs.first)
      let span = try #require(timeline.span)
      return try #require(ledger.profile(of: job, over: span, name: name, withCourse: true))
    }
  }

  /// Takes 300 W for two minutes, and half a minute to halve what its loss is above one.
  static let base = Story(name: "dense", loss: { 1 + 3 / (1 + $0 / 30) })
  /// Takes 200 W for three minutes, and needs a fifth longer.
  static let frugal = Story(
    name: "pruned", watts: 200, seconds: 180, loss: { 1 + 3 / (1 + $0 / 36) })

  private func frame(
    _ run: Story, against base: Story, at second: Double = .infinity, _ width: Int = 100,
    _ height: Int = 30, _ change: (inout ViewState) -> Void = { _ in }
  ) throws -> Canvas {
    let race = Race(try run.profile(), against: try base.profile())
    var input = Stage.input(run.timeline, width, height)
    input.bounds = TimeSpan(input.bounds.start, max(input.bounds.end, race.end ?? Stage.start))
    let time = min(input.bounds.end, input.bounds.start + min(second, 1e6))
    var view = ViewState(cursor: .replay(from: time, paused: true))
    view.open(.race)
    change(&view)
    input.view = view
    input.session.origin = .recording("pruned.hippo")
    input.baselines = [race.baseline]
    input.races = [race]
    return Frame.render(input)
  }

  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  // MARK: Frames

  @Test func `a race on screens of all sizes`() throws {
    let sizes = [(200, 60), (132, 40), (96, 27), (80, 24), (60, 20), (40, 10), (20, 5)]
    let frames = try sizes.map { width, height in
      TextWriter.plain(try frame(Self.frugal, against: Self.base, at: 75, width, height))
    }
    check(frames.joined(separator: "\n"), "race")
  }

  @Test func `a race is read without colours, in blocks and in ASCII`() throws {
    let frames = try [GlyphSet.blocks, .ascii].map { glyphs in
      TextWriter.plain(
        try frame(Self.frugal, against: Self.base, at: 75, 96, 27) { $0.glyphs = glyphs })
    }
    check(frames.joined(separator: "\n"), "race-marks")
  }

  @Test func `a race by what both have as much of, over joules, time and tokens`() throws {
    let frames = try [
      (RaceAlignment.step, RaceAxis.joules), (.tokens, .progress), (.loss, .time),
    ].map { alignment, axis in
      TextWriter.plain(
        try frame(Self.frugal, against: Self.base, at: 75) {
          $0.race.alignment = alignment
          $0.race.axis = axis
        })
    }
    check(frames.joined(separator: "\n"), "race-aligned")
  }

  @Test func `no size and no moment traps`() throws {
    for (width, height) in [(1, 1), (20, 5), (28, 7), (44, 14), (61, 14), (300, 80)] {
      for second in [-5.0, 0, 0.4, 60, 120, 150, 1000] {
        for alignment in RaceAlignment.allCases {
          let frame = try frame(Self.frugal, against: Self.base, at: second, width, height) {
            $0.race.alignment = alignment
          }
          #expect(frame.width == width && frame.height == height)
        }
      }
    }
  }

  // MARK: Keys

  @Test func `keys change what they are aligned by and drawn over while the race is open`() {
    let bounds = TimeSpan(Stage.start, Stage.start + 10)
    var view = ViewState(cursor: .live)
    func press(_ key: String) {
      _ = view.press(key, timeline: Timeline(), bounds: bounds)
    }
    press("a")
    #expect(view.race == RaceState())
    press("r")
    #expect(view.overlay == .race)
    for alignment in [RaceAlignment.step, .tokens, .loss, .start] {
      press("a")
      #expect(view.race.alignment == alignment)
    }
    for axis in [RaceAxis.time, .progress, .joules] {
      press("x")
      #expect(view.race.axis == axis)
    }
    press("o")
    #expect(view.race.rival == 1)
    press("space")
    #expect(view.cursor.mode == .paused)
    press("r")
    #expect(view.overlay == nil)
  }

  @Test func `the scrubber below a race is wound with the mouse, and a click elsewhere closes it`()
  {
    let bounds = TimeSpan(Stage.start, Stage.start + 1000)
    let layout = Layout(width: 103, height: 40)
    var view = ViewState(cursor: .replay(from: Stage.start, paused: true))
    view.open(.race)
    view.click(x: layout.scrubber.x + 50, y: layout.scrubber.y, layout: layout, bounds: bounds)
    #expect(view.overlay == .race && view.cursor.time(in: bounds) == Stage.start + 500)
    view.click(x: 10, y: 10, layout: layout, bounds: bounds)
    #expect(view.overlay == nil)
  }

  @Test func `a race without a second run says how to get one`() {
    let frame = Stage.frame(Stage.short, 100, 30) { $0.press(.race, $1) }
    #expect(frame.shows("A race needs two runs"))
  }

  @Test func `a live run races with what is known of it`() throws {
    var input = Stage.input(Self.frugal.timeline, 120, 40) { $0.press(.race, $1) }
    input.baselines = [try Self.base.profile()]
    let frame = Frame.render(input)
    #expect(frame.shows("this run") && frame.shows("beside dense"))
  }

  // MARK: What is not known

  @Test func `what is not known is said, with the reason`() throws {
    func shows(_ text: String, _ run: Story, _ base: Story, _ alignment: RaceAlignment = .start)
      throws
    {
      let frame = try frame(run, against: base, at: 60, 200, 40) { $0.race.alignment = alignment }
      let words = frame.lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
      #expect(words.contains(text), "\(frame.lines.joined(separator: "\n"))")
    }
    var silent = Self.base
    silent.loss = nil
    try shows("unknown, because dense tells no loss", Self.frugal, silent)
    var validated = silent
    validated.validation = { 1 + 3 / (1 + $0 / 30) }
    try shows(
      "unknown, because pruned tells only its training loss, and dense only its validation loss",
      Self.frugal, validated)
    var dark = Self.frugal
    dark.hasPower = false
    try shows("unknown, because no joules of pruned are known", dark, Self.base)
    try shows("over time: no joules of pruned are known", dark, Self.base)
    var low = Self.base
    low.loss = { 0.9 - $0 / 1000 }
    try shows("dense, 0.90, is not above 1.50", Self.frugal, low, .start)
    var words = Self.base
    words.facts = ["vocabulary": "32000"]
    var letters = Self.frugal
    letters.facts = ["vocabulary": "256"]
    try shows("their models tell apart 256 and 32 000 tokens", letters, words)
    var uncounted = Self.base
    uncounted.tokensPerSecond = nil
    try shows("dense counts no tokens", Self.frugal, uncounted, .tokens)
    var short = Self.base
    short.seconds = 40
    try shows("dense came to step 40 and no further", Self.frugal, short, .step)
    try shows("dense never came down to", Self.frugal, short, .loss)
    var late = Self.base
    late.firstStep = 30
    try shows("counted from step 0 and from step 30 on", Self.frugal, late, .step)
    var failed = Self.base
    failed.ending = .crashed
    try shows("dense ended by an error", Self.frugal, failed)
  }
}
