import Canvas
import Quantities

/// Lays the flow out: names at the left, streams, the plug in the middle, what it does at the right.
struct FlowView {
  let flow: Flow
  let area: Rect
  let context: FrameContext

  /// The least room it is drawn in.
  static let leastColumns = 40
  static let leastRows = 6

  /// A view of a flow in an area; small streams are put together where there is little room.
  init(_ flow: Flow, in area: Rect, _ context: FrameContext) {
    let limit = max(3, (area.height + 1) * 2 / 5)
    var flow = flow
    flow.supply = Self.folded(flow.supply, to: limit, FlowWords.others, context)
    flow.uses = Self.folded(flow.uses, to: limit, FlowWords.rest, context)
    if area.width < 60 {
      for index in flow.uses.indices {
        flow.uses[index].name = flow.uses[index].short ?? flow.uses[index].name
      }
    }
    self.flow = flow
    self.area = area
    self.context = context
  }

  func draw(_ canvas: inout Canvas) {
    guard area.width >= Self.leastColumns, area.height >= 3 else { return }
    let geometry = FlowGeometry(
      supply: flow.supply.map(\.watts), uses: flow.uses.map(\.watts),
      full: max(flow.whole, flow.peak), rows: area.height)
    let left = column(flow.supply, most: area.width / 4)
    let right = column(flow.uses, most: area.width * (area.width >= 100 ? 30 : 40) / 100)
    let streams = Rect(
      x: area.x + left + 1, y: area.y, width: area.width - left - right - 3, height: area.height)
    let lines = plugLines(isNarrow: area.width < 100)
    let longest = lines.map(displayWidth).max() ?? 0
    let width = isPlain ? longest + 2 : area.width < 60 ? longest : 2 * (longest / 2) + 3
    let middle = streams.x + (streams.width - width) / 2
    let picture = FlowPicture(
      flow: flow, geometry: geometry, area: streams, plug: middle..<middle + width,
      context: context)
    picture.draw(&canvas)
    drawPlug(&canvas, geometry, x: middle, width: width, lines)
    drawNames(&canvas, flow.supply, geometry.supply, geometry, x: area.x, width: left)
    drawNames(&canvas, flow.uses, geometry.uses, geometry, x: area.right - right, width: right)
  }

  /// Whether the plug is an outline, since no colour can fill it.
  private var isPlain: Bool { context.glyphs == .ascii || !context.input.hasColor }

  /// What stands on the plug: the watts and what they are read at.
  private func plugLines(isNarrow: Bool) -> [String] {
    let watts = SI.text(flow.watts, "W")
    let mark = flow.isModelled ? "≈ " : ""
    let number = mark + context.language.number(watts.number)
    let place = context.say(flow.place)
    let seconds = context.age(flow.seconds)
    return isNarrow
      ? [number, watts.unit, place, seconds]
      : [number + " " + watts.unit, place, context.say(FlowWords.mean, seconds)]
  }

  /// The columns that the names of some streams take with what stands beside and below them.
  private func column(_ branches: [FlowBranch], most: Int) -> Int {
    let values = branches.map { displayWidth($0.value(in: context.language)) }.max() ?? 0
    let names = branches.map { displayWidth($0.name) }.max() ?? 0
    let notes = branches.flatMap(\.notes).map { $0.reduce(1) { $0 + displayWidth($1.text) } }
    let below = min(notes.max() ?? 0, area.width >= 90 ? 32 : area.width >= 56 ? 18 : 0)
    return min(most, max(names + 1 + values, below))
  }

