import Accounting
import Canvas
import Quantities
import Telemetry

/// The race: this run and a recorded one side by side, and what both took to the same loss.
struct RaceOverlay: Overlay {
  let name = OverlayName.race
  let keys = ["r"]
  let text = Texts("the race against a baseline", "la course contre une référence")
  let hint: Texts? = nil
  let isWhole = true

  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let area = c.stage(canvas)
    guard !area.isEmpty else { return }
    guard let race = c.race else {
      Self.drawAbsence(&canvas, in: area, c)
      return
    }
    let scene = RaceScene(
      race: race, moment: race.moment(at: c.time, by: c.input.view.race.alignment),
      state: c.input.view.race, theme: c.theme, glyphs: c.glyphs, price: c.flatPrice,
      rivals: c.input.baselines.count, language: c.language)
    let notes = c.input.raceNotes
    let rival = c.input.view.race.rival % max(1, c.input.baselines.count)
    RaceView(scene: scene, notes: notes.indices.contains(rival) ? notes[rival] : [])
      .draw(&canvas, in: area)
  }

  private static func drawAbsence(_ canvas: inout Canvas, in area: Rect, _ c: FrameContext) {
    let text =
      c.input.baselines.isEmpty
      ? c.say(RaceTexts.needsTwo)
      : c.say(RaceTexts.noProgress)
    let lines = OverlayBox.paragraph(text, width: max(1, area.width - 2), c.muted)
    for (index, line) in lines.enumerated() where index < area.height {
      canvas.runs(line, x: area.x + 1, y: area.y + index, maxWidth: area.width - 2)
    }
  }
}

extension FrameContext {
  /// Everything between title and scrubber, for views that take the place of all panels; on a tiny
  /// screen everything.
  func stage(_ canvas: Canvas) -> Rect {
    guard layout.scale != .tiny else { return canvas.bounds }
    let bottom =
      layout.scrubber.isEmpty || layout.scale == .list ? layout.hints.y : layout.scrubber.y
    let top = max(layout.title.bottom, layout.sentence.bottom)
    return Rect(x: 0, y: top, width: canvas.width, height: max(0, bottom - top))
  }

  /// The race of this run against the chosen baseline.
  var race: Race? {
    let rivals = input.baselines.count
    guard rivals > 0 else { return nil }
    let rival = input.view.race.rival % rivals
    if input.races.indices.contains(rival) { return input.races[rival] }
    return raced.flatMap { Race($0, against: input.baselines[rival], isWhole: false) }
  }

  /// What a kilowatt-hour costs, where it always costs the same.
  var flatPrice: Price? {
    if let price = input.price { return price }
    guard let tariff = input.session.tariff, tariff.periods.isEmpty else { return nil }
    return Price(perKilowattHour: tariff.perKilowattHour, currency: tariff.currency)
  }
}
