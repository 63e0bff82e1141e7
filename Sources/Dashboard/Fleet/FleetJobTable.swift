import Accounting
import Canvas
import Quantities
import Telemetry

/// The jobs of a fleet in rows, by default those that waste most on top.
enum FleetJobTable {
  /// `48211 vit-huge-22k`.
  static func title(_ job: FleetJob) -> String {
    job.name == job.number ? job.id : job.id + " " + job.name
  }

  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    guard rect.height >= 2, let state = c.input.view.fleet else { return }
    if state.grouping == .accounts {
      return FleetAccountTable.draw(&canvas, in: rect, moment, c)
    }
    let jobs = state.jobs(moment)
    let chosen = state.jobIndex(jobs)
    guard !jobs.isEmpty else {
      let words = moment.jobs.isEmpty ? FleetWords.noJobs : .noMatch
      canvas.textClipped(c.say(words), x: rect.x, y: rect.y, maxWidth: rect.width, c.muted)
      drawFilter(&canvas, in: rect.row(1), state, c)
      return
    }
    let hasFilter = state.filter.isTyping || !state.filter.text.isEmpty
    let room = rect.height - 1 - (hasFilter ? 1 : 0)
    let first = max(0, min(chosen - room / 2, jobs.count - room))
    let shown = jobs.dropFirst(first).prefix(room)
    let most = moment.jobs.compactMap(\.wastedJoules).max() ?? 0
    let columns = FleetColumn.all.filter { column in
      !column.isOptional || moment.jobs.contains { column.isTold($0) }
    }
    let currency = moment.jobs.lazy.compactMap(\.cost?.currency).first ?? ""
    var table = TextTable(columns.map { $0.head(state, currency, c) })
    table.rows = shown.map { job in
      columns.map { $0.cell(job, moment, most, c) }
    }
    let lines = table.lines(width: rect.width - 2, title: c.muted)
    var widest = 0
    for (index, line) in lines.enumerated() where index < rect.height {
      let y = rect.y + index
      let used = canvas.runs(line, x: rect.x + 2, y: y, maxWidth: rect.width - 2)
      if index == 0 { widest = used - (line.last.map { trailingSpace($0.text) } ?? 0) }
      guard index > 0, first + index - 1 == chosen, state.focus == .jobs else { continue }
      canvas.put("▸", x: rect.x, y: y, c.style(.accent).bold)
      canvas.restyle(Rect(x: rect.x, y: y, width: rect.width, height: 1)) {
        Style($0.foreground, on: c.theme[.track]).bold
      }
    }
    let words = c.say(FleetWords.shown, "\(first + 1)", "\(first + shown.count)", "\(jobs.count)")
    if jobs.count > room, widest + displayWidth(words) + 4 < rect.width {
      canvas.textRight(words, right: rect.right, y: rect.y, c.muted)
    }
    if hasFilter { drawFilter(&canvas, in: rect.row(rect.height - 1), state, c) }
  }

  private static func trailingSpace(_ text: String) -> Int {
    text.reversed().prefix { $0 == " " }.count
  }

  private static func drawFilter(
    _ canvas: inout Canvas, in rect: Rect, _ state: FleetState, _ c: FrameContext
  ) {
    guard let runs = OverlayBox.filter(state.filter, c, c.style) else { return }
    canvas.runs(runs, x: rect.x + 2, y: rect.y, maxWidth: rect.width - 2)
  }
}

/// What accounts took, in place of the jobs.
enum FleetAccountTable {
  /// Rows below a list of jobs that leaves room: the accounts, where there are several.
  static func drawBelow(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    guard let state = c.input.view.fleet, state.grouping == .jobs, !state.filter.isTyping,
      state.filter.text.isEmpty
    else { return }
    let rows = FleetAccount.all(moment.jobs).count + 1
    // Not pressed against either neighbour.
    guard rows > 2, rect.height >= rows + 4 else { return }
    let low = Rect(x: rect.x, y: rect.bottom - rows - 1, width: rect.width, height: rows)
    draw(&canvas, in: low, moment, c)
  }

  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    let accounts = FleetAccount.all(moment.jobs)
    let currency = accounts.lazy.compactMap(\.cost?.currency).first ?? ""
    var table = TextTable([
      .init(c.say(FleetWords.account)), .init(c.say(FleetWords.jobs), right: true),
      .init(c.say(FleetWords.energy), right: true), .init(c.say(FleetWords.wasted), right: true),
      .init("%", right: true, rank: 1), .init(sanitized(currency), right: true, rank: 2),
      .init("CO₂e", right: true, rank: 3), .init("", rank: 4),
    ])
    table.rows = accounts.map { account in
      return [
        Run(account.name.isEmpty ? c.say(FleetWords.noAccount) : account.name, c.text),
        Run("\(account.jobs)", c.text),
        Run(c.string(SI.energy(account.joules)), c.style(.power)),
        Run(
          account.judged > 0 ? c.string(SI.energy(account.wasted)) : "–", c.style(.waiting)),
        Run(account.wastedShare.map { c.percent($0) } ?? "–", c.style(.waiting)),
        Run(account.cost.map { FleetColumn.money($0.amount, c) } ?? "–", c.text),
        Run(account.grams.map { c.string($0, "g") } ?? "–", c.text),
        Run(
          account.unknown > 0 ? c.say(FleetWords.withoutJoules, "\(account.unknown)") : "", c.muted),
      ]
    }
    for (index, line) in table.lines(width: rect.width - 2, title: c.muted).enumerated()
    where index < rect.height {
      canvas.runs(line, x: rect.x + 2, y: rect.y + index, maxWidth: rect.width - 2)
    }
  }
}
