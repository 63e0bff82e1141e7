import Telemetry

/// What came of the last questions of a live grid, for people.
package struct GridAnswers: Sendable, Hashable {
  /// Page by page what came of it; empty where nothing was due.
  package var outcomes: [String] = []
  /// Whether any page gave values.
  package var hasAnswered = false
  /// Seconds since what the cache kept at the start was said; `nil` where it kept nothing.
  package var cacheAge: Double?
  /// The file of the cache; `nil` for none.
  package var cachePath: String?

  init() {}

  /// The account of a source; `nil` for one that is no live grid.
  package init?(_ source: any DataSource, now: Timestamp) {
    guard let source = source as? LiveGridSource else { return nil }
    self = source.account(now)
  }
}
