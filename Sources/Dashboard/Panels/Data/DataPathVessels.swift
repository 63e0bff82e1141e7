import Accounting
import Canvas
import Quantities
import Telemetry

/// The stages of a path as vessels of one height, filled to what flows.
struct DataPathVessels {
  let path: DataPath
  let layout: DataPathLayout
  let context: FrameContext

  /// The columns between two vessels.
  private var gap: Int { layout.vessels.width >= 110 ? 4 : layout.vessels.width >= 70 ? 2 : 1 }

  func draw(_ canvas: inout Canvas) {
    let places = layout.vessels.columns(path.stages.count, gap: gap)
    for (index, (stage, place)) in zip(path.stages, places).enumerated() {
      let isNarrow = stage.kind == path.narrow
      drawName(&canvas, stage, isNarrow: isNarrow, in: place)
      drawVessel(&canvas, stage, isNarrow: isNarrow, in: place)
      drawWords(&canvas, stage, isNarrow: isNarrow, in: place)
      guard index < places.count - 1 else { break }
      drawArrow(&canvas, after: place, isNarrow: isNarrow)
    }
  }

  private var sign: String { "◀ " + context.say(DataWords.narrow) }

  private func drawName(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in place: Rect
  ) {
    let style = isNarrow ? context.style(.critical).bold : context.text.bold
    let whole = stage.name(context)
    let name =
      displayWidth(whole) <= place.width
      ? whole : context.say(DataPathWords.short(stage.kind))
    let y = layout.names.y
    let used = canvas.textClipped(name, x: place.x, y: y, maxWidth: place.width, style)
    if isNarrow, used + 1 + displayWidth(sign) <= place.width {
      canvas.text(sign, x: place.x + used + 1, y: y, style)
    }
  }

  /// Walls and a floor, open at the top; what nothing tells of is a dashed outline that says so.
  private func drawVessel(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in place: Rect
  ) {
    guard place.width >= 3, place.height >= 2 else { return }
    let isKnown = stage.fullness != nil
    // Nobody knows how high the walls are of one that is measured by its own best.
    let isBounded = isKnown && stage.basis != .bestSeen
    let grey = context.theme[.border].mixed(with: context.theme[.muted], 0.4)
    let wall = isNarrow ? context.style(.waiting) : Style(grey, on: context.background)
    let (left, right, floor) = (place.x, place.right - 1, place.bottom - 1)
    for y in place.y..<floor {
      canvas.put(isBounded ? "│" : "┆", x: left, y: y, wall)
      canvas.put(isBounded ? "│" : "┆", x: right, y: y, wall)
    }
    canvas.fill(
      Rect(x: left + 1, y: floor, width: place.width - 2, height: 1), wall,
      scalar: isKnown ? "─" : "╌")
    canvas.put("╰", x: left, y: floor, wall)
    canvas.put("╯", x: right, y: floor, wall)
    let inside = Rect(x: left + 1, y: place.y, width: place.width - 2, height: place.height - 1)
    guard let fullness = stage.fullness else {
      return explain(&canvas, stage, in: inside)
    }
    let track = context.theme[.track]
    canvas.fill(inside, Style(context.theme[.text], on: track))
    let gradient = stage.gradient(isNarrow: isNarrow, context.theme)
    canvas.areaChart(
      Array(repeating: fullness, count: inside.width), in: inside, top: 1, gradient: gradient,
      background: track, glyphs: context.glyphs == .ascii ? .ascii : .blocks)
    let hasSign =
      displayWidth(stage.name(context)) + 1 + displayWidth(sign) <= place.width
    if isNarrow, !hasSign, inside.height >= 3 {
      let row = inside.height / 2
      let fill = gradient.color(at: Double(row) / Double(inside.height - 1))
      canvas.textCentered(
        inside.width >= displayWidth(sign) ? sign : context.say(DataWords.narrow), in: inside,
        y: inside.bottom - 1 - row, Style(fill.ink, on: fill).bold)
    }
  }

  /// What is known of a stage without a fullness, and what would have to be read.
  private func explain(_ canvas: inout Canvas, _ stage: DataPathStage, in rect: Rect) {
    var rows: [String] = []
    for word in stage.missing(context).split(separator: " ") {
      if let last = rows.last, displayWidth(last) + 1 + displayWidth(String(word)) < rect.width {
        rows[rows.count - 1] = last + " " + word
      } else {
        rows.append(String(word))
      }
    }
    let first = max(rect.y, rect.y + (rect.height - rows.count) / 2)
    for (index, row) in rows.enumerated() where first + index < rect.bottom {
      canvas.textCentered(row, in: rect, y: first + index, context.muted)
    }
  }

  private func drawWords(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in place: Rect
  ) {
    let strong = isNarrow ? context.style(.critical).bold : context.text
    var words = stage.fullness == nil ? ["–"] : stage.fullnessWords(context)
    if layout.digits.height >= 3, let fullness = stage.fullness, let basis = stage.basis {
      let digits = context.percent(fullness) + "%"
      if Canvas.bigTextWidth(digits) <= place.width {
        canvas.bigText(
          digits, x: place.x, y: layout.digits.y, strong, glyphs: context.glyphs)
        words = [DataPathWords.basis(basis, in: context.language)]
      }
    }
    let lines = [words, stage.amount(context), stage.detail(context)]
    for (index, line) in lines.enumerated() where index < layout.words.height {
      let style = index == 0 ? strong : index == 1 ? context.text : context.muted
      // A figure may reach into the gap: the next one begins behind it. Half a figure is none.
      let room = min(place.width + gap - 1, layout.words.right - place.x)
      let fitting = line.first { displayWidth($0) <= room }
      canvas.text(fitting ?? "", x: place.x, y: layout.words.y + index, maxWidth: room, style)
    }
  }

  private func drawArrow(_ canvas: inout Canvas, after place: Rect, isNarrow: Bool) {
    guard gap >= 2, place.height >= 3 else { return }
    let ink = isNarrow ? context.theme[.waiting] : context.theme[.dataIn].start
    canvas.text(
      gap >= 4 ? "▶▶" : "▶", x: place.right + (gap >= 4 ? 1 : 0), y: place.bottom - 2,
      Style(ink, on: context.background).bold)
  }
}
