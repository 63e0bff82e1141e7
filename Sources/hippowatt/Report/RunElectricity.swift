import Accounting
import Canvas
import Quantities
import Telemetry

/// What a recorded run drew its electricity from, and what of two runs may be compared.
///
/// The account is that of everything the machine drew while it was recorded, as `report` tells it.
struct RunElectricity {
  /// What people call the run.
  let name: String
  /// The account; `nil` where the recording tells no mix of a grid, or no energy.
  let account: GridAccount?
  private let live: Device?
  private let held: Device?

  init(_ name: String, _ ledger: Ledger, over span: TimeSpan) {
    self.name = name
    account = ledger.grid(over: span).flatMap { $0.isKnown ? $0 : nil }
    let course = ledger.gridCourse
    live = course.live
    held = course.held
  }

  private var facts: GridFacts? { live.flatMap { GridFacts($0.attributes) } }
  /// Whether some of it is known by intervals, and whether some of it by readings that are held.
  private var isByIntervals: Bool {
    [account?.rungs, account?.intensityRungs, account?.directRungs].contains(where: isByIntervals)
  }
  private var isAnnual: Bool {
    [account?.rungs, account?.intensityRungs].contains { $0?[.annual] ?? 0 > 0 }
  }

  private func isByIntervals(_ rungs: [GridRung: Double]?) -> Bool {
    live != nil
      && [GridRung.measured, .estimated, .stale, .profile].contains { rungs?[$0] ?? 0 > 0 }
  }

  /// What each of its numbers counts; two that do not count the same are not compared.
  ///
  /// - Parameter rungs: from what the numbers are known.
  private func terms(
    _ rungs: [GridRung: Double]?, _ value: (GridFacts) -> String, annual: String
  ) -> Set<String> {
    var terms: Set<String> = []
    if isByIntervals(rungs) { terms.insert(facts.map(value) ?? "") }
    if rungs?[.annual] ?? 0 > 0 { terms.insert(annual) }
    if terms.isEmpty { terms.insert("") }
    return terms
  }

  private var shareTerms: Set<String> {
    terms(account?.rungs, { $0.basis.rawValue }, annual: "production")
  }
  private var lifecycleTerms: Set<String> {
    terms(
      account?.intensityRungs,
      {
        [$0.basis.rawValue, $0.factors.isEmpty ? "factors unknown" : $0.factors].joined(
          separator: ", ")
      },
      annual: "production, Ember's factors")
  }
  private var directTerms: Set<String> {
    terms(account?.directRungs, { $0.directWords }, annual: "none")
  }

  /// Of how much of the energy grams must be known to be set against others.
  private static let leastCoverage = 0.9

  /// The grid's own terms, for programs.
  var groundMembers: [(String, JSONText?)] {
    [
      ("grid", (isByIntervals ? live : held).map { .text($0.label) }),
      ("provider", isByIntervals ? facts.map { .text($0.provider) } : nil),
      ("basis", .list(shareTerms.filter { !$0.isEmpty }.sorted().map(JSONText.text))),
      (
        "direct_basis",
        account?.directGrams == nil ? nil : facts.map { .text($0.directBasis.rawValue) }
      ),
    ]
  }

  // MARK: Words

  /// What is known of one run, in one line.
  var line: String {
    guard let account else {
      return "\(name): renewable share, low-carbon share and grams unknown, because \(absence)"
    }
    var parts = [share(account), lowCarbon(account), lifecycle(account), direct(account)]
    parts += [
      account.siteWords.map { "own sun " + $0 }, account.rungWords, account.gramsRungWords, ground,
    ].compactMap {
      $0
    }
    if account.restated > 0 { parts.append("\(account.restated) intervals revised since") }
    return sanitized("\(name): " + parts.joined(separator: "; "))
  }

  private var absence: String { "the recording tells no mix of a grid" }

  private func share(_ account: GridAccount) -> String {
    guard let share = account.renewableShare else {
      let least = account.bounds.map { ", at least \(SI.percent($0.lowerBound)) %" } ?? ""
      return "renewable share unknown" + least
    }
    var words = "renewable \(SI.percent(share)) %"
    if let bounds = account.bounds, bounds.upperBound - bounds.lowerBound >= 0.005 {
      words += " (\(SI.percent(bounds.lowerBound)) to \(SI.percent(bounds.upperBound)) %)"
    }
    return words + ", coverage \(SI.percent(account.coverage)) %"
  }

  private func lowCarbon(_ account: GridAccount) -> String {
    guard let share = account.lowCarbonShare else { return "low-carbon unknown" }
    let part = account.joules > 0 ? account.lowCarbonMatched / account.joules : 0
    return "low-carbon \(SI.percent(share)) %" + Self.part(part)
  }

  private func lifecycle(_ account: GridAccount) -> String {
    guard account.gramsMatched > 0 else { return "lifecycle grams unknown" }
    return SI.carbon(account.grams).joined + " lifecycle" + Self.part(account.gramsCoverage)
  }

  private func direct(_ account: GridAccount) -> String {
    guard let grams = account.directGrams else { return "direct grams unknown" }
    let what = facts.map { ", \($0.directWords)" } ?? ""
    return SI.carbon(grams).joined + " direct" + what + Self.part(account.directCoverage)
  }

  private static func part(_ share: Double) -> String {
    share < 0.995 ? " (of \(SI.percent(share)) % of the energy)" : ""
  }

