import Canvas
import Quantities
import Telemetry

/// Where the numbers of the chosen panel come from: source, method, age and state.
struct ProvenanceOverlay: ScrollingOverlay {
  let name = OverlayName.provenance
  let keys = ["i"]
  let text = Texts("where its numbers come from", "d’où viennent ses nombres")
  let hint: Texts? = Texts("source", "source")

  func title(_ c: FrameContext) -> String { c.say(ProvenanceWords.title, c.say(panel(c).name)) }

  private func panel(_ c: FrameContext) -> any Panel {
    PanelCatalogue.all[c.input.view.focused ?? c.input.view.selected]
  }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let panel = panel(c)
    let series = c.timeline.descriptors.filter { panel.kinds.contains($0.device.kind) }
    let sources = Set(series.map(\.provenance.source))
    let expected = Set(
      c.input.catalogue.entries.filter { entry in
        panel.kinds.contains { entry.feeds.contains($0) }
      }.map(\.name))
    let states = c.timeline.states(at: c.time).filter {
      sources.contains($0.source) || expected.contains($0.kind)
    }
    var lines: [[Run]] = []
    let ground = c.theme[.strip]
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    for state in states {
      let role: Theme.Role =
        state.health == .ok ? .good : state.health == .waiting ? .muted : .warning
      var text = state.message
      if state.health == .stalled {
        text = c.say(ProvenanceWords.stalledFor, text, c.duration(c.time - state.time))
      }
      if !state.remedy.isEmpty { text += " – " + state.remedy }
      lines.append([
        Run(pad(state.source, 11), style(.text).bold),
        Run(pad(c.say(ProvenanceWords.health(state.health)), 8), style(role).bold),
        Run(sanitized(text), style(.muted)),
      ])
    }
    let certificate = panel.certificate(c).flatMap { line in
      let mark = line.isWarning ? "▲ " : ""
      return OverlayBox.paragraph(
        mark + sanitized(line.text), width: width, style(line.isWarning ? .warning : .text))
    }
    if !certificate.isEmpty {
      lines = certificate + (lines.isEmpty ? [] : [[]]) + lines
    }
    if !lines.isEmpty, !series.isEmpty { lines.append([]) }
    lines += rows(series, width, c, style)
    if lines.isEmpty { lines.append([Run(c.say(ProvenanceWords.nothing), style(.muted))]) }
    return lines
  }

  /// One line for each metric and provenance, with the number of devices that share both.
  private func rows(
    _ series: [SeriesDescriptor], _ width: Int, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) -> [[Run]] {
    struct Group: Hashable {
      var metric: Metric
      var provenance: Provenance
      var kind: DeviceKind
    }
    var order: [Group] = []
    var members: [Group: [SeriesDescriptor]] = [:]
    for descriptor in series {
      let group = Group(
        metric: descriptor.metric, provenance: descriptor.provenance,
        kind: descriptor.device.kind)
      if members[group] == nil { order.append(group) }
      members[group, default: []].append(descriptor)
    }
    var table = TextTable([
      .init("", limit: 24), .init(""), .init("", limit: 16), .init("", rank: 1, limit: 24),
      .init(""), .init("", rank: 2, limit: 60),
    ])
    for group in order {
      let list = members[group] ?? []
      let ages = list.compactMap { c.moment.known($0.metric, of: $0.device)?.age }
      let age =
        ages.min().map { c.say(ProvenanceWords.old, c.age($0)) }
        ?? c.say(ProvenanceWords.nothingYet)
      let count = list.count > 1 ? "\(list.count) × \(group.kind.name)" : group.kind.name
      table.rows.append([
        Run(c.say(MetricWords.title(group.metric)), style(.text)), Run(count, style(.muted)),
        Run(group.provenance.source, style(.text)),
        Run(c.say(ProvenanceWords.method(group.provenance.method)), style(.muted)),
        Run(age, style(.muted)),
        Run(group.provenance.note, style(.muted)),
      ])
    }
    return table.lines(width: width, title: style(.muted))
  }

  private func pad(_ text: String, _ width: Int) -> String {
    let shown = clipped(sanitized(text), to: width - 1)
    return shown + String(repeating: " ", count: max(1, width - displayWidth(shown)))
  }
}
