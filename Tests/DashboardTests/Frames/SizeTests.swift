import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// Any size, any machine: there is always a frame, and it is as large as it was asked to be.
@Suite struct SizeTests {
  private static let widths = [28, 43, 44, 59, 60, 71, 72, 89, 100, 132, 199, 300]
  private static let heights = [7, 11, 12, 13, 15, 16, 17, 18, 20, 33, 34, 49, 50, 100]

  private func check(_ input: FrameInput) {
    let frame = Frame.render(input)
    #expect(frame.width == max(0, input.width) && frame.height == max(0, input.height))
    if frame.width >= 6, frame.height >= 1 {
      let isBlank = frame.lines.allSatisfy(\.isEmpty)
      #expect(!isBlank, "nothing is drawn on \(input.width)x\(input.height)")
    }
  }

  @Test(arguments: 0...24) func `Every small size`(height: Int) {
    for width in 0...24 {
      for timeline in [Stage.short, Stage.host, Stage.nothing] {
        check(Stage.input(timeline, width, height))
      }
      check(Stage.input(Stage.short, width, height) { $0.press(.help, $1) })
      check(Stage.input(Stage.host, width, height) { $0.press(.provenance, $1) })
    }
  }

  @Test(arguments: heights) func `A choice of larger sizes`(height: Int) {
    for width in Self.widths { check(Stage.input(Stage.short, width, height)) }
    for width in Self.widths { check(Stage.input(Stage.host, width, height)) }
    for width in Self.widths { check(Stage.input(Stage.nothing, width, height)) }
  }

  @Test(arguments: [44, 71, 72, 132, 300]) func `Overlays and panels at any size`(width: Int) {
    for height in [12, 13, 17, 24, 40, 100] {
      for command in [Command.help, .provenance] + PanelCatalogue.all.indices.map(Command.panel) {
        check(Stage.input(Stage.short, width, height) { $0.press(command, $1) })
      }
      check(
        Stage.input(Stage.host, width, height) { view, bounds in
          view.press(.panel(0), bounds)
          view.press(.provenance, bounds)
          view.glyphs = .ascii
        })
    }
  }

  @Test func `A negative size is none`() {
    for (width, height) in [(-1, -1), (-5, 10), (10, -5), (.min, .min)] {
      let frame = Frame.render(Stage.input(Stage.short, width, height))
      #expect(frame.width * frame.height == 0)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 16, 64])
  func `Accelerators in any number`(count: Int) {
    let timeline = Stage.cluster(count)
    for (width, height) in [(20, 5), (40, 10), (44, 12), (60, 20), (80, 24), (132, 40), (250, 70)] {
      check(Stage.input(timeline, width, height))
      check(Stage.input(timeline, width, height) { $0.press(.panel(0), $1) })
    }
  }

  @Test func `Sixty-four accelerators fit, and the odd one is named`() {
    let frame = Frame.render(Stage.input(Stage.cluster(64), 132, 40) { $0.press(.panel(0), $1) })
    let words = frame.lines.joined(separator: "\n")
    #expect(words.contains("64 × H100 80GB"))
    #expect(words.contains("32") && words.contains("120"))
    // 63 at 640 W and a bit more each, and one at 120 W.
    #expect(Stage.frame(Stage.cluster(64), 132, 40).shows("40.6 kW"))
  }

  @Test func `A thousand accelerators become tiles, and those that do not fit are counted`() {
    let timeline = Stage.cluster(1024)
    check(Stage.input(timeline, 60, 20))
    let large = Frame.render(Stage.input(timeline, 200, 60) { $0.press(.panel(0), $1) })
    #expect(large.shows("GPU 512 draws 120 W"))
    #expect(!large.shows("do not fit"))
    #expect(Frame.render(Stage.input(timeline, 80, 30)).shows("more do not fit"))
  }

  @Test func `Absurd values are drawn as something`() {
    let metrics = Array(Metric.known.values)
    var timeline = Timeline()
    let kinds: [DeviceKind] = [.gpu, .cpu, .meter, .host, .disk, .net, .job, .grid]
    for (index, steps) in [Int64.min, -1, 0, 1, .max, .min, .max].enumerated() {
      for kind in kinds {
        let name = kind == .meter ? "wall" : kind == .cpu ? "package-0" : "x"
        var reading = Reading(
          device: DeviceID(machine: "node-17", kind: kind, name: name),
          time: Stage.start + Double(index))
        for metric in metrics { reading.set(metric, steps: steps) }
        timeline.apply(.reading(reading))
      }
      for (width, height) in [(20, 5), (40, 10), (60, 20), (132, 40)] {
        check(Stage.input(timeline, width, height))
        check(Stage.input(timeline, width, height) { $0.press(.panel(1), $1) })
      }
    }
  }
}
