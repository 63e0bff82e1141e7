import Accounting
import Canvas
import Quantities
import Telemetry

/// Draws a scene of a talk: a pure function of what it is given.
package enum TalkFrame {
  /// Draws a frame in the size of its input; any size from 0x0.
  package static func render(_ input: TalkInput) -> Canvas {
    let theme = input.theme
    let paper = Style(theme[.text], on: theme[.background])
    var canvas = Canvas(
      width: max(0, input.frame.width), height: max(0, input.frame.height), style: paper)
    guard canvas.width > 0, canvas.height > 0 else { return canvas }
    if input.state.isBlack {
      let black = Color(0)
      canvas.fill(canvas.bounds, Style(black, on: black))
      return canvas
    }
    if input.state.isOver {
      TalkCard.draw(&canvas, input)
    } else {
      let scene = TalkScene(input)
      scene.drawPicture(&canvas)
      scene.drawNumber(&canvas)
      scene.drawWords(&canvas)
      scene.drawTop(&canvas)
      scene.drawBottom(&canvas)
    }
    TalkChooser.draw(&canvas, input)
    return input.frame.view.glyphs == .ascii ? canvas.asciiOnly() : canvas
  }
}

/// A moment of a scene, and where its parts go.
struct TalkScene {
  let input: TalkInput
  let layout: TalkLayout
  let context: FrameContext
  let headline: Headline?
  /// The unit of the number; empty where there is none.
  private let unit: String
  /// Whether the unit stands among the words, and not beside the digits.
  private let isUnitAside: Bool

  /// The widest unit beside the digits, in columns.
  private static let longestUnit = 5

  init(_ input: TalkInput) {
    self.input = input
    let (width, height) = (input.frame.width, input.frame.height)
    // The number decides how much room is left, and is itself the same in any room.
    let whole = FrameContext(input.picture(width: width, height: height))
    let headline = input.chapter.number.headline(whole)
    let unit = headline.flatMap { shown in shown.value.map { Self.shown($0, shown).unit } } ?? ""
    // A long unit would take the room of the digits; it stands among the words then.
    isUnitAside = displayWidth(unit) > Self.longestUnit
    self.unit = unit
    self.headline = headline
    layout = TalkLayout(
      width: width, height: height,
      digits: headline.map { Self.digits($0, in: input.language) } ?? "",
      unit: isUnitAside ? 0 : displayWidth(unit),
      caption: sanitized(input.chapter.caption.text(in: input.language)))
    let room = Self.room(for: input.chapter.view, in: layout.picture)
    context = FrameContext(input.picture(width: room.width, height: room.height))
  }

  var theme: Theme { context.theme }
  var glyphs: GlyphSet { context.glyphs }

  /// The number as large digits show it.
  private static func shown(_ value: SI.Text, _ headline: Headline?) -> SI.Text {
    headline?.large ?? value
  }

  static func digits(_ headline: Headline, in language: Language = .en) -> String {
    guard let value = headline.value else { return "–" }
    let number = shown(value, headline).number.replacingMinus.filter { $0 != " " }
    return (headline.isEstimate ? "≈" : "") + language.number(number)
  }

  /// The size of the frame that a picture is cut from: without its title and its keys.
  private static func room(for view: TalkView, in picture: Rect) -> Rect {
    switch view {
    case .main:
      Rect(x: picture.x, y: picture.y, width: picture.width, height: picture.height + 2)
    default: picture
    }
  }

  func drawPicture(_ canvas: inout Canvas) {
    let area = layout.picture
    guard area.width > 0, area.height > 0 else { return }
    var picture = Canvas(
      width: context.input.width, height: context.input.height, style: context.text)
    var top = 0
    switch input.chapter.view {
    case .main:
      picture = Frame.render(context.input)
      top = 1
    case .panel(let index):
      var inner = picture.bounds.inset(dx: 2, dy: 0)
      // A line that says which sources were not found is no part of a picture.
      if index == 0, context.inventory.gpus.isEmpty { inner.height += 1 }
      PanelCatalogue.all[index].draw(&picture, in: inner, context)
    case .overlay(.race): drawRace(&picture)
    case .overlay(.flow):
      // The number and the sentence are said already, and there is no scrubber to make room for.
      guard let flow = Flow.at(context) else { break }
      FlowView(flow, in: picture.bounds.inset(dx: 2, dy: 0), context).draw(&picture)
    case .overlay(let name): OverlayCatalogue.overlay(name)?.draw(&picture, context)
    }
    canvas.blit(picture.rows(from: top, count: area.height), x: area.x, y: area.y)
  }

