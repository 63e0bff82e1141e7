import Accounting
import Canvas
import Quantities
import Telemetry

/// The machines as tiles, coloured by watts, and below them in words those that somebody should look at.
enum FleetHostGrid {
  /// The rows that the tiles take where there is room.
  static func rows(_ hosts: [FleetHost], width: Int) -> Int {
    FleetTiles(hosts, in: Rect(x: 0, y: 0, width: width, height: 16)).rows
  }

  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, findings: Int, _ c: FrameContext
  ) {
    guard rect.height >= 2 else { return }
    let words = min(findings, max(0, rect.height - 3))
    let (upper, below) = rect.splitRows(rect.height - words)
    let (head, grid) = upper.splitRows(1)
    let top = max(1, moment.hosts.compactMap(\.watts).max() ?? 1)
    let layout = FleetTiles(moment.hosts, in: grid)
    drawHead(&canvas, in: head, moment, top, layout, c)
    for label in layout.labels {
      let name = moment.hosts[label.host].rack ?? ""
      canvas.textClipped(
        sanitized(name), x: label.rect.x, y: label.rect.y, maxWidth: label.rect.width, c.muted)
    }
    let state = c.input.view.fleet
    let marked = Set(chosenHosts(moment, state))
    let selected = state?.host(moment)?.name
    for (host, tile) in zip(moment.hosts, layout.tiles) where !tile.isEmpty {
      draw(&canvas, host, in: tile, top: top, c)
      if host.name == selected {
        canvas.restyle(tile) { _ in Style(c.background, on: c.theme[.accent]).bold }
      } else if marked.contains(host.name), state?.focus == .jobs, host.state == .answers {
        canvas.restyle(tile) { $0.bold.underline }
      }
    }
    FleetFindings.draw(&canvas, in: below, moment, c)
  }

  /// The machines of the chosen job.
  private static func chosenHosts(_ moment: FleetMoment, _ state: FleetState?) -> [String] {
    guard let state, state.grouping == .jobs else { return [] }
    let jobs = state.jobs(moment)
    return jobs.isEmpty ? [] : jobs[state.jobIndex(jobs)].hosts
  }

  private static let levels: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let plainLevels: [Unicode.Scalar] = [".", ":", "-", "=", "+", "*", "#", "@"]

  private static func draw(
    _ canvas: inout Canvas, _ host: FleetHost, in tile: Rect, top: Double, _ c: FrameContext
  ) {
    guard host.state == .answers else {
      let sign: Unicode.Scalar =
        if case .silent = host.state { c.glyphs == .ascii ? "?" : "╌" } else {
          c.glyphs == .ascii ? "x" : "✕"
        }
      canvas.fill(tile, c.style(.critical).bold, scalar: sign)
      return
    }
    guard let watts = host.watts else {
      canvas.fill(tile, c.muted, scalar: c.glyphs == .ascii ? "-" : "–")
      return
    }
    let share = min(1, max(0, watts / top))
    let color = c.theme[.power].color(at: share)
    let label = tile.width >= 4 ? c.string(watts, "").replacingSpaces : ""
    guard c.input.hasColor, c.glyphs != .ascii else {
      // Without colours a number tells, or how high a tile is filled.
      let scalars = c.glyphs == .ascii ? plainLevels : levels
      let level = scalars[min(7, Int(share * 8))]
      if label.isEmpty || displayWidth(label) > tile.width {
        canvas.fill(tile, Style(color, on: c.background), scalar: level)
      } else {
        canvas.textRight(label, right: tile.right, y: tile.y, Style(color, on: c.background))
      }
      return
    }
    canvas.fill(tile, Style(color.ink, on: color))
    if !label.isEmpty, displayWidth(label) <= tile.width {
      canvas.textCentered(label, in: tile, y: tile.y, Style(color.ink, on: color))
    }
  }

  /// What the tiles show, from how little to how much, and the chosen one in words.
  private static func drawHead(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ top: Double,
    _ layout: FleetTiles, _ c: FrameContext
  ) {
    var runs = [
      Run(c.say(FleetWords.hosts) + " ", c.text.bold),
      Run(boundary(moment, c) + "  0 ", c.muted),
    ]
    let scalars = c.glyphs == .ascii ? plainLevels : levels
    for (place, scalar) in scalars.enumerated() {
      let color = c.theme[.power].color(at: Double(place) / 7)
      runs.append(Run(String(Character(scalar)), Style(color, on: c.background)))
    }
    runs.append(Run(" " + c.string(top, "W"), c.muted))
    let hidden = layout.tiles.count(where: \.isEmpty)
    if hidden > 0 {
      runs.append(Run("  " + c.say(FleetWords.hidden, "\(hidden)"), c.style(.warning)))
    }
    if moment.totals.duplicates > 0 {
      runs.append(
        Run("  " + c.say(FleetWords.toldTwice, "\(moment.totals.duplicates)"), c.muted))
    }
    var used = canvas.runs(runs, x: rect.x, y: rect.y, maxWidth: rect.width)
    used += 2
    guard let host = c.input.view.fleet?.host(moment), rect.width - used > 20 else { return }
    let words = FleetFindings.describe(host, moment, c)
    canvas.textClipped(
      sanitized(words), x: rect.x + used, y: rect.y, maxWidth: rect.width - used,
      c.style(.accent).bold)
  }

  /// Of what the watts are the watts: of most machines, and of how many otherwise.
  private static func boundary(_ moment: FleetMoment, _ c: FrameContext) -> String {
    let known = moment.hosts.filter { $0.watts != nil }.map(\.boundary)
    let most = Dictionary(grouping: known) { $0 }.max { $0.value.count < $1.value.count }
    let words: FleetWords =
      switch most?.key {
      case .wall?: .atThePlug
      case .platform?: .ofTheBoard
      case .accelerators?: .ofAccelerators
      case .known?, nil: .ofWhatIsKnown
      }
    let others = known.count - (most?.value.count ?? 0)
    return c.say(words) + (others > 0 ? c.say(FleetWords.otherwise, "\(others)") : "")
  }
}

extension String {
  /// `5.21k` of `5.21 k`.
  fileprivate var replacingSpaces: String { filter { $0 != " " } }
}
