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

  /// The mix of the live grid of a timeline.
  init(_ timeline: Timeline, at now: Timestamp) {
    let course = GridCourse(timeline)
    state = course.state(at: now)
    facts = course.live.flatMap { GridFacts($0.attributes) }
    label = course.live?.label ?? "?"
    self.now = now
    last = course.live.flatMap { timeline.gridBook.lastMeasured(of: $0.id, before: now) }
    remark = timeline.states(at: now + 60).last
  }

  private var age: Double? { state.said.map { now - $0.end } }

  var lines: [String] {
    func percent(_ value: Double?) -> String { value.map { SI.percent($0) + " %" } ?? "unknown" }
    func grams(_ value: Double?) -> String {
      value.map { "\(SI.significant($0)) gCO2e/kWh" } ?? "unknown"
    }
    var when = state.rung.word
    if let age, age > 0 { when += ", \(SI.duration(age)) old" }
    var lines = [
      sanitized("\(label): \(when)"),
      "renewable \(percent(state.renewable)), low-carbon \(percent(state.lowCarbon))",
      "intensity \(grams(state.intensity)) lifecycle, \(grams(state.directIntensity)) direct",
    ]
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
      lines.append(sanitized("basis: \(facts.words); zone \(facts.zone); \(facts.licence)"))
    }
    if let facts {
      lines.append(sanitized("shares \(facts.otherBasis)"))
      if state.directIntensity != nil {
        lines.append(sanitized("direct grams: \(facts.directWords)"))
      }
    }
    if let remark { lines.append(sanitized("source: \(remark.message)")) }
    return lines
  }

  var json: String {
    JSONText.object([
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
      ("known", .text(state.rung.word)), ("age_seconds", age.map(JSONText.number)),
      ("renewable_share", state.renewable.map(JSONText.number) ?? .null),
      ("low_carbon_share", state.lowCarbon.map(JSONText.number) ?? .null),
      ("intensity", state.intensity.map(JSONText.number) ?? .null),
      ("direct_intensity", state.directIntensity.map(JSONText.number) ?? .null),
      (
        "fuels",
        .members(
          state.fuels.sorted { $0.key.name < $1.key.name }.map { ($0.key.stem, .number($0.value)) })
      ),
      ("source", remark.map { .text($0.message) }),
    ]).written
  }
}