  /// The grid and what its shares are of.
  private var ground: String? {
    let words = [
      isByIntervals ? live.map { "\($0.label), \(facts?.words ?? "basis not told")" } : nil,
      !isByIntervals || isAnnual ? held.map { "\($0.label), \($0.model)" } : nil,
    ].compactMap { $0 }.filter { !$0.isEmpty }
    return words.isEmpty ? nil : words.joined(separator: "; else ")
  }

  // MARK: Comparing

  /// One number of two runs, or why it is not compared.
  enum Difference {
    /// The value of the run, and of the baseline.
    case known(run: Double, baseline: Double)
    case unknown(because: String)

    var values: (run: Double, baseline: Double)? {
      if case .known(let run, let baseline) = self { (run, baseline) } else { nil }
    }
    var reason: String? {
      if case .unknown(let reason) = self { reason } else { nil }
    }
  }

  /// The renewable shares of both.
  func share(beside baseline: Self) -> Difference {
    difference(beside: baseline, of: \.shareTerms) { one in
      guard let account = one.account else { return .unknown(because: one.absence) }
      guard let share = account.renewableShare else {
        return .unknown(because: "no renewable share of the grid was recorded")
      }
      return .known(run: share, baseline: share)
    }
  }

  /// The low-carbon shares of both.
  func lowCarbon(beside baseline: Self) -> Difference {
    difference(beside: baseline, of: \.shareTerms) { one in
      guard let account = one.account, let share = account.lowCarbonShare else {
        return .unknown(because: "no low-carbon share of the grid was recorded")
      }
      return .known(run: share, baseline: share)
    }
  }

  /// The lifecycle grams of both.
  func grams(beside baseline: Self) -> Difference {
    difference(beside: baseline, of: \.lifecycleTerms) { one in
      guard let account = one.account, account.gramsMatched > 0 else {
        return .unknown(because: "no lifecycle intensity of the grid was recorded")
      }
      guard account.gramsCoverage >= Self.leastCoverage else {
        let part = SI.percent(account.gramsCoverage)
        return .unknown(because: "the intensity is known for only \(part) % of the energy")
      }
      return .known(run: account.grams, baseline: account.grams)
    }
  }

  /// The direct grams of both.
  func direct(beside baseline: Self) -> Difference {
    difference(beside: baseline, of: \.directTerms) { one in
      guard let grams = one.account?.directGrams else {
        return .unknown(
          because: "the direct intensity is not known for nine tenths of the energy")
      }
      return .known(run: grams, baseline: grams)
    }
  }

  private func difference(
    beside baseline: Self, of terms: (Self) -> Set<String>, _ value: (Self) -> Difference
  ) -> Difference {
    let (own, other) = (value(self), value(baseline))
    if let reason = own.reason { return .unknown(because: "of \(name) \(reason)") }
    if let reason = other.reason { return .unknown(because: "of \(baseline.name) \(reason)") }
    let (mine, theirs) = (terms(self), terms(baseline))
    guard !mine.contains(""), !theirs.contains("") else {
      let silent = mine.contains("") ? name : baseline.name
      return .unknown(because: "the grid of \(silent) does not tell what its numbers count")
    }
    guard mine == theirs else {
      func text(_ terms: Set<String>) -> String { terms.sorted().joined(separator: " and ") }
      return .unknown(
        because: "they count differently: \(name) \(text(mine)), \(baseline.name) \(text(theirs))")
    }
    guard let run = own.values?.run, let base = other.values?.baseline else {
      return .unknown(because: absence)
    }
    return .known(run: run, baseline: base)
  }

  /// Whether the bounds of both shares overlap; `nil` where either has none.
  func boundsOverlap(_ baseline: Self) -> Bool? {
    guard let own = account?.bounds, let other = baseline.account?.bounds else { return nil }
    return own.overlaps(other)
  }

  /// How the electricity of two runs differs, in one line.
  func sentence(beside baseline: Self) -> String {
    var parts = [
      points("renewable share", share(beside: baseline), boundsOverlap(baseline)),
      points("low-carbon share", lowCarbon(beside: baseline), nil),
      change("lifecycle grams", grams(beside: baseline)),
      change("direct grams", direct(beside: baseline)),
    ]
    if isAnnual || baseline.isAnnual {
      parts.append("a yearly mean is in it, in which no hour differs from another")
    }
    return sanitized("electricity, \(name) beside \(baseline.name): ")
      + sanitized(parts.joined(separator: "; ")) + "."
  }

  private func points(_ what: String, _ difference: Difference, _ overlap: Bool?) -> String {
    guard let (run, baseline) = difference.values else {
      return "\(what) not compared, because \(difference.reason ?? "")"
    }
    let doubt = overlap == true && run != baseline ? " (their bounds overlap)" : ""
    let points = (run - baseline) * 100
    if abs(points) < 0.05 { return "\(what) the same" + doubt }
    return "\(what) \(SI.fixed(abs(points), 1)) points \(points > 0 ? "higher" : "lower")" + doubt
  }

  private func change(_ what: String, _ difference: Difference) -> String {
    guard let (run, baseline) = difference.values else {
      return "\(what) not compared, because \(difference.reason ?? "")"
    }
    let both = "\(SI.carbon(run).joined) against \(SI.carbon(baseline).joined) in all"
    guard baseline > 0 else { return "\(what) \(both)" }
    let share = run / baseline - 1
    if abs(share) < 0.0005 { return "\(what) the same, \(both)" }
    return "\(what) \(SI.percent(abs(share))) % \(share > 0 ? "more" : "less"), \(both)"
  }
}
