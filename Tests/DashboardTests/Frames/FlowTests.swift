import Accounting
import Canvas
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Dashboard

/// The flow: from the power station to what the joules buy.
@Suite struct FlowTests {
  private func context(
    _ timeline: Timeline, _ width: Int = 132, _ height: Int = 40, at second: Double? = nil,
    _ change: (inout FrameInput) -> Void = { _ in }
  ) -> FrameContext {
    var input = Stage.input(timeline, width, height)
    if let second { input.view.cursor.seek(to: Stage.start + second, in: input.bounds) }
    change(&input)
    return FrameContext(input)
  }

  @Test(arguments: [30.0, 200, 400, 615, 900, 1199])
  func `Both sides add up to the watts of the meter`(second: Double) throws {
    let c = context(Stage.training, at: second)
    let flow = try #require(Flow.at(c))
    let split = try #require(c.ledger.split(over: Flow.span(c)))
    let mean = try #require(split.total.meanPower)
    #expect(abs(flow.watts - mean) < 1e-9 * mean)
    for side in [flow.supply, flow.uses] {
      let sum = side.reduce(0) { $0 + $1.watts }
      #expect(abs(sum - flow.whole) < 1e-6 * flow.whole, "\(side.map(\.name))")
    }
  }

  @Test func `What a site takes beyond the plug is modelled, and both sides still add up`() throws {
    let flow = try #require(Flow.at(context(Stage.training, at: 400) { $0.session.pue = 1.3 }))
    #expect(abs(flow.beyond - 0.3 * flow.watts) < 1e-6 * flow.watts)
    #expect(flow.uses.last?.certainty == .modelled && flow.uses.last?.name == "cooling")
    #expect(abs(flow.uses.reduce(0) { $0 + $1.watts } - flow.whole) < 1e-6 * flow.whole)
  }

  @Test func `Where nothing tells the mix, the supply is one stream, unknown`() throws {
    let flow = try #require(Flow.at(context(Stage.cluster(8))))
    #expect(flow.supply.map(\.certainty) == [.unknown])
    let picture = TextWriter.plain(frame(Stage.cluster(8), 100, 30, hasColor: true))
    #expect(picture.contains("╱╱╱╱") && picture.contains("its mix is not told"))
  }

  @Test func `Without any watts it says so`() {
    #expect(Flow.at(context(Stage.host)) == nil)
    let text = TextWriter.plain(frame(Stage.host, 80, 24, hasColor: true))
    #expect(text.contains("Nothing here tells its power"))
  }

  @Test func `The seconds on the plug are those in which watts were told`() throws {
    let c = context(Stage.cluster(8)) { $0.bounds = TimeSpan(Stage.start, Stage.start + 20) }
    let flow = try #require(Flow.at(c))
    #expect(Flow.span(c).seconds == 20 && flow.seconds < 6, "\(flow.seconds)")
  }

  @Test func `The ribbon says the same shares as the flow`() throws {
    var input = Stage.input(Stage.training, 300, 40)
    input.view.cursor.seek(to: Stage.start + 400, in: input.bounds)
    let flow = try #require(FrameContext(input).flow)
    let ribbon = Frame.render(input).lines[3...4].joined()
    for branch in flow.supply + flow.uses where branch.watts > 0.03 * flow.watts {
      let name = branch.short ?? branch.name
      let share = SI.fixed(branch.watts / flow.watts * 100, 0)
      #expect(ribbon.contains("\(name) \(share)"), "\(name) \(share): \(ribbon)")
    }
  }

  @Test func `Without any power the panels have the room of the flow`() {
    let layout = Frame.layout(Stage.input(Stage.host, 200, 60))
    #expect(layout.flow.isEmpty && !layout.ribbon.isEmpty)
    #expect(!Frame.layout(Stage.input(Stage.training, 200, 60)).flow.isEmpty)
    // What was looked for, and how to feed it.
    let text = TextWriter.plain(frame(Stage.host, 100, 30, hasColor: true))
    #expect(text.contains("no NVIDIA driver here"), "\(text)")
  }

  private func frame(
    _ timeline: Timeline, _ width: Int, _ height: Int, hasColor: Bool = false,
    glyphs: GlyphSet = .blocks, language: Language = .en
  ) -> Canvas {
    var input = Stage.input(timeline, width, height, isSimulated: true)
    input.view.cursor.seek(to: Stage.start + 400, in: input.bounds)
    input.view.open(.flow)
    input.view.glyphs = glyphs
    input.hasColor = hasColor
    input.language = language
    input.price = Price(perKilowattHour: 0.25, currency: "EUR")
    return Frame.render(input)
  }

