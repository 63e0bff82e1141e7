import Quantities

/// An energy that an account or a user may take in some days.
public struct EnergyBudget: Sendable, Hashable {
  /// Whose it is.
  public enum Owner: String, Sendable, Hashable, CaseIterable {
    case account, user
  }

  /// Whether an account or a user may take it.
  public var owner: Owner
  /// The name of the account or the user.
  public var name: String
  /// The energy, in joules.
  public var joules: Double
  /// In how many days.
  public var days: Int

  /// Reads `account=team-a=500kWh` or `user=ada=20kWh`; `nil` for anything else.
  public init?(text: String, days: Int) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 3, let owner = Owner(rawValue: String(parts[0])), !parts[1].isEmpty,
      parts[1].utf8.count <= 100,
      parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }),
      let unit = [("kWh", 3.6e6), ("MWh", 3.6e9)].first(where: { parts[2].hasSuffix($0.0) }),
      let amount = Double(parts[2].dropLast(3)), amount > 0, amount.isFinite
    else { return nil }
    self.owner = owner
    name = String(parts[1])
    joules = amount * unit.1
    self.days = days
  }

  /// Seconds between two evaluations: what is added up reaches over days.
  static let step = 300

  /// An alert for each budget at four fifths and at all of it.
  static func groups(_ budgets: [EnergyBudget]) -> [PrometheusRuleGroup] {
    guard !budgets.isEmpty else { return [] }
    return [
      PrometheusRuleGroup(
        name: "hippowatt-budgets", interval: step, rules: budgets.flatMap(\.alerts))
    ]
  }

  private var alerts: [PrometheusRule] {
    let label = owner.rawValue
    // Of all that was taken and not of steps that were recorded, whose sum depends on how often they were.
    let taken =
      "sum by (\(label)) (increase(\(ExportedMetric.jobEnergy.name)[\(days)d]) * "
      + "on (instance, job_id) group_left (\(label)) max by (instance, job_id, \(label)) "
      + "(last_over_time(\(ExportedMetric.jobInfo.name){\(label)=\"\(name)\"}[\(days)d])))"
    let whose = "\(owner.rawValue) \(name)"
    let amount = SI.energy(joules).joined
    let rules: [PrometheusRule] = [
      .alert(
        "BudgetNearlyTaken", for: 0, severity: .info, "\(taken) > \(Self.text(0.8 * joules))",
        summary: "\(whose) has taken four fifths of \(amount) in \(days) days",
        "It has taken {{ $value | humanize }}J."),
      .alert(
        "BudgetTaken", for: 0, severity: .warning, "\(taken) > \(Self.text(joules))",
        summary: "\(whose) has taken more than \(amount) in \(days) days",
        "It has taken {{ $value | humanize }}J."),
    ]
    return rules.map { rule in
      var rule = rule
      // Two budgets have alerts of one name, which only this tells apart before they are raised.
      rule.labels = [owner.rawValue: name]
      return rule
    }
  }

  private static func text(_ joules: Double) -> String { MetricPage.number(joules) }
}
