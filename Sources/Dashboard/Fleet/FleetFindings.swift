import Accounting
import Canvas
import Quantities
import Telemetry

/// What somebody should look at, in words.
enum FleetFindings {
  /// Draws as many as fit, the gravest first, and says how many there are more.
  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    let all = merged(moment, c)
    for (index, finding) in all.prefix(rect.height).enumerated() {
      let y = rect.y + index
      let isLast = index == rect.height - 1 && all.count > rect.height
      let more = isLast ? "   " + c.say(FleetWords.more, "\(all.count - rect.height)") : ""
      let room = rect.width - 2 - displayWidth(more)
      let style = c.style(finding.role)
      canvas.text(c.glyphs == .ascii ? "!" : "▲", x: rect.x, y: y, style)
      let used = canvas.textClipped(
        sanitized(finding.words), x: rect.x + 2, y: y, maxWidth: room, style)
      canvas.text(more, x: rect.x + 2 + used, y: y, c.muted)
    }
  }

  /// The findings in words; machines of one kind together, where they are many.
  private static func merged(
    _ moment: FleetMoment, _ c: FrameContext
  ) -> [(words: String, role: Theme.Role)] {
    var lines: [(words: String, role: Theme.Role)] = []
    var quiet: [String] = []
    for finding in moment.findings {
      switch finding {
      case .refuses, .silent: quiet.append(words(finding, moment, c))
      case .straggler: lines.append((words(finding, moment, c), .warning))
      case .held: lines.append((words(finding, moment, c), .critical))
      }
    }
    if !quiet.isEmpty { lines.insert((quiet.joined(separator: " · "), .critical), at: 0) }
    return lines
  }

  static func words(_ finding: FleetFinding, _ moment: FleetMoment, _ c: FrameContext) -> String {
    func age(_ time: Timestamp) -> String { c.age(moment.time - time) }
    switch finding {
    case .refuses(let host, let since?): return c.say(FleetWords.refusesSince, host, age(since))
    case .refuses(let host, nil): return c.say(FleetWords.refuses, host)
    case .silent(let host, let since): return c.say(FleetWords.silentFor, host, age(since))
    case .straggler(let host, let job, let watts, let others):
      let name = moment.jobs.first { $0.id == job }.map(FleetJobTable.title) ?? job
      return c.say(
        FleetWords.straggles, host, c.string(watts, "W"), name, c.string(others, "W"))
    case .held(let job, let gpus):
      let known = moment.jobs.first { $0.id == job }
      let name = known.map(FleetJobTable.title) ?? job
      let user = known.map(\.user).flatMap { $0.isEmpty ? nil : $0 } ?? "–"
      return c.say(FleetWords.holdsInVain, name, user, "\(gpus)")
    }
  }

  /// A machine in a line: `n017 · 5.21 kW · 8 GPUs, 8 held · wasted 31 % · hippowatt, dcgm-exporter`.
  static func describe(_ host: FleetHost, _ moment: FleetMoment, _ c: FrameContext) -> String {
    var parts = [host.name]
    switch host.state {
    case .answers: parts.append(host.watts.map { c.string($0, "W") } ?? c.say(FleetWords.noWatts))
    case .silent(let since):
      parts = [c.say(FleetWords.silentFor, host.name, c.age(moment.time - since))]
    case .refuses(let since?):
      parts = [c.say(FleetWords.refusesSince, host.name, c.age(moment.time - since))]
    case .refuses(nil): parts = [c.say(FleetWords.refuses, host.name)]
    }
    let gpus = "\(host.gpus)"
    parts.append(
      host.held.map { c.say(FleetWords.gpusHeld, gpus, "\($0)") } ?? c.say(FleetWords.gpus, gpus))
    if let share = host.wastedShare {
      parts.append(c.say(FleetWords.wastedShare, c.percent(share)))
    }
    if !host.exporters.isEmpty { parts.append(host.exporters.joined(separator: ", ")) }
    return parts.joined(separator: " · ")
  }
}