  /// The curves and what both took; the number and the sentence are said already.
  private func drawRace(_ canvas: inout Canvas) {
    let area = canvas.bounds.inset(dx: 2, dy: 0)
    guard let race = context.race else { return RaceOverlay().draw(&canvas, context) }
    let scene = RaceScene(
      race: race, moment: race.moment(at: context.time, by: context.input.view.race.alignment),
      state: context.input.view.race, theme: theme, glyphs: glyphs, language: context.language)
    let table = scene.table(width: area.width)
    let (curves, rows) = area.splitRows(area.height - table.count - 1)
    RaceChart(scene, in: curves)?.draw(&canvas)
    for (index, line) in table.enumerated() where index + 1 < rows.height {
      canvas.runs(line, x: rows.x, y: rows.y + index + 1, maxWidth: rows.width)
    }
  }

  func drawNumber(_ canvas: inout Canvas) {
    guard let headline, layout.number.height > 0 else { return }
    let style = headline.style(of: input.chapter.number.ramp, context).bold
    let rect = layout.number
    let digits = Self.digits(headline, in: input.language)
    var used: Int
    if layout.scale > 0 {
      used = canvas.hugeText(
        digits, x: rect.x, y: rect.y, scale: layout.scale, style, glyphs: glyphs)
    } else {
      used = canvas.textClipped(digits, x: rect.x, y: rect.y, maxWidth: rect.width, style)
    }
    guard !isUnitAside else { return }
    used += 1
    canvas.textClipped(
      unit, x: rect.x + used, y: rect.bottom - 1, maxWidth: canvas.width - rect.x - used, style)
  }

  func drawWords(_ canvas: inout Canvas) {
    let rect = layout.words
    guard rect.width > 0 else { return }
    let rows = TalkCaption.rows(caption, width: rect.width)
    let ink = context.text.bold
    for (index, row) in rows.prefix(TalkLayout.captionRows).enumerated() where index < rect.height {
      let isCut = index == TalkLayout.captionRows - 1 && rows.count > TalkLayout.captionRows
      canvas.textClipped(
        isCut ? clipped(row + " …………", to: rect.width) : row, x: rect.x, y: rect.y + index,
        maxWidth: rect.width, ink)
    }
    guard let headline else { return }
    let y = rect.bottom - 1
    guard y > rect.y + min(rows.count, TalkLayout.captionRows) - 1 else { return }
    var phrases =
      headline.value == nil
      ? [[Run(missing(headline), context.style(.warning))]]
      : headline.phrases
    if isUnitAside {
      let style = headline.style(of: input.chapter.number.ramp, context).bold
      phrases.insert([Run(unit, style)], at: 0)
    }
    canvas.phrases(phrases, x: rect.x, y: y, maxWidth: rect.width, inOrder: true)
  }

  private func missing(_ headline: Headline) -> String {
    headline.missing.first.map { sanitized($0) }
      ?? TalkWords.nothingKnown.text(in: input.language)
  }

  /// The sentence as it is drawn: nothing in it can act on a terminal.
  var caption: String { sanitized(input.chapter.caption.text(in: input.language)) }
}

extension Canvas {
  /// Some whole rows of it.
  fileprivate func rows(from top: Int, count: Int) -> Canvas {
    guard top > 0 || count < height else { return self }
    var part = Canvas(width: width, height: count)
    for y in 0..<max(0, count) {
      for x in 0..<width where !self[x, y + top].isTrailing { part[x, y] = self[x, y + top] }
    }
    return part
  }
}
