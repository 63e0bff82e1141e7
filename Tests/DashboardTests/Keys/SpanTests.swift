import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// The selected span: from A to B, by keys and by mouse, and played over and over.
@Suite struct SpanTests {
  private let start = Stage.start
  private var bounds: TimeSpan { TimeSpan(start, start + 1000) }

  private func replay(at second: Double) -> ViewState {
    ViewState(cursor: .replay(from: start + second, paused: true))
  }

  private func seconds(_ view: ViewState) -> Double { view.cursor.time(in: bounds) - start }

  @Test func `V ends the span, and what is played goes round in it`() {
    var view = replay(at: 100)
    view.press(.loop, bounds)
    #expect(view.selection == nil && view.toast.hasPrefix("v begins a span"))
    view.press(.select, bounds)
    view.press(.loop, bounds)
    #expect(view.selectionEnd == nil && view.toast.contains("no length yet"))
    view.cursor.seek(to: start + 160, in: bounds)
    #expect(view.selectedSpan(at: start + 160) == TimeSpan(start + 100, start + 160))
    view.press(.loop, bounds)
    #expect(view.selectedSpan(at: start + 700) == TimeSpan(start + 100, start + 160))
    // It stands at B: playing goes on at A.
    view.press(.playOrPause, bounds)
    #expect(seconds(view) == 100 && view.cursor.mode == .playing)
    view.advance(by: 59, in: bounds)
    #expect(seconds(view) == 159)
    view.advance(by: 2, in: bounds)
    #expect(seconds(view) == 100 && view.cursor.mode == .playing)
    // Who goes beyond it by hand stays there.
    view.cursor.seek(to: start + 500, in: bounds)
    view.advance(by: 3, in: bounds)
    #expect(seconds(view) == 503)
    view.press(.loop, bounds)
    #expect(view.selectionEnd == nil && view.selection == start + 100)
    view.press(.select, bounds)
    #expect(view.selectedSpan(at: start) == nil)
  }

  @Test func `A span that was drawn backwards begins at its earlier end`() {
    var view = replay(at: 300)
    view.press(.select, bounds)
    view.cursor.seek(to: start + 200, in: bounds)
    view.press(.loop, bounds)
    #expect(view.selectedSpan(at: start) == TimeSpan(start + 200, start + 300))
  }

  @Test func `A loop to the very end of a recording goes round, too`() {
    var view = replay(at: 900)
    view.press(.select, bounds)
    view.press(.last, bounds)
    view.press(.loop, bounds)
    view.press(.playOrPause, bounds)
    #expect(seconds(view) == 900)
    view.advance(by: 100, in: bounds)
    #expect(seconds(view) == 900 && view.cursor.mode == .playing)
  }

  @Test func `The curve of the scrubber is drawn over to select, and its track is wound`() {
    let layout = Layout(width: 103, height: 40)
    let track = layout.scrubber
    var view = replay(at: 0)
    view.click(x: track.x + 20, y: track.y, layout: layout, bounds: bounds)
    #expect(view.selection == nil)
    view.drag(x: track.x + 60, layout: layout, bounds: bounds)
    #expect(view.selectedSpan(at: start) == TimeSpan(start + 200, start + 600))
    view.drag(x: track.x + 10, layout: layout, bounds: bounds)
    #expect(view.selectedSpan(at: start) == TimeSpan(start + 100, start + 200))
    view.release()
    // The track alone is wound, and the span stays.
    view.click(x: track.x + 70, y: track.bottom - 1, layout: layout, bounds: bounds)
    view.drag(x: track.x + 80, layout: layout, bounds: bounds)
    #expect(seconds(view) == 800)
    #expect(view.selectedSpan(at: start) == TimeSpan(start + 100, start + 200))
    // Back to where it began there is no span.
    view.click(x: track.x + 20, y: track.y, layout: layout, bounds: bounds)
    view.drag(x: track.x + 30, layout: layout, bounds: bounds)
    view.drag(x: track.x + 20, layout: layout, bounds: bounds)
    #expect(view.selection == nil && view.selectionEnd == nil)
  }

