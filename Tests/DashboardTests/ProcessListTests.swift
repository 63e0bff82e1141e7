import Accounting
import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// The list of processes: its keys, its order, and what it shows.
@Suite struct ProcessListTests {
  private let start = Timestamp(seconds: 1_750_000_000)

  /// Two processes on two accelerators, one of them shared, and one that has ended.
  private var timeline: Timeline {
    var timeline = Timeline()
    func add(
      _ name: String, _ label: String, _ attributes: [String: String], watts: Double,
      seconds: ClosedRange<Int>, metric: Metric = .energy
    ) {
      let id = DeviceID(machine: "box", kind: .process, name: name)
      let gpu = DeviceID(machine: "box", kind: .gpu, name: String(name.suffix(2)))
      timeline.apply(
        .device(
          Device(
            id: id, label: label, parent: gpu,
            attributes: attributes.merging(["started": "9"]) { $1 })))
      for second in seconds {
        var reading = Reading(device: id, time: start + Double(second))
        reading.set(metric, watts * Double(second))
        reading.set(.memoryUsed, 4e9)
        timeline.apply(.reading(reading))
      }
    }
    for index in 0..<2 {
      let id = DeviceID(machine: "box", kind: .gpu, name: "G\(index)")
      timeline.apply(.device(Device(id: id, label: "\(index)", model: "NVIDIA H100 80GB HBM3")))
      for second in 0...60 {
        var reading = Reading(device: id, time: start + Double(second))
        reading.set(.power, 500)
        reading.set(.powerLimit, 700)
        timeline.apply(.reading(reading))
      }
    }
    add(
      "41.9@G0", "train.py",
      ["pid": "41", "user": "ada", "command": "python train.py\u{1b}[31m --lr 1"],
      watts: 500, seconds: 0...60)
    add(
      "52.9@G1", "vllm", ["pid": "52", "user": "bob", "container": "docker abc"],
      watts: 300, seconds: 0...60, metric: .sharedEnergy)
    add(
      "63.9@G1", "eval.py", ["pid": "63", "user": "ada"], watts: 200, seconds: 0...20)
    return timeline
  }

  private func uses(_ state: ProcessListState) -> [ProcessUse] {
    let span = TimeSpan(start, start + 60)
    return state.rows(Ledger(timeline).processes(over: span, by: state.grouping))
  }

  private func press(_ keys: [String], canSignal: Bool = true) -> (
    ProcessListState, ProcessListState.Outcome
  ) {
    var state = ProcessListState()
    var outcome = ProcessListState.Outcome.handled
    for key in keys { outcome = state.press(key, uses(state), canSignal: canSignal) }
    return (state, outcome)
  }

  @Test func `a question that is held takes no answer, and a click drops it`() {
    var state = ProcessListState()
    let rows = uses(state).filter(\.isRunning)
    func press(_ key: String) -> ProcessListState.Outcome {
      state.press(key, rows, canSignal: true)
    }
    #expect(press("k") == .handled)
    let asked = state.asked
    state.holdAnswers()
    for key in ["y", "i", "9", "escape", "enter", "k"] { #expect(press(key) == .handled) }
    #expect(state.asked == asked && state.isHoldingAnswers)
    #expect(press("ctrl-c") == .unhandled)
    state.takeAnswers()
    guard case .signal = press("y") else { return #expect(Bool(false), "no answer is taken") }
    #expect(state.asked == nil && !state.isHoldingAnswers)
    state.holdAnswers()
    #expect(!state.isHoldingAnswers, "there is nothing to hold")
  }

  @Test func `The one that drew most comes first, and orders can be stepped through`() {
    #expect(uses(press([]).0).map(\.name) == ["train.py", "vllm", "eval.py"])
    #expect(uses(press(["r"]).0).map(\.name) == ["eval.py", "vllm", "train.py"])
    let (state, _) = press(["<"])
    #expect(state.order == .pid)
    #expect(uses(state).map { $0.pids[0] } == [41, 52, 63])
    // By power those that have ended come last, since they draw nothing.
    #expect(uses(press(["s"]).0).map(\.name) == ["train.py", "vllm", "eval.py"])
  }

  @Test func `What is typed after a slash filters by any of its words`() {
    let (state, _) = press(["/", "a", "d", "a", "enter"])
    #expect(!state.filter.isTyping)
    #expect(uses(state).map(\.name) == ["train.py", "eval.py"])
    #expect(uses(press(["/", "q", "q"]).0).isEmpty)
    let cleared = press(["/", "q", "enter", "escape"])
    #expect(cleared.1 == .handled && cleared.0.filter.text.isEmpty)
    #expect(press(["escape"]).1 == .close)
    // The program can be left from anywhere.
    #expect(press(["/", "ctrl-c"]).1 == .unhandled)
  }

  @Test func `A signal is sent after a yes, to the process that was asked about`() {
    #expect(press(["k", "y"]).1 == .signal(pid: 41, started: "9", number: 15))
    #expect(press(["down", "f9", "9"]).1 == .signal(pid: 52, started: "9", number: 9))
    #expect(press(["k", "n"]).1 == .handled)
    #expect(press(["k", "n"]).0.asked == nil)
    #expect(press(["k", "q"]).0.asked == nil)
  }

  @Test func `What cannot be signalled says why`() {
    guard case .say(let live) = press(["k"], canSignal: false).1 else {
      Issue.record("a recording's process was asked about")
      return
    }
    #expect(live.contains("live"))
    #expect(press(["down", "down", "k"]).1 == .say("that process has ended"))
    #expect(press(["u", "k"]).1 == .say("choose a single process first: press u"))
  }

  @Test func `The screen shows them in order, marks estimates and cleans names`() {
    let bounds = TimeSpan(start, start + 60)
    var view = ViewState(cursor: .live)
    for key in ["p", "enter"] {
      _ = view.press(key, timeline: timeline, bounds: bounds)
    }
    var frames: [String] = []
    for (width, height) in [(132, 30), (80, 24), (46, 14)] {
      let input = FrameInput(
        timeline: timeline, bounds: bounds, view: view, theme: .dusk,
        session: SessionInfo(origin: .live, machine: "box"), width: width, height: height)
      frames.append(TextWriter.plain(Frame.render(input)))
    }
    let text = frames.joined(separator: "\n")
    #expect(!text.contains("\u{1b}"))
    if let difference = Snapshot.difference(text, named: "processes") {
      Issue.record("\(difference)")
    }
  }

  @Test func `A selected span ends at the cursor and is what totals are of`() {
    let bounds = TimeSpan(start, start + 60)
    var view = ViewState(cursor: .live)
    func energy() -> String {
      let input = FrameInput(
        timeline: timeline, bounds: bounds, view: view, theme: .dusk,
        session: SessionInfo(origin: .live, machine: "box"), width: 200, height: 60)
      return TextWriter.plain(Frame.render(input))
    }
    #expect(energy().contains("60.0 kJ since start"))
    for key in ["v", "left", "left"] {
      _ = view.press(key, timeline: timeline, bounds: bounds)
    }
    #expect(energy().contains("10.0 kJ in 10.0 s selected"))
    _ = view.press("escape", timeline: timeline, bounds: bounds)
    #expect(view.selection == nil)
  }
}
