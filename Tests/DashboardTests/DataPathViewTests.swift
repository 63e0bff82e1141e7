import Accounting
import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// The path of the bytes, as bars in the panel and as a picture on the whole screen.
@Suite struct DataPathViewTests {
  /// A time at which the simulated job starves, one at which it is fed, and one at which it waits for
  /// something that no stage tells of.
  static let starved = 185.0, fed = 300.0, unclear = 395.0

  private func frame(
    _ timeline: Timeline, _ width: Int, _ height: Int, at second: Double,
    glyphs: GlyphSet = .braille, isFocused: Bool = true
  ) -> Canvas {
    Stage.frame(timeline, width, height) { view, bounds in
      view.cursor.seek(to: Stage.start + second, in: bounds)
      view.glyphs = glyphs
      if isFocused { view.press(.panel(2), bounds) }
    }
  }

  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  @Test(arguments: [(132, 40), (80, 24), (200, 60), (60, 20)])
  func `A starved job as a picture`(width: Int, height: Int) {
    let frame = frame(Stage.training, width, height, at: Self.starved, glyphs: .blocks)
    check(TextWriter.plain(frame), "path-\(width)x\(height)")
  }

  @Test func `A starved job as a picture in other marks and without colour`() {
    let ascii = frame(Stage.training, 132, 40, at: Self.starved, glyphs: .ascii)
    check(TextWriter.plain(ascii), "path-ascii")
    let grey = frame(Stage.training, 80, 24, at: Self.starved).reduced(to: .none)
    check(TextWriter.golden(grey), "path-no-colours")
  }

  @Test func `A fed job, and one that waits for nothing that is read`() {
    let frames = [Self.fed, Self.unclear].map {
      TextWriter.plain(frame(Stage.training, 132, 40, at: $0))
    }
    check(frames.joined(separator: "\n"), "path-others")
    #expect(
      frames[0].contains("Fed: the loader is ahead, the trainer waits for it less than 1 % of the"))
    #expect(!frames[0].contains("narrow"))
    #expect(frames[1].contains("Waits for other ranks 15 % of the time: GPU 5 is late."))
    #expect(!frames[1].contains("narrow"))
    // While the model is loaded nobody works, and that is no being fed.
    let loading = frame(Stage.training, 132, 40, at: 20)
    #expect(loading.shows("No work 100 % of the time"))
  }

  @Test func `The panel tells the waiting first, and as many stages as fit`() {
    for (width, height) in [(132, 40), (80, 24), (200, 60)] {
      let frame = frame(Stage.training, width, height, at: Self.starved, isFocused: false)
      #expect(frame.shows("38 % waiting for data"), "\(width)x\(height)")
      #expect(frame.shows(width > 100 ? "4 workers" : "loader"), "\(width)x\(height)")
    }
    check(
      TextWriter.plain(frame(Stage.training, 132, 40, at: Self.starved, isFocused: false)),
      "starved-132x40")
  }

  @Test func `Every size and mark draws within its frame, and the narrow place is named`() {
    for width in stride(from: 30, through: 310, by: 20) {
      for height in [12, 16, 20, 24, 34, 50, 100] {
        for glyphs in [GlyphSet.blocks, .ascii] {
          let frame = frame(Stage.training, width, height, at: Self.starved, glyphs: glyphs)
          #expect(frame.width == width && frame.height == height)
          guard width >= 60, height >= 20 else { continue }
          #expect(frame.shows("narrow"), "\(width)x\(height)")
          #expect(frame.shows("out of processors"), "\(width)x\(height)")
        }
      }
    }
  }

  @Test func `The rows of the picture lie below each other in every height`() {
    for height in 9...120 {
      for width in [50, 80, 132] {
        for (lines, facts) in [(1, 0), (2, 3), (1, 2)] {
          let room = Rect(x: 2, y: 5, width: width, height: height)
          let layout = DataPathLayout(in: room, lines: lines, facts: facts)
          let parts = [
            layout.verdict, layout.names, layout.vessels, layout.digits, layout.words, layout.facts,
            layout.strip, layout.legend, layout.flows,
          ].filter { $0.height > 0 }
          #expect(parts[0].y >= room.y && parts[parts.count - 1].bottom <= room.bottom)
          for (above, below) in zip(parts, parts.dropFirst()) { #expect(above.bottom <= below.y) }
          #expect(layout.vessels.height >= 4)
        }
      }
    }
  }

  @Test func `A recording without loader and page cache shows what it has`() {
    var timeline = Timeline()
    for observation in Stage.rows.prefix(301).joined() {
      switch observation {
      case .reading(let reading) where [.loader, .waiting].contains(reading.device.kind): continue
      case .device(let device) where [.loader, .waiting].contains(device.id.kind): continue
      case .series(let series) where [.loader, .waiting].contains(series.device.kind): continue
      default: timeline.apply(observation)
      }
    }
    let frame = frame(timeline, 132, 40, at: 185)
    #expect(frame.shows("Whether the accelerators wait for data is not known here."))
    #expect(frame.shows("are not seen") || frame.shows("not seen"))
    #expect(!frame.shows("narrow"))
  }

  @Test func `Where no bytes are read it is still told whether somebody waits for them`() {
    var timeline = Timeline()
    for observation in Stage.rows.prefix(401).joined() {
      switch observation {
      case .reading(let reading) where [.disk, .net].contains(reading.device.kind): continue
      case .device(let device) where [.disk, .net].contains(device.id.kind): continue
      case .series(let series) where [.disk, .net].contains(series.device.kind): continue
      default: timeline.apply(observation)
      }
    }
    let fed = frame(timeline, 132, 40, at: Self.fed, isFocused: false)
    #expect(fed.shows("Fed: the loader is ahead") && !fed.shows("no data path"))
    #expect(frame(timeline, 132, 40, at: Self.starved, isFocused: false).shows("waiting for data"))
  }

  @Test func `A host without accelerators keeps its curve and its rows`() {
    let input = Stage.input(Stage.host, 132, 40) { $0.press(.panel(2), $1) }
    let frame = Frame.render(input)
    #expect(frame.shows("nvme0n1") && frame.shows("eth0") && !frame.shows("tensor"))
  }
}
