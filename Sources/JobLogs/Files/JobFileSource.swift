import Telemetry

/// A source that reads files a job writes; it can follow them and read finished ones.
protocol JobFileSource: DataSource {
  /// Whether all that was there at the last look has been read.
  var isAtEnd: Bool { get }
}

extension JobFileSource {
  /// Reads all there is: what an import does with finished files.
  /// - Throws: `SourceFailure` when there is nothing to read.
  mutating func readAll(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var result = try sample(clock)
    while !isAtEnd { result += try sample(clock) }
    return result
  }
}