  @Test(arguments: [(60, 20), (80, 24), (96, 27), (132, 40), (200, 60), (300, 100)])
  func `Names, watts and what is bought are there at every size`(width: Int, height: Int) {
    for glyphs in [GlyphSet.blocks, .ascii] {
      for hasColor in [false, true] {
        let text = TextWriter.plain(
          frame(Stage.training, width, height, hasColor: hasColor, glyphs: glyphs))
        for word in ["solar", "nuclear", "compute", "host", "tokens/s", "plug", "renewable"] {
          #expect(text.contains(word), "\(word) at \(width)x\(height)")
        }
      }
    }
  }

  @Test func `Patterns alone tell neighbours apart`() {
    let text = TextWriter.plain(frame(Stage.training, 100, 30))
    for pattern in ["▓▓▓", "░░░", "▒▒▒", "┃"] { #expect(text.contains(pattern)) }
    let plain = TextWriter.plain(frame(Stage.training, 100, 30, glyphs: .ascii))
    for pattern in ["###", "===", "+++", "|"] { #expect(plain.contains(pattern)) }
    let isPlain = plain.unicodeScalars.allSatisfy { $0.isASCII }
    #expect(isPlain)
  }

  @Test func `French writes its own words and a decimal comma`() {
    let text = TextWriter.plain(frame(Stage.training, 132, 40, language: .fr))
    for word in ["solaire", "nucléaire", "calcul", "prise", "renouvelable"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(text.contains(",") && !text.contains("renewable"))
  }

  @Test func `Nothing leaves the screen at any size, whatever the watts`() {
    for seed in UInt64(1)...60 {
      var random = SeededRandom(seed)
      let count = Int.random(in: 1...12, using: &random)
      let sizes = [0, 1e-9, 0.3, 7, 400, 1e6]
      let watts = (0..<count).map { _ -> Double in sizes[Int.random(in: 0..<6, using: &random)] }
      let rows = Int.random(in: 1...60, using: &random)
      let whole = watts.reduce(0, +)
      let geometry = FlowGeometry(
        supply: watts, uses: watts.reversed(), full: max(whole, 1), rows: rows)
      for edges in geometry.supply + geometry.uses + geometry.supplyInside {
        for step in 0...10 {
          let range = edges.toward(geometry.plug, Double(step) / 10).eighths(of: rows * 8)
          #expect(
            range.lowerBound >= 0 && range.upperBound <= rows * 8 && !range.isEmpty, "\(seed)")
        }
      }
      // Outside, streams keep their order and do not lie on each other.
      for (upper, lower) in zip(geometry.supply, geometry.supply.dropFirst()) {
        #expect(upper.bottom <= lower.top + 1e-6, "seed \(seed)")
      }
      let labels = FlowLabels(
        middles: geometry.supply.map(geometry.middle),
        notes: watts.map { _ in Int.random(in: 0...3, using: &random) }, rows: rows)
      guard rows >= count else { continue }
      for (upper, lower) in zip(labels.blocks, labels.blocks.dropFirst()) {
        #expect(upper.row + upper.notes < lower.row, "seed \(seed)")
      }
      #expect(labels.blocks.last.map { $0.row + $0.notes < rows } ?? true, "seed \(seed)")
    }
  }

  @Test func `Widths at the outer end are as the watts`() {
    let geometry = FlowGeometry(supply: [100, 300], uses: [400], full: 400, rows: 20)
    let widths = geometry.supply.map { $0.bottom - $0.top }
    #expect(abs(widths[1] - 3 * widths[0]) < 1e-9)
    #expect(abs(geometry.plug.bottom - geometry.plug.top - widths.reduce(0, +)) < 1e-9)
  }

  @Test func `Small streams are put together, waste never`() {
    let c = context(Stage.cluster(4))
    var branches = [("a", 900.0), ("b", 5), ("c", 6), ("d", 80)].map {
      FlowBranch(name: $0.0, watts: $0.1, color: .terminalDefault)
    }
    let folded = FlowView.folded(branches, to: 9, .rest, c)
    #expect(folded.map(\.name) == ["a", "d", "smaller uses"])
    #expect(folded.last?.watts == 11)
    branches[2].certainty = .unknown
    #expect(FlowView.folded(branches, to: 9, .rest, c).map(\.name) == ["a", "b", "c", "d"])
    branches[2].certainty = .measured
    branches[1].isWaste = true
    #expect(FlowView.folded(branches, to: 9, .rest, c).map(\.name) == ["a", "b", "c", "d"])
    #expect(FlowView.folded(branches, to: 3, .rest, c).map(\.name) == ["a", "b", "smaller uses"])
    // What buys something stands for itself, however small it is.
    branches[3].notes = [[]]
    let small = FlowView.folded(branches, to: 2, .rest, c)
    #expect(small.map(\.name) == ["b", "d", "smaller uses"])
    #expect(abs(small.reduce(0) { $0 + $1.watts } - 991) < 1e-9)
  }
}
