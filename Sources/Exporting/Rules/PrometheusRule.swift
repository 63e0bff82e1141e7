/// A rule that a store of time series evaluates by itself: a series of its own, or an alert.
public struct PrometheusRule: Sendable, Hashable {
  /// What comes of the rule.
  public enum Kind: Sendable, Hashable {
    /// A series under this name.
    case record(String)
    /// An alert of this name that must hold for some seconds, with a severity and what is said of it.
    case alert(String, hold: Int, severity: Severity, summary: String, description: String)
  }

  /// How urgent an alert is: the words that alert managers are mostly set up for.
  public enum Severity: String, Sendable, Hashable {
    case info, warning, critical
  }

  /// What comes of the rule.
  public var kind: Kind
  /// The expression in PromQL.
  public var expression: String
  /// Labels of an alert beside its severity, where the expression does not give them.
  public var labels: [String: String] = [:]

  static func record(_ name: String, _ expression: String) -> Self {
    Self(kind: .record(name), expression: expression)
  }

  static func alert(
    _ name: String, for hold: Int, severity: Severity = .warning, _ expression: String,
    summary: String, _ description: String
  ) -> Self {
    Self(
      kind: .alert(
        "Hippowatt" + name, hold: hold, severity: severity, summary: summary,
        description: description),
      expression: expression)
  }
}

/// Rules that are evaluated together, one after another.
public struct PrometheusRuleGroup: Sendable, Hashable {
  /// What it is called.
  public var name: String
  /// Seconds between two evaluations; `nil` for the store's own.
  public var interval: Int?
  /// Its rules; later ones may use the series of earlier ones.
  public var rules: [PrometheusRule]
}
