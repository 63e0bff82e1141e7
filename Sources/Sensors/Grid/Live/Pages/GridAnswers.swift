import Telemetry

/// What came of the last questions of a live grid, for people.
package struct GridAnswers: Sendable, Hashable {
  /// Page by page what came of it; empty where nothing was due.
  package var outcomes: [String] = []
  /// Page by page that was not due when it is asked for next, and why the last question failed.
  package var waits: [String] = []
  /// What is to be said of the forecast; empty where nothing is.
  package var forecastRemark = ""
  /// Whether the cache keeps what was said now.
  package var isKept = false
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
