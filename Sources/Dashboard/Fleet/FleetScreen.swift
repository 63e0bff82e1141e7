import Accounting
import Canvas
import Quantities
import Telemetry

/// Many machines on one screen: what they draw and buy, the jobs by what they waste, each machine as a tile.
enum FleetScreen {
  /// Whether a frame shows a fleet, and not one of its machines.
  static func isShown(_ input: FrameInput) -> Bool {
    input.fleet != nil && input.view.fleet?.open == nil
  }

  static func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    guard let picture = c.input.fleet else { return }
    let layout = c.layout
    if layout.scale == .tiny { return drawTiny(&canvas, picture, c) }
    FleetTitle.draw(&canvas, in: layout.title, picture, c)
    FleetSentence.draw(&canvas, in: layout.sentence, picture, c)
    Hints.draw(&canvas, in: layout.hints, c)
    if layout.scale == .full { Scrubber.draw(&canvas, in: layout.scrubber, c) }
    guard let moment = picture.moment else { return drawNothing(&canvas, picture, c) }
    guard layout.scale == .full else {
      let top = max(layout.title.bottom, layout.sentence.bottom)
      let room = Rect(x: 1, y: top, width: canvas.width - 2, height: layout.hints.y - top)
      let (head, list) = room.splitRows(1)
      FleetHeadline.drawLine(&canvas, in: head, moment, c)
      FleetJobTable.draw(&canvas, in: list, moment, c)
      return
    }
    FleetHeadline.draw(&canvas, in: layout.ribbon, moment, c)
    guard let area = layout.panels.first else { return }
    let room = area.inset(dx: 1, dy: 0)
    let wanted = FleetHostGrid.rows(moment.hosts, width: room.width) + 1
    let findings = min(3, moment.findings.count)
    let low = max(4, min(wanted + findings, room.height * 9 / 20))
    guard room.height >= 9 else { return FleetJobTable.draw(&canvas, in: room, moment, c) }
    let gap = room.height >= 20 ? 1 : 0
    let (table, below) = room.splitRows(room.height - low - gap, gap: gap)
    FleetJobTable.draw(&canvas, in: table, moment, c)
    let used = min(table.height, moment.jobs.count + 1)
    FleetAccountTable.drawBelow(&canvas, in: table.splitRows(used).1, moment, c)
    FleetHostGrid.draw(&canvas, in: below, moment, findings: findings, c)
  }

  private static func drawNothing(
    _ canvas: inout Canvas, _ picture: FleetPicture, _ c: FrameContext
  ) {
    let lines =
      picture.problem.isEmpty
      ? [c.say(FleetWords.asking, picture.store)]
      : [c.say(FleetWords.nothingTold), picture.problem]
    let top = canvas.height / 2 - 1
    for (index, line) in lines.enumerated() {
      canvas.textCentered(
        sanitized(line), in: canvas.bounds, y: top + index, index == 0 ? c.text : c.style(.critical)
      )
    }
  }

  private static func drawTiny(
    _ canvas: inout Canvas, _ picture: FleetPicture, _ c: FrameContext
  ) {
    let moment = picture.moment
    let watts = moment?.totals.watts.map { c.string($0, "W") } ?? "–"
    let hosts = moment.map { c.say(FleetWords.hostsUp, "\($0.answering)", "\($0.hosts.count)") }
    let waste = moment?.totals.wastedShare.map { c.say(FleetWords.wastedShare, c.percent($0)) }
    let lines = [
      watts, waste ?? c.say(FleetWords.fleet), picture.problem.isEmpty ? hosts ?? "" : "!",
    ]
    let first = max(0, (canvas.height - min(canvas.height, 3)) / 2)
    for (index, line) in lines.enumerated() where first + index < canvas.height {
      canvas.textCentered(
        line, in: canvas.bounds, y: first + index, index == 0 ? c.style(.power).bold : c.muted)
    }
  }
}

/// The first line: the store, how many machines answer, and the clock.
enum FleetTitle {
  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ picture: FleetPicture, _ c: FrameContext
  ) {
    guard !rect.isEmpty else { return }
    let ground = c.theme[.strip]
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    var phrases: [[Run]] = []
    if let moment = picture.moment {
      let down = moment.hosts.count - moment.answering
      phrases.append([
        Run(
          c.say(FleetWords.hostsUp, "\(moment.answering)", "\(moment.hosts.count)"),
          style(down == 0 ? .text : .critical).bold)
      ])
      let gpus = "\(moment.totals.gpus)"
      phrases.append([
        Run(
          moment.totals.held.map { c.say(FleetWords.gpusHeld, gpus, "\($0)") }
            ?? c.say(FleetWords.gpus, gpus), style(.muted))
      ])
    }
    phrases.append([Run(sanitized(picture.store), style(.muted))])
    if let ahead = picture.moment?.storeAhead, ahead != 0 {
      let off = c.say(
        ahead > 0 ? FleetWords.clockAhead : .clockBehind, c.age(abs(ahead)))
      phrases.append([Run(off, style(.warning).bold)])
    }
    TitleBar.draw(&canvas, in: rect, phrases, c)
  }
}

/// The second line: what matters most, be it that the picture is old.
enum FleetSentence {
  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ picture: FleetPicture, _ c: FrameContext
  ) {
    guard !rect.isEmpty, picture.moment != nil else { return }
    let room = rect.width - 2
    if !picture.problem.isEmpty {
      let age = picture.told.map { c.age(c.input.bounds.end - $0) } ?? "–"
      let words = c.say(FleetWords.oldPicture, age, picture.problem)
      canvas.textClipped(
        sanitized(words), x: rect.x + 1, y: rect.y, maxWidth: room, c.style(.critical).bold)
      return
    }
    if !picture.warning.isEmpty {
      canvas.textClipped(
        sanitized(
          picture.isReached ? picture.warning : c.say(FleetWords.storeWarns, picture.warning)),
        x: rect.x + 1, y: rect.y,
        maxWidth: room, c.style(.warning).bold)
      return
    }
    guard let moment = picture.moment else { return }
    guard let worst = FleetOrder.waste.sorted(moment.jobs).first, let wasted = worst.wastedJoules,
      wasted > 0
    else {
      let isJudged = moment.totals.judged != nil
      let words = c.say(
        moment.jobs.isEmpty
          ? FleetWords.noJobs
          : isJudged ? .nothingWasted : picture.isReached ? .usesUnknown : .nothingJudged)
      canvas.textClipped(words, x: rect.x + 1, y: rect.y, maxWidth: room, c.text)
      return
    }
    let cause = worst.mainCause.map { c.say(FleetWords.reason($0)) } ?? ""
    var words = c.say(
      FleetWords.worst, FleetJobTable.title(worst), c.string(SI.energy(wasted)),
      worst.wastedShare.map { c.percent($0) } ?? "–", cause)
    if let first = moment.findings.first {
      words += " · " + FleetFindings.words(first, moment, c)
    }
    canvas.textClipped(sanitized(words), x: rect.x + 1, y: rect.y, maxWidth: room, c.text)
  }
}
