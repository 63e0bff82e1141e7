import Accounting
import Canvas
import Quantities
import Telemetry

/// The renewable share of the electricity, now and of the energy drawn so far.
struct RenewableSharePanel: Panel {
  let title = Texts("RENEWABLE SHARE", "PART RENOUVELABLE")
  let name = Texts("Renewable share", "Part renouvelable")
  let word = "green"
  let brief = Texts("green", "vert")
  let ramp = Theme.Ramp.renewable
  let kinds: [DeviceKind] = [.grid]
  let tells =
    "renewable and low-carbon share, carbon intensity, grams so far, the hours ahead"
  let origin =
    "a live grid source where one is asked, else the country's annual mix (Our World in Data, Ember); "
    + "matched to when you drew it"

  func certificate(_ c: FrameContext) -> [CertificateLine] { Certificate.grid(c) }

  func headline(_ c: FrameContext) -> Headline {
    let grid = c.grid
    guard let share = grid.renewable else {
      if let grams = gramsHeadline(grid, c) { return grams }
      let state = Self.problem(c) ?? c.states(feeding: [.grid]).first
      let lines = state.map { [$0.message, $0.remedy].filter { !$0.isEmpty } } ?? []
      let unasked =
        c.isRecording
        ? [c.say(GridWords.notRecorded), c.say(GridWords.lay)]
        : [c.say(GridWords.notRead), c.say(GridWords.yearly)]
      return Headline(missing: lines.isEmpty ? unasked : lines)
    }
    var headline = Headline(value: SI.Text(number: c.fixed(share * 100, 0), unit: "%"))
    if let low = grid.lowCarbon {
      headline.phrases.append([Run(c.say(GridWords.lowCarbon, c.fixed(low * 100, 0)), c.text)])
    }
    if grid.own > 0 {
      headline.phrases.append([
        Run(c.say(GridWords.ownSun) + " ", c.muted), Run("\(c.fixed(grid.own * 100, 0)) %", c.text),
      ])
    }
    if let intensity = grid.intensity {
      headline.phrases.append([Run("\(c.fixed(intensity, 0)) gCO₂e/kWh", c.muted)])
    }
    if let direct = grid.directIntensity, grid.directRung < grid.rung {
      headline.phrases.append([
        Run("\(c.fixed(direct, 0)) gCO₂e/kWh " + c.say(GridWords.burnt), c.muted)
      ])
    }
    if let account = c.ledger.grid(over: c.session), account.matched > 0 {
      let mark = c.sessionEnergy?.isModelled ?? false ? "≈ " : ""
      if account.gramsMatched > 0 {
        headline.phrases.append([
          Run(mark + c.string(SI.carbon(account.grams)), c.text),
          Run(" " + c.say(GridWords.soFar), c.muted),
        ])
      }
      if let mine = account.renewableShare, abs(mine - share) >= 0.01 {
        headline.phrases.append([
          Run(c.say(GridWords.ofYours) + " ", c.muted),
          Run("\(c.fixed(mine * 100, 0)) %", c.text),
        ])
      }
    }
    headline.isEstimate = grid.rung.isEstimate
    (headline.note, headline.shorterNotes) = notes(grid, grid.rung, c)
    return headline
  }

  /// The note at the frame, and what of it counts most where there is little room: that it is supposed,
  /// then how old it is, then where.
  ///
  /// - Parameter rung: from what the headline's number is known.
  func notes(_ grid: GridStretch, _ rung: GridRung, _ c: FrameContext) -> (String, [String]) {
    let note = note(grid, rung, c)
    let parts = note.split(separator: " · ").map { String($0) }
    guard c.input.session.supposed == nil else {
      func supposed(_ note: String) -> String { c.say(GridWords.whatIfNote, note) }
      return (
        supposed(note), (parts.first.map { [supposed($0)] } ?? []) + [c.say(GridWords.whatIf)]
      )
    }
    var shorter = Array(parts.dropFirst())
    switch rung {
    case .measured, .estimated, .stale:
      shorter.append(c.say(grid.isForecast ? .forecast : GridWords.rung(rung)))
    case .profile: shorter.append(c.say(GridWords.profile))
    case .annual: shorter.append(c.say(GridWords.annualMean))
    case .unknown: break
    }
    return (note, shorter)
  }

  /// A yearly mean has no curve, and the hours of a grid that is asked have an axis of their own.
  func curves(_ c: FrameContext) -> TimeSpan? {
    let course = c.ledger.gridCourse
    if course.live != nil || c.grid.rung == .annual && course.site == nil { return nil }
    return GridHours.past(c)
  }

  /// The zone and of when its numbers are: `Germany · 10:15, measured`.
  private func note(_ grid: GridStretch, _ rung: GridRung, _ c: FrameContext) -> String {
    guard let device = c.inventory.grid else { return "" }
    let when: String
    switch rung {
    case .measured, .estimated, .stale:
      guard let said = grid.said else { return heldNote(device, c) }
      let word = c.say(grid.isForecast ? .forecast : GridWords.rung(rung))
      let age = c.time - said.end
      when = age > 60 ? c.say(GridWords.old, word, c.duration(age)) : word
    case .profile: when = c.say(GridWords.hourOfDays)
    case .annual: return heldNote(c.ledger.gridCourse.held ?? device, c)
    case .unknown: when = c.say(GridWords.unknown)
    }
    return device.label + " · " + when
  }

