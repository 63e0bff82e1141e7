import Telemetry

/// A source that reads files a job writes; it can follow them and read finished ones.
protocol JobFileSource: DataSource {
  /// Whether all that was there at the last look has been read.
  var isAtEnd: Bool { get }
  /// Reads all there is with every row it has, also of those whose time nobody knows.
  /// - Throws: `SourceFailure` when there is nothing to read.
  mutating func readHistory(_ clock: any SessionClock) throws(SourceFailure) -> [Observation]
  /// Hears that all there is will be read at once, before anything is.
  mutating func expectWhole()
  /// Says what was kept until more was known: nothing more comes.
  mutating func finish(_ clock: any SessionClock) -> [Observation]
}

extension JobFileSource {
  mutating func expectWhole() {}
  mutating func finish(_ clock: any SessionClock) -> [Observation] { [] }

  mutating func readHistory(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    expectWhole()
    let read = try readAll(clock)
    return read + finish(clock)
  }

  /// Reads all there is, as a source tells it: of rows without a time only the last state.
  /// - Throws: `SourceFailure` when there is nothing to read.
  mutating func readAll(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var result = try sample(clock)
    while !isAtEnd { result += try sample(clock) }
    return result
  }
}
