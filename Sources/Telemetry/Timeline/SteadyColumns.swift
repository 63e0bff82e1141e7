import Quantities

/// Equal columns around a span that stay where they are while the span grows.
///
/// Their width is a millisecond, doubled as often as it has to be, and they begin at whole multiples of it
/// since 1970. A second later nearly all of them are what they were, so that what is known of them is known
/// still; the columns of a chart over a growing span all move.
public struct SteadyColumns: Equatable, Sendable {
  /// From the first column's start to the last one's end; it holds the span they were made for.
  public let span: TimeSpan
  /// How many there are, at most what was asked for.
  public let count: Int

  /// The columns of a span, `most` of them at most and, but for spans of milliseconds, more than half of that.
  public init(over span: TimeSpan, most: Int) {
    let (start, end) = (span.start.nanoseconds, max(span.start, span.end).nanoseconds)
    var width: Int64 = 1_000_000
    func count() -> Int64 {
      end.flooredQuotient(by: width) - start.flooredQuotient(by: width) + 1
    }
    while count() > Int64(max(2, most)), width < .max / 4 { width *= 2 }
    let first = start.saturatingSubtract(start.flooredRemainder(by: width))
    let last = end.saturatingSubtract(end.flooredRemainder(by: width))
    self.span = TimeSpan(
      Timestamp(nanoseconds: first), Timestamp(nanoseconds: last.saturatingAdd(width)))
    self.count = Int(count())
  }

  /// Means of these columns as means of `columns` equal parts of another span.
  ///
  /// Each counts as much as it lies in a part; a part of which nothing is known is `nil`.
  public func resampled(_ means: [Double?], to other: TimeSpan, columns: Int) -> [Double?] {
    let width = span.seconds / Double(count)
    guard columns > 0, width > 0, means.count == count else { return [] }
    // In columns from here on.
    let start = (other.start - span.start) / width
    let part = other.seconds / width / Double(columns)
    return (0..<columns).map { column in
      let from = max(0, start + Double(column) * part)
      let to = min(Double(count), start + Double(column + 1) * part)
      guard from < to else { return nil }
      var (sum, known) = (0.0, 0.0)
      for index in Int(from)...min(count - 1, Int(to)) {
        guard let mean = means[index] else { continue }
        let overlap = min(to, Double(index + 1)) - max(from, Double(index))
        guard overlap > 0 else { continue }
        sum += mean * overlap
        known += overlap
      }
      return known > 1e-6 * part ? sum / known : nil
    }
  }
}
