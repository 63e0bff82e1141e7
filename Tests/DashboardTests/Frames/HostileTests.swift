import Canvas
import Quantities
import Telemetry
import Testing

@testable import Dashboard

/// Names and messages from elsewhere can be ugly, but they cannot act on the terminal.
@Suite struct HostileTests {
  /// Clears the screen, rings, colours, turns the writing around, hides and breaks the line.
  private static let attack =
    "Ev\u{1B}[2J\u{1B}]0;t\u{7}\u{9B}31m\u{202E}\u{2066}\u{200B}\u{85}\n\r\t\u{7F}\u{0}\u{E0041}il"

  private static let timeline: Timeline = {
    var timeline = Timeline()
    let kinds: [DeviceKind] = [.gpu, .cpu, .meter, .host, .disk, .net, .job, .grid]
    for kind in kinds {
      let name = kind == .cpu ? "package-0" + attack : kind == .meter ? "wall" : attack
      let id = DeviceID(machine: attack, kind: kind, name: name)
      timeline.apply(.device(Device(id: id, label: attack, model: attack)))
      for metric in Metric.known.values.sorted(by: { $0.name < $1.name }) {
        timeline.apply(
          .series(
            SeriesDescriptor(
              device: id, metric: metric,
              provenance: Provenance(source: attack, method: .annual, note: attack))))
      }
      for second in 0..<4 {
        var reading = Reading(device: id, time: Stage.start + Double(second * 10))
        for metric in Metric.known.values { reading.set(metric, steps: Int64(second * 400_000)) }
        timeline.apply(.reading(reading))
      }
    }
    for kind in Event.Kind.allCases {
      timeline.apply(.event(Event(time: Stage.start + 5, kind: kind, text: attack)))
    }
    return timeline
  }()

  /// The sources that the panels ask about by name, each with an ugly message.
  private static let states: [Observation] = [
    "nvml", "rapl", "hwmon", "host", "disk", "net", "grid", "log:x", attack,
  ].map {
    .state(
      SourceState(
        source: $0, time: Stage.start, health: .failed, message: attack, remedy: attack))
  }

  /// What opens the views and panels one after the other.
  private static let commands: [Command?] =
    [.help, .provenance] + PanelCatalogue.all.indices.map { .panel($0) }

  /// Reports the first dangerous cell of a frame.
  private func check(_ frame: Canvas, _ words: String) {
    for y in 0..<frame.height {
      for (x, cell) in frame.row(y).enumerated() where !cell.isTrailing {
        if Unicode.Scalar(cell.scalar).map(isDangerous) ?? true {
          Issue.record("\(words): U+\(String(cell.scalar, radix: 16)) at \(x), \(y)")
          return
        }
      }
    }
  }

  private func frames(_ timeline: Timeline, _ body: (Canvas, String) -> Void) {
    for (width, height) in [(20, 5), (40, 10), (60, 20), (132, 40), (200, 60)] {
      for command in [nil] + Self.commands {
        var input = Stage.input(timeline, width, height) { view, bounds in
          if let command { view.press(command, bounds) }
        }
        let words = "\(width)x\(height) \(command.map { "\($0)" } ?? "all")"
        for origin in [SessionInfo.Origin.live, .recording(Self.attack)] {
          input.session = SessionInfo(origin: origin, machine: Self.attack)
          body(Frame.render(input), words)
        }
        input.session.recordingProblem = Self.attack
        body(Frame.render(input), words + ", not recording")
        input.view.toast = Self.attack
        body(Frame.render(input), words + ", toast")
      }
    }
  }

  @Test func `No control character gets into a cell`() {
    var count = 0
    frames(Self.timeline) { frame, words in
      check(frame, words)
      count += 1
    }
    #expect(count == 5 * (1 + Self.commands.count) * 4)
  }

  @Test func `Nor from the messages of sources that have nothing to say`() {
    var timeline = Timeline()
    timeline.apply(Self.states)
    frames(timeline) { frame, words in check(frame, words) }
    var both = Self.timeline
    both.apply(Self.states)
    frames(both) { frame, words in check(frame, words) }
  }

  @Test func `The ugly names are really on the screen`() {
    // What the checks above look for must have had a chance to be drawn.
    let parts = Frame.render(Stage.input(Self.timeline, 200, 60)).lines.joined()
    #expect(parts.split(separator: "Ev·").count > 8)
    var timeline = Timeline()
    timeline.apply(Self.states)
    let states = Frame.render(
      Stage.input(timeline, 200, 60) { $0.press(.provenance, $1) }
    ).lines.joined()
    #expect(states.split(separator: "Ev·").count > 6)
  }

  @Test func `Every line of a frame is one line of text`() {
    frames(Self.timeline) { frame, words in
      let text = TextWriter.plain(frame)
      #expect(text.count { $0.isNewline } == frame.height, "\(words)")
    }
  }
}
