import Canvas
import Quantities
import Sensors
import Telemetry

@testable import Dashboard

/// Machines to look at, and frames of them.
enum Stage {
  /// Where the simulated story starts: 2026-09-21 14:13:20 UTC.
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  /// What a simulated machine of 8 accelerators says, second by second.
  static func story(seconds: Double) -> [[Observation]] {
    var rows: [[Observation]] = []
    try? SimulatedSource.observations(
      seed: 3, machine: "node-17", from: start, to: start + seconds, every: 1
    ) { rows.append($0) }
    return rows
  }

  /// Twenty minutes: a model is loaded and trained, with one evaluation and two checkpoints.
  static let rows = story(seconds: 1200)

  static let training: Timeline = {
    var timeline = Timeline()
    for row in rows { timeline.apply(row) }
    timeline.apply(.event(Event(time: start + 610, kind: .mark, text: "mark 1")))
    return timeline
  }()

  /// The first two minutes, where a frame is quickly drawn.
  static let short: Timeline = {
    var timeline = Timeline()
    for row in rows.prefix(121) { timeline.apply(row) }
    return timeline
  }()

  /// A machine without accelerators or power sensors: processor, memory, a disk, a link.
  static let host: Timeline = {
    var timeline = Timeline()
    let kinds: [DeviceKind] = [.host, .disk, .net]
    for observation in rows.prefix(301).joined() {
      switch observation {
      case .device(let device) where kinds.contains(device.id.kind):
        timeline.apply(observation)
      case .series(let series) where kinds.contains(series.device.kind):
        timeline.apply(observation)
      case .reading(let reading) where kinds.contains(reading.device.kind):
        timeline.apply(observation)
      default: break
      }
    }
    let states = [
      SourceState(
        source: "nvml", time: start, health: .absent, message: "no NVIDIA driver here",
        remedy: "install the NVIDIA driver, which brings libnvidia-ml.so.1"),
      SourceState(
        source: "rapl", time: start, health: .denied, message: "energy_uj is for root only",
        remedy: "chmod a+r /sys/class/powercap/*/energy_uj"),
      SourceState(source: "grid", time: start, health: .absent, message: "no country is known"),
    ]
    timeline.apply(states.map(Observation.state))
    return timeline
  }()

  /// A machine of which nothing is known yet.
  static let nothing = Timeline()

  /// A machine with so many accelerators, one of which draws far less than its peers.
  static func cluster(_ count: Int) -> Timeline {
    var timeline = Timeline()
    for index in 0..<count {
      let id = DeviceID(machine: "node-17", kind: .gpu, name: "GPU-\(index)")
      timeline.apply(.device(Device(id: id, label: "\(index)", model: "NVIDIA H100 80GB HBM3")))
      for second in 0..<4 {
        var reading = Reading(device: id, time: start + Double(second))
        reading.set(.power, index == count / 2 ? 120 : 640 + Double(index % 7))
        reading.set(.powerLimit, 700)
        reading.set(.utilization, 0.97)
        timeline.apply(.reading(reading))
      }
    }
    return timeline
  }

  /// Everything a frame needs, for a live session that ends with the timeline.
  static func input(
    _ timeline: Timeline, _ width: Int, _ height: Int, theme: Theme = .dusk,
    isSimulated: Bool = false, _ change: (inout ViewState, TimeSpan) -> Void = { _, _ in }
  ) -> FrameInput {
    let bounds = timeline.span ?? TimeSpan(start, start + 10)
    var view = ViewState(cursor: .live, themeCount: 2)
    change(&view, bounds)
    var input = FrameInput(
      timeline: timeline, bounds: bounds, view: view, theme: theme,
      session: SessionInfo(
        origin: .live, machine: "node-17", isSimulated: isSimulated,
        utcOffset: { _ in 7200 }),
      width: width, height: height)
    input.catalogue = SourceCatalogue(SensorCatalogue.all + SensorCatalogue.plugins)
    return input
  }

  static func frame(
    _ timeline: Timeline, _ width: Int, _ height: Int,
    _ change: (inout ViewState, TimeSpan) -> Void = { _, _ in }
  ) -> Canvas {
    Frame.render(input(timeline, width, height, isSimulated: true, change))
  }
}

extension ViewState {
  /// Presses a key by its command, where no timeline is asked for.
  mutating func press(_ command: Command, _ bounds: TimeSpan) {
    _ = apply(command, timeline: Timeline(), bounds: bounds)
  }
}

extension Canvas {
  /// The rows as text.
  var lines: [String] {
    TextWriter.plain(self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  func shows(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
}
