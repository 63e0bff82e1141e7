import Accounting
import Canvas
import Quantities
import Telemetry

/// What a live service says of the electricity now, in words and as JSON.
struct LiveMix {
  private let state: GridStretch
  private let facts: GridFacts?
  private let label: String
  private let now: Timestamp
  private let remark: SourceState?
  /// The last measurement, where it is too old to stand for the present.
  private let last: GridStatement?
  /// What one kilowatt-hour more would cause now, where a service tells it.
  private let marginal: GridStatement?
  private let tries: GridTries?

  /// The mix of the live grid of a timeline.
  init(_ timeline: Timeline, _ tries: GridTries?, at now: Timestamp) {
    self.tries = tries
    let course = GridCourse(timeline)
    state = course.state(at: now)
    let device = course.live ?? timeline.devices.first { GridFacts($0.attributes) != nil }
    facts = device.flatMap { GridFacts($0.attributes) }
    label = device?.label ?? "?"
    // The latest that has begun, within an hour.
    marginal = device.flatMap { device in
      timeline.gridBook.statements(
        of: device.id, in: TimeSpan(now - 3600, now + 1), prefersForecasts: false
      ).last { $0[.marginalIntensity] != nil && $0.span.start <= now }
    }
    self.now = now
    last = course.live.flatMap { timeline.gridBook.lastMeasured(of: $0.id, before: now) }
    remark = timeline.states(at: now + 60).last
  }

  /// Seconds since the interval was over; 0 while it lasts.
  private var age: Double? { state.said.map { max(0, now - $0.end) } }

  /// From what it is known.
  private var word: String { state.rung.word }

  /// From what grams are known, where the service tells no share.
  private var gramsWord: String? {
    guard state.renewable == nil else { return nil }
    if state.intensity != nil { return state.intensityRung.word }
    return state.directIntensity.map { _ in state.directRung.word }
  }

  var lines: [String] {
    func percent(_ value: Double?) -> String {
      value.map { SI.percent($0) + " %" }
        ?? state.leastRenewable.map { "at least \(SI.percent($0)) %" } ?? "unknown"
    }
    func grams(_ value: Double?) -> String {
      value.map { "\(SI.significant($0)) gCO2e/kWh" } ?? "unknown"
    }
    var when = gramsWord.map { "grams \($0)" } ?? word
    if let age, age > 0 { when += ", \(SI.duration(age)) old" }
    let isMarginal = facts?.signal == .marginal
    var lines =
      isMarginal
      ? [sanitized(label)]
      : [
        sanitized("\(label): \(when)"),
        "renewable \(percent(state.renewable)), low-carbon \(percent(state.lowCarbon))",
        "intensity \(grams(state.intensity)) lifecycle, \(grams(state.directIntensity)) direct",
      ]
    if let marginal, let value = marginal[.marginalIntensity] {
      let age = max(0, now - marginal.span.end)
      let old = age > 60 ? ", \(SI.duration(age)) old" : ""
      lines.append(
        "marginal \(SI.significant(value)) gCO2/kWh, \(marginal.quality.rawValue)\(old): "
          + "for deciding when, never part of a footprint")
    } else if isMarginal {
      lines.append("marginal unknown")
    }
    let fuels = state.fuels.filter { $0.value > 0 }.sorted {
      ($0.value, $1.key.name) > ($1.value, $0.key.name)
    }
    lines += fuels.map { "  \(SI.fixed($0.value * 100, 1)) % \($0.key.title)" }
    if state.rung > .stale, let last, let share = last[.renewableShare] {
      let low = last[.lowCarbonShare].map { ", low-carbon \(SI.percent($0)) %" } ?? ""
      lines.append(
        "last measured \(SI.duration(now - last.span.end)) ago: renewable \(SI.percent(share)) %\(low)"
      )
    }
    if let facts {
      let licence = facts.licence.isEmpty ? "licence unknown" : facts.licence
      lines.append(sanitized("basis: \(facts.words); zone \(facts.zone); \(licence)"))
    }
    if let facts {
      lines.append(sanitized("shares \(facts.otherBasis)"))
      if state.directIntensity != nil {
        lines.append(sanitized("direct grams: \(facts.directWords)"))
      }
    }
    if let remark { lines.append(sanitized("source: \(remark.message)")) }
    return lines + (tries?.lines ?? [])
  }

  var json: String {
    JSONText.object(
      [
        ("zone", facts.map { .text($0.zone) }), ("provider", facts.map { .text($0.provider) }),
        ("basis", facts.map { .text($0.basis.rawValue) }),
        ("direct_basis", facts.map { .text($0.directBasis.rawValue) }),
        ("other_basis", facts.map { .text($0.otherBasis) }),
        ("factors", facts.flatMap { $0.factors.isEmpty ? nil : .text($0.factors) }),
        (
          "direct_factors",
          facts.flatMap { $0.directFactors.isEmpty ? nil : .text($0.directFactors) }
        ),
        ("signal", facts.map { .text($0.signal.rawValue) }),
        ("licence", facts.map { .text($0.licence) }),
        ("known", .text(word)), ("grams_known", gramsWord.map(JSONText.text)),
        ("age_seconds", age.map(JSONText.number)),
        ("renewable_share", state.renewable.map(JSONText.number) ?? .null),
        ("renewable_share_low", state.leastRenewable.map(JSONText.number)),
        ("low_carbon_share", state.lowCarbon.map(JSONText.number) ?? .null),
        ("intensity", state.intensity.map(JSONText.number) ?? .null),
        ("direct_intensity", state.directIntensity.map(JSONText.number) ?? .null),
        ("marginal_intensity", marginal?[.marginalIntensity].map(JSONText.number)),
        (
          "fuels",
          .members(
            state.fuels.sorted { $0.key.name < $1.key.name }.map {
              ($0.key.stem, .number($0.value))
            })
        ),
        ("source", remark.map { .text($0.message) }),
      ] + (tries?.json ?? [])
    ).written
  }
}
