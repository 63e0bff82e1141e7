import Accounting
import Canvas
import Quantities
import Telemetry

/// The renewable share of the electricity, now and of the energy drawn so far.
struct RenewableSharePanel: Panel {
  let title = "RENEWABLE SHARE"
  let name = "Renewable share"
  let word = "green"
  let ramp = Theme.Ramp.renewable
  let kinds: [DeviceKind] = [.grid]
  let tells =
    "renewable and low-carbon share, carbon intensity, grams so far"
  let origin =
    "the country's annual mix (Our World in Data, Ember), matched to when you drew it"

  func certificate(_ c: FrameContext) -> [String] { Certificate.grid(c) }

  func headline(_ c: FrameContext) -> Headline {
    guard let grid = c.inventory.grid, let share = c.moment.known(.renewableShare, of: grid.id)
    else {
      let state = c.states(feeding: [.grid]).first
      let lines = state.map { [$0.message, $0.remedy].filter { !$0.isEmpty } } ?? []
      let unasked = [
        "The grid is not being read.", "--source grid:FR reads a country's yearly mix.",
      ]
      return Headline(missing: lines.isEmpty ? unasked : lines)
    }
    var headline = Headline(value: SI.Text(number: SI.fixed(share.value * 100, 0), unit: "%"))
    if let low = c.moment.known(.lowCarbonShare, of: grid.id) {
      headline.phrases.append([Run("\(SI.fixed(low.value * 100, 0)) % low-carbon", c.text)])
    }
    if let intensity = c.moment.known(.carbonIntensity, of: grid.id) {
      headline.phrases.append([Run("\(SI.fixed(intensity.value, 0)) gCO₂e/kWh", c.muted)])
    }
    if let account = c.ledger.grid(over: c.session), account.matched > 0 {
      let mark = isModelled(c) ? "≈ " : ""
      headline.phrases.append([
        Run(mark + SI.carbon(account.grams).joined, c.text), Run(" so far", c.muted),
      ])
      if let mine = account.renewableShare, abs(mine - share.value) >= 0.01 {
        headline.phrases.append([
          Run("of what you drew ", c.muted), Run("\(SI.fixed(mine * 100, 0)) %", c.text),
        ])
      }
    }
    headline.note = note(grid, c)
    return headline
  }

  private func isModelled(_ c: FrameContext) -> Bool {
    c.sessionEnergy?.isModelled ?? false
  }

  private func note(_ grid: Device, _ c: FrameContext) -> String {
    guard let id = c.timeline.id(.renewableShare, of: grid.id) else { return grid.label }
    let provenance = c.timeline.descriptor(id).provenance
    let annual = grid.model.isEmpty ? "annual mean" : grid.model
    let method = provenance.method == .annual ? annual : provenance.source
    return grid.label == method ? method : grid.label + " · " + method
  }

  /// The fuels of a mix, with their colours, the cleanest first.
  static let fuels: [(metric: Metric, role: Theme.Role)] = [
    (.solarShare, .solar), (.windShare, .wind), (.hydroShare, .hydro),
    (.bioenergyShare, .bioenergy),
    (.otherRenewableShare, .bioenergy), (.nuclearShare, .nuclear), (.gasShare, .gas),
    (.coalShare, .coal), (.oilShare, .oil),
  ]

  static func mix(_ grid: Device, _ c: FrameContext) -> [(
    name: String, share: Double, role: Theme.Role
  )] {
    fuels.compactMap { fuel in
      c.moment.known(fuel.metric, of: grid.id).map {
        (fuel.metric.label, max(0, $0.value), fuel.role)
      }
    }
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard let grid = c.inventory.grid, !rect.isEmpty else { return }
    let footer = rect.height >= 6 ? 1 : 0
    let mix = Self.mix(grid, c).filter { $0.share >= 0.005 }.sorted { $0.share > $1.share }
    let rows = min(mix.count, max(1, (rect.height - footer) / 2))
    let (chart, rest) = rect.splitRows(rect.height - footer - rows)
    drawChart(&canvas, grid, in: chart, c)
    for (index, fuel) in mix.prefix(rows).enumerated() {
      let row = rest.row(index)
      canvas.textClipped(fuel.name, x: row.x, y: row.y, maxWidth: 10, c.muted)
      let bar = Rect(x: row.x + 11, y: row.y, width: max(0, row.width - 17), height: 1)
      let color = c.theme[fuel.role]
      canvas.bar(
        fuel.share, in: bar,
        gradient: Gradient(color.mixed(with: c.background, 0.25), color, color),
        track: c.theme[.track], glyphs: c.glyphs)
      canvas.textRight(SI.percent(fuel.share) + " %", right: row.right, y: row.y, c.text)
    }
    if footer > 0 { drawFooter(&canvas, grid, in: rect.row(rect.height - 1), c) }
  }

  private func drawChart(_ canvas: inout Canvas, _ grid: Device, in rect: Rect, _ c: FrameContext) {
    guard rect.height > 0, let id = c.timeline.id(.renewableShare, of: grid.id) else { return }
    // A grid changes every quarter of an hour, so its curve reaches back further than the others.
    let seconds = max(c.window.seconds, min(c.session.seconds, 86_400))
    let columns = c.samples(rect.width)
    let values = c.timeline.curve(
      id, over: c.chartWindow(columns, seconds: seconds), columns: columns, until: c.time
    ).map { $0?.mean }
    canvas.areaChart(
      values, in: rect, top: 1, gradient: c.theme[.renewable], background: c.background,
      glyphs: c.glyphs)
  }

  private func drawFooter(_ canvas: inout Canvas, _ grid: Device, in rect: Rect, _ c: FrameContext)
  {
    var phrases: [[Run]] = []
    if let energy = c.sessionEnergy, energy.joules > 1000 {
      let kilometres = energy.joules / Equivalent.modelThreeKilometre.joules
      let amount =
        kilometres >= 0.95
        ? SI.twoDigits(kilometres) + " km"
        : SI.twoDigits(kilometres * 1000) + " m"
      phrases.append([Run("so far ≈ \(amount) in a Model 3", c.muted)])
    }
    if let id = c.timeline.id(.renewableShare, of: grid.id) {
      let note = c.timeline.descriptor(id).provenance.note
      if !note.isEmpty { phrases.append([Run(clipped(note, to: rect.width), c.muted)]) }
    }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width)
  }
}