  @Test func `Both ends are seen, and totals are of what lies between them`() {
    let frame = Stage.frame(Stage.training, 132, 40) { view, bounds in
      view.cursor.seek(to: Stage.start + 400, in: bounds)
      view.press(.select, bounds)
      view.cursor.seek(to: Stage.start + 700, in: bounds)
      view.press(.loop, bounds)
      view.cursor.seek(to: Stage.start + 500, in: bounds)
    }
    let track = frame.lines[Layout(width: frame.width, height: frame.height).track.y]
    #expect(track.contains("┣") && track.contains("┫") && track.contains("◆"))
    #expect(frame.shows("in 5 min selected"))
    let later = Stage.frame(Stage.training, 132, 40) { view, bounds in
      view.cursor.seek(to: Stage.start + 400, in: bounds)
      view.press(.select, bounds)
      view.cursor.seek(to: Stage.start + 700, in: bounds)
      view.press(.loop, bounds)
    }
    func total(_ frame: Canvas) -> String? { frame.lines.first { $0.contains("selected") } }
    #expect(total(frame)?.contains("Wh in 5 min selected") == true)
    #expect(total(later)?.contains("Wh in 5 min selected") == true)
  }

  // MARK: Phases

  @Test func `Evaluations, checkpoints and a slow first step stand in the list and on the track`() {
    var timeline = Timeline()
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    timeline.apply(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    timeline.apply(.device(Device(id: job, label: "train.py")))
    for metric in [Metric.step, .stepTime, .evaluationTime, .checkpointTime, .validationLoss] {
      timeline.apply(
        .series(
          SeriesDescriptor(
            device: job, metric: metric,
            provenance: Provenance(source: "log", method: .log, period: 1))))
    }
    var step = 0.0
    for second in 0...200 {
      let time = Stage.start + Double(second)
      var power = Reading(device: gpu, time: time)
      power.set(.power, 300)
      timeline.apply(.reading(power))
      // The first step takes 20 s; at 100 s it evaluates for 10 s, at 150 s it saves for 5 s.
      guard second >= 20, !(101..<110).contains(second), !(151..<155).contains(second) else {
        continue
      }
      var reading = Reading(device: job, time: time)
      if second == 110 {
        reading.set(.evaluationTime, 10)
        reading.set(.validationLoss, 2)
      }
      if second == 155 { reading.set(.checkpointTime, 5) }
      if second != 110, second != 155 {
        step += 1
        reading.set(.step, step)
        reading.set(.stepTime, second == 20 ? 20 : 1)
      }
      timeline.apply(.reading(reading))
    }
    let phases = Happening.all(in: timeline).filter { $0.sort == .phase }
    #expect(
      phases.map(\.words) == [
        "train.py: warm-up: a first step of 20.0 s, 20 times as long as the next ones, 6.00 kJ",
        "train.py: evaluation of 10.0 s, 3.00 kJ", "train.py: checkpoint of 5.00 s, 1.50 kJ",
      ], "\(phases.map(\.words))")
    #expect(phases.map { $0.time - Stage.start } == [0, 100, 150])
    let frame = Stage.frame(timeline, 132, 40)
    #expect(frame.lines[Layout(width: frame.width, height: frame.height).track.y].contains("═"))
    let list = Stage.frame(timeline, 132, 40) { $0.press(.overlay(.events), $1) }
    #expect(list.shows("evaluation of 10.0 s, 3.00 kJ"))
  }

  @Test func `An evaluation whose seconds nobody tells has no length and no joules`() {
    var timeline = Timeline()
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    timeline.apply(.device(Device(id: job, label: "train.py")))
    for metric in [Metric.step, .stepTime, .validationLoss] {
      timeline.apply(
        .series(
          SeriesDescriptor(
            device: job, metric: metric,
            provenance: Provenance(source: "log", method: .log, period: 1))))
    }
    for second in 0...100 {
      var reading = Reading(device: job, time: Stage.start + Double(second))
      reading.set(.step, Double(second))
      // What was read first is the end of the first step: it began before that.
      reading.set(.stepTime, second == 0 ? 17.5 : 1)
      if second % 50 == 0 { reading.set(.validationLoss, 3 - Double(second) / 100) }
      timeline.apply(.reading(reading))
    }
    let words = Happening.all(in: timeline).filter { $0.sort == .phase }.map(\.words)
    #expect(words.count == 4 && words.contains("train.py: evaluation: validation loss 2.500"))
    #expect(words.contains { $0.contains("a first step of 17.5 s, 18 times as long") })
    let frame = Stage.frame(timeline, 132, 40)
    #expect(!frame.lines[Layout(width: frame.width, height: frame.height).track.y].contains("═"))
  }
}
