import Telemetry

/// What a store answered: series with their labels and points, as they came and no more of them than was
/// allowed.
///
/// Only the labels that were asked for are kept, in the order they were asked for in; one that a series
/// lacks is empty. All points lie in one array.
package struct PromAnswer: Sendable {
  /// One value at a time.
  package struct Point: Sendable, Hashable {
    /// Milliseconds since 1970.
    package var time: Int64
    /// The value, which is finite.
    package var value: Double
  }

  /// One series of the answer.
  package struct Series: Sendable {
    /// The values of the labels that were asked for.
    package var labels: [String]
    /// Where its points lie among those of the answer.
    package var points: Range<Int>
  }

  /// The series in their order.
  package var series: [Series] = []
  /// The points of all series.
  package var points: [Point] = []
  /// What the store says it could not look at, such as a part of it that is away; its first words.
  package var warning: String?

  /// What the store's clock said when it answered; `nil` where it did not say.
  package var date: Timestamp?
  /// Seconds from the question to the end of the answer.
  package var seconds = 0.0

  /// An answer without series.
  package init() {}

  /// The newest value of a series; `nil` where it has none.
  package func last(_ series: Series) -> Point? {
    series.points.isEmpty ? nil : points[series.points.upperBound - 1]
  }
}

/// How much of an answer is taken: beyond it the question was wrong, and the answer is refused.
package struct PromLimits: Sendable, Hashable {
  /// Bytes of an answer.
  package var bytes = 32 << 20
  /// Series of an answer.
  package var series = 100_000
  /// Points of an answer.
  package var points = 1_000_000
  /// Bytes of a label.
  package var label = 200

  /// The usual limits.
  package init() {}
}