  private func drawPlug(
    _ canvas: inout Canvas, _ geometry: FlowGeometry, x: Int, width: Int, _ lines: [String]
  ) {
    let edges = geometry.plug.eighths(of: geometry.rows * 8)
    let paper = context.theme[.text]
    var stripes = [UInt8](repeating: 0, count: geometry.rows * 8)
    for place in edges { stripes[place] = 1 }
    let first = isPlain ? (edges.lowerBound + 4) / 8 : edges.lowerBound / 8
    let last = isPlain ? max(first + 1, (edges.upperBound + 4) / 8) : (edges.upperBound + 7) / 8
    if isPlain {
      let side = Rect(x: x, y: area.y + first, width: 1, height: last - first)
      canvas.fill(side, context.text.bold, scalar: context.glyphs == .ascii ? "|" : "┃")
      canvas.fill(
        Rect(x: x + width - 1, y: side.y, width: 1, height: side.height), context.text.bold,
        scalar: context.glyphs == .ascii ? "|" : "┃")
    } else {
      for column in x..<x + width {
        canvas.stripes(stripes, colors: [context.background, paper], x: column, y: area.y)
      }
    }
    let box = Rect(x: x, y: area.y, width: width, height: area.height)
    let full = isPlain ? last - first : edges.count / 8
    if full >= min(lines.count, 2) {
      // The most important lines, as many as have room.
      let lines = lines.prefix(full)
      let ink = isPlain ? context.text : Style(paper.ink, on: paper)
      let top = area.y + (first + last - lines.count) / 2
      let inside = Rect(
        x: x + (isPlain ? 1 : 0), y: box.y, width: width - (isPlain ? 2 : 0), height: 1)
      for (index, line) in lines.enumerated() {
        canvas.textCentered(line, in: inside, y: top + index, index == 0 ? ink.bold : ink)
      }
    } else {
      // The plug is too thin to be written on: its watts stand above it, or else below.
      let above = first - lines.count
      let top = area.y + (above >= 0 ? above : min(area.height - lines.count, last))
      let wide = Rect(x: x - 4, y: 0, width: width + 8, height: 1)
      for (index, line) in lines.enumerated() where top + index >= area.y {
        canvas.textCentered(
          line, in: wide, y: top + index, index == 0 ? context.text.bold : context.muted)
      }
    }
  }

  private func drawNames(
    _ canvas: inout Canvas, _ branches: [FlowBranch], _ edges: [FlowGeometry.Edges],
    _ geometry: FlowGeometry, x: Int, width: Int
  ) {
    let labels = FlowLabels(
      middles: edges.map(geometry.middle), notes: branches.map(\.notes.count),
      rows: area.height)
    for (branch, block) in zip(branches, labels.blocks) {
      let y = area.y + block.row
      let amount = branch.value(in: context.language)
      let value = displayWidth(amount)
      canvas.textClipped(
        branch.name, x: x, y: y, maxWidth: max(0, width - value - (value > 0 ? 1 : 0)),
        Style(branch.color, on: context.background).bold)
      canvas.textRight(amount, right: x + width, y: y, context.text)
      // A note that has no room is left out whole.
      for (index, note) in branch.notes.prefix(block.notes).enumerated()
      where note.reduce(1, { $0 + displayWidth($1.text) }) <= width {
        canvas.runs(note, x: x + 1, y: y + 1 + index, maxWidth: width - 1)
      }
    }
  }

  /// The greatest streams, and the rest of them as one.
  ///
  /// What is waste, what is unknown and what buys something always stands for itself.
  static func folded(
    _ branches: [FlowBranch], to limit: Int, _ words: FlowWords, _ c: FrameContext
  ) -> [FlowBranch] {
    func standsAlone(_ branch: FlowBranch) -> Bool {
      branch.isWaste || branch.certainty == .unknown || !branch.notes.isEmpty
    }
    let whole = branches.reduce(0) { $0 + $1.watts }
    let others = branches.indices.filter { !standsAlone(branches[$0]) }
    // Two streams too thin to be told apart are one; so are those there is no room for.
    let thin = others.count { branches[$0].watts < 0.02 * whole }
    let surplus = max(branches.count - limit + 1, thin)
    guard branches.count > limit || thin > 1, surplus > 1, others.count > 1 else { return branches }
    let order = others.sorted { branches[$0].watts < branches[$1].watts }
    let put = Set(order.prefix(surplus))
    let small = put.map { branches[$0] }
    var rest = FlowBranch(
      name: c.say(words), watts: small.reduce(0) { $0 + $1.watts }, color: c.theme[.other],
      certainty: small.contains { $0.certainty == .modelled } ? .modelled : .measured)
    if case .share = branches[0].shows { rest.shows = .share(rest.watts / max(whole, 1e-9)) }
    return branches.indices.filter { !put.contains($0) }.map { branches[$0] } + [rest]
  }
}