  private func heldNote(_ grid: Device, _ c: FrameContext) -> String {
    guard let id = c.timeline.id(.renewableShare, of: grid.id) else { return grid.label }
    let provenance = c.timeline.descriptor(id).provenance
    let annual = grid.model.isEmpty ? c.say(GridWords.annualMean) : grid.model
    let method = provenance.method == .annual ? annual : provenance.source
    return grid.label == method ? method : grid.label + " · " + method
  }

  /// The colours of fuels, in the order of `GridStretch.fuelMetrics`.
  private static let roles: [Theme.Role] = [
    .solar, .wind, .hydro, .bioenergy, .bioenergy, .nuclear, .gas, .coal, .oil,
  ]

  /// The fuels of the mix at the time shown, with their colours, the cleanest first; sun from the own
  /// roof comes before all.
  static func mix(_ c: FrameContext) -> [(name: String, share: Double, role: Theme.Role)] {
    let fuels = zip(GridStretch.fuelMetrics, roles).compactMap { metric, role in
      c.grid.fuels[metric].map { (c.say(FuelWords.name(metric)), max(0, $0), role) }
    }
    guard c.grid.own > 0, !fuels.isEmpty else { return fuels }
    return [(c.say(GridWords.ownSun), c.grid.own, .solar)] + fuels
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard c.inventory.grid != nil, !rect.isEmpty else { return }
    var rect = rect
    let site = Self.sitePhrases(c)
    if !site.isEmpty, rect.height >= 4 {
      canvas.phrases(site, x: rect.x, y: rect.y, maxWidth: rect.width)
      rect = rect.splitRows(1).1
    }
    let footer = rect.height >= 6 ? 1 : 0
    let mix = Self.mix(c).filter { $0.share >= 0.005 }.sorted { $0.share > $1.share }
    // A yearly mean has no curve: a flat one would say that every hour is alike.
    let course = c.ledger.gridCourse
    let isFlat = c.grid.rung == .annual && course.live == nil && course.site == nil
    let body = rect.height - footer
    let words = isFlat ? yearWords(rect.width, c) : []
    // Words first where there is room for some fuels as well.
    let wordRows = min(words.count, max(0, body - min(mix.count, 3)))
    let rows = min(mix.count, isFlat ? body - wordRows : max(1, body / 2))
    let isLoose = isFlat && wordRows > 0 && body > wordRows + rows
    let upper = isFlat ? wordRows + (isLoose ? 1 : 0) : body - rows
    let (chart, rest) = rect.splitRows(upper)
    for (index, line) in words.prefix(wordRows).enumerated() {
      canvas.textClipped(line, x: rect.x, y: rect.y + index, maxWidth: rect.width, c.muted)
    }
    if !isFlat { drawCourse(&canvas, in: chart, c) }
    for (index, fuel) in mix.prefix(rows).enumerated() {
      let row = rest.row(index)
      canvas.textClipped(fuel.name, x: row.x, y: row.y, maxWidth: 10, c.muted)
      let bar = Rect(x: row.x + 11, y: row.y, width: max(0, row.width - 17), height: 1)
      let color = c.theme[fuel.role]
      canvas.bar(
        fuel.share, in: bar,
        gradient: Gradient(color.mixed(with: c.background, 0.25), color, color),
        track: c.theme[.track], glyphs: c.glyphs)
      canvas.textRight(c.percent(fuel.share) + " %", right: row.right, y: row.y, c.text)
    }
    if footer > 0 { drawFooter(&canvas, in: rect.row(rect.height - 1), c) }
  }

  /// What a yearly mean is and, while it can still be asked, how to know the hour.
  private func yearWords(_ width: Int, _ c: FrameContext) -> [String] {
    var words = [c.say(GridWords.farFromIt)]
    if c.input.view.cursor.canBeLive {
      words.append(GridAsked.wouldBe(c))
    }
    return words.flatMap { wrapped($0, to: max(1, width)) }
  }

  private func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private func drawFooter(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    var phrases: [[Run]] = []
    if let ahead = GridHours.ahead(c) { phrases.append([Run(ahead, c.text)]) }
    if let energy = c.sessionEnergy, energy.joules > 1000 {
      let kilometres = energy.joules / Equivalent.modelThreeKilometre.joules
      let amount =
        kilometres >= 0.95
        ? c.number(SI.twoDigits(kilometres)) + " km"
        : c.number(SI.twoDigits(kilometres * 1000)) + " m"
      phrases.append([Run(c.say(GridWords.kilometres, amount), c.muted)])
    }
    let note = basis(c)
    if !note.isEmpty { phrases.append([Run(clipped(note, to: rect.width), c.muted)]) }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width)
  }

  /// What the numbers count: provider, production or consumption, average or marginal.
  private func basis(_ c: FrameContext) -> String {
    if c.grid.device == c.ledger.gridCourse.live?.id, let live = c.ledger.gridCourse.live,
      let facts = GridFacts(live.attributes)
    {
      return GridWords.words(facts, c)
        + (c.grid.intensity == nil ? "" : " · " + c.say(GridWords.lifecycle))
    }
    guard let held = c.ledger.gridCourse.held,
      let id = c.timeline.id(.renewableShare, of: held.id)
    else { return "" }
    return c.timeline.descriptor(id).provenance.note
  }
}
