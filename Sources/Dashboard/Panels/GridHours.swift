import Accounting
import Canvas
import Quantities
import Telemetry

/// The hours around the time shown: the share as it was and, in a quieter tone, as it is forecast.
enum GridHours {
  /// The time that a curve without a forecast shows: a grid changes every quarter of an hour, so that
  /// it reaches back further than the others.
  static func past(_ c: FrameContext) -> TimeSpan {
    TimeSpan(last: max(c.window.seconds, min(c.session.seconds, 86_400)), endingAt: c.time)
  }

  /// How far the course reaches back where a live source tells it, and ahead where it forecasts.
  static let back = 12 * 3600.0
  static let forward = 24 * 3600.0

  /// The greenest hours of the forecast that is known, in words; `nil` where there is none.
  ///
  /// The window is as long as the job still takes where the forecast reaches that far, and else four
  /// hours.
  static func ahead(_ c: FrameContext) -> String? {
    guard let live = c.ledger.gridCourse.live else { return nil }
    let statements = c.timeline.gridBook.statements(
      of: live.id, in: TimeSpan(c.time, c.time + 2 * forward), asOf: c.time, prefersForecasts: true)
    let left = c.outlook?.seconds.flatMap { 900...forward ~= $0 ? $0 : nil }
    let windows = [left, 4 * 3600].lazy.compactMap { seconds -> GreenWindow? in
      var question = GreenWindow.Question(now: c.time, seconds: seconds ?? 0)
      question.objective = .share
      return seconds == nil ? nil : try? GreenWindow(question, in: statements)
    }
    guard let window = windows.first, let share = window.best.share else { return nil }
    let length = c.duration(window.question.seconds)
    if window.isNow { return c.say(GridWords.greenestNow, length) }
    let basis = window.isShareOfLoad ? " " + c.say(GridWords.ofLoad) : ""
    let now = window.atOnce?.share.map { " " + c.say(GridWords.fromNow, c.percent($0)) } ?? ""
    return
      c.say(
        GridWords.greenest, length, clock(window.best.span.start, c),
        clock(window.best.span.end, c), c.percent(share)) + basis + now
  }

  /// What is said of the hours to come, as one kind of share: that of the load where the forecast is of
  /// the load, clipped where there is a surplus, else that of the production.
  static func statements(
    _ span: TimeSpan, asOf: Timestamp, _ c: FrameContext
  ) -> [(span: TimeSpan, share: Double)] {
    guard let live = c.ledger.gridCourse.live else { return [] }
    let said = c.timeline.gridBook.statements(
      of: live.id, in: span, asOf: asOf, prefersForecasts: true)
    let isOfLoad = said.contains { $0[.renewableShare] == nil && $0[.renewableShareOfLoad] != nil }
    return said.compactMap { statement in
      let share = statement[isOfLoad ? .renewableShareOfLoad : .renewableShare]
      return share.map { (statement.span, min($0, 1)) }
    }
  }

  /// Hour and minute where the session's clock hangs.
  static func clock(_ time: Timestamp, _ c: FrameContext) -> String {
    let civil = c.civil(time)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(civil.hour)):\(two(civil.minute))"
  }
}

extension RenewableSharePanel {
  /// Draws the share over the hours, what is forecast in a quieter tone, and under it the power that
  /// the session drew.
  func drawCourse(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height > 0, rect.width > 0 else { return }
    let course = c.ledger.gridCourse
    let columns = c.samples(rect.width)
    // What was known then of the hours to come, and not what came.
    let coming = GridHours.statements(
      TimeSpan(c.time, c.time + GridHours.forward), asOf: c.time, c)
    let span: TimeSpan
    if course.live != nil {
      let ahead = min(GridHours.forward, max(0, (coming.last?.span.end ?? c.time) - c.time))
      span = TimeSpan(c.time - GridHours.back, c.time + ahead)
    } else {
      span = GridHours.past(c)
    }
    let stretches = course.stretches(in: TimeSpan(span.start, min(span.end, c.time)))
    let width = span.seconds / Double(max(1, columns))
    var past = [Double?](repeating: nil, count: columns)
    var ahead = past
    var place = 0
    for column in 0..<columns {
      let time = span.start + (Double(column) + 0.5) * width
      guard time <= c.time else { break }
      while place + 1 < stretches.count, stretches[place].span.end <= time { place += 1 }
      guard stretches.indices.contains(place), stretches[place].rung < .annual || course.live == nil
      else { continue }
      let share = stretches[place].renewable.map { min($0, 1) }
      if stretches[place].rung == .measured { past[column] = share } else { ahead[column] = share }
    }
    fill(&ahead, coming, span, width, c)
    let axisRows = rect.height >= 5 && course.live != nil ? 1 : 0
    let (rect, axis) = rect.splitRows(rect.height - axisRows)
    if axisRows > 0 { drawAxis(&canvas, in: axis, span, c) }
    let powerRows = rect.height >= 4 && course.live != nil ? max(1, rect.height / 4) : 0
    let (upper, lower) = rect.splitRows(rect.height - powerRows)
    canvas.areaChart(
      past, in: upper, top: 1, gradient: c.theme[.renewable], background: c.background,
      glyphs: c.glyphs)
    let ramp = c.theme[.renewable]
    let quiet = Gradient(
      ramp.start.mixed(with: c.background, 0.55), ramp.end.mixed(with: c.background, 0.55),
      ramp.end.mixed(with: c.background, 0.55))
    canvas.areaChart(
      ahead, in: upper, top: 1, gradient: quiet, background: c.background, glyphs: c.glyphs)
    if powerRows > 0 { drawPower(&canvas, in: lower, span, columns, c) }
  }

  /// Fills the hours to come with what is said of them.
  private func fill(
    _ ahead: inout [Double?], _ said: [(span: TimeSpan, share: Double)], _ span: TimeSpan,
    _ width: Double, _ c: FrameContext
  ) {
    var place = 0
    for column in ahead.indices where ahead[column] == nil {
      let time = span.start + (Double(column) + 0.5) * width
      guard time > c.time else { continue }
      while place + 1 < said.count, said[place].span.end <= time { place += 1 }
      guard said.indices.contains(place), said[place].span.contains(time) else { continue }
      ahead[column] = said[place].share
    }
  }

  /// The clock at both ends of the course and at the time shown.
  private func drawAxis(_ canvas: inout Canvas, in rect: Rect, _ span: TimeSpan, _ c: FrameContext)
  {
    let now = rect.x + Int((c.time - span.start) / span.seconds * Double(rect.width))
    canvas.textClipped(
      GridHours.clock(span.start, c), x: rect.x, y: rect.y, maxWidth: rect.width, c.muted)
    let right = GridHours.clock(span.end, c)
    let hasForecast = span.end > c.time + 900
    let word = c.say(hasForecast ? GridWords.nowAndForecast : .now)
    let before = displayWidth(String(word.prefix { $0 != "┆" }))
    if now >= rect.x + 10, now + 12 <= rect.right - right.count {
      canvas.textClipped(
        word, x: now - (hasForecast ? before : 4), y: rect.y, maxWidth: rect.right - now, c.text)
      canvas.textRight(right, right: rect.right, y: rect.y, c.muted)
    } else {
      canvas.textRight(hasForecast ? right : word, right: rect.right, y: rect.y, c.muted)
    }
  }

  private func drawPower(
    _ canvas: inout Canvas, in rect: Rect, _ span: TimeSpan, _ columns: Int, _ c: FrameContext
  ) {
    let values = c.ledger.powerCurve(over: span, columns: columns, until: c.time)
    let top = values.compactMap { $0 }.max() ?? 0
    guard top > 0 else { return }
    canvas.areaChart(
      values, in: rect, top: top, gradient: c.theme[.power], background: c.background,
      glyphs: c.glyphs, hanging: true)
  }
}
