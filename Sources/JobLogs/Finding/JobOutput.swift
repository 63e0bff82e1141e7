import Formats
import Telemetry

/// What a job that one has started prints, on its standard output and its standard error.
///
/// Both are of one job: a bar of progress on the one and the losses on the other belong together. Each
/// is cut into lines by itself, since a line of one may be torn by what the other says meanwhile.
public struct JobOutput: Sendable {
  /// One of the two streams that a program prints to.
  public enum Stream: Int, Sendable, CaseIterable {
    case output, error
  }

  private var parser: LogParser
  private var splitters = [LineSplitter](repeating: LineSplitter(), count: Stream.allCases.count)

  /// The last lines of both, in the order of their arrival, in two halves.
  private var last: (older: [UInt8], newer: [UInt8]) = ([], [])
  private var hasSpoken = false

  /// The output of the job that `parser` makes rows of.
  public init(_ parser: LogParser) { self.parser = parser }

  /// Takes bytes of one stream and returns what they say.
  public mutating func consume(
    _ bytes: [UInt8], from stream: Stream, arrival: Timestamp
  ) -> [Observation] {
    var splitter = splitters[stream.rawValue]
    bytes.withUnsafeBufferPointer { bytes in
      splitter.feed(bytes) { line, isCut in take(line, isCut: isCut, arrival: arrival) }
    }
    splitter.peekBar { line, isCut in parser.take(line, isCut: isCut, arrival: arrival) }
    splitters[stream.rawValue] = splitter
    return flush(arrival: arrival)
  }

  /// Reads the last lines, which had no end: the job has ended.
  public mutating func finish(arrival: Timestamp) -> [Observation] {
    for stream in Stream.allCases {
      var splitter = splitters[stream.rawValue]
      splitter.finish { line, isCut in take(line, isCut: isCut, arrival: arrival) }
      splitters[stream.rawValue] = splitter
    }
    parser.releaseWaiting(arrival, redrawn: nil)
    return flush(arrival: arrival)
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, isCut: Bool, arrival: Timestamp
  ) {
    parser.take(line, isCut: isCut, arrival: arrival)
    if last.newer.count + line.count > LogEnding.length { last = (last.newer, []) }
    last.newer += line.suffix(LogEnding.length)
    last.newer.append(0x0A)
  }

  private mutating func flush(arrival: Timestamp) -> [Observation] {
    let said = parser.flush(arrival: arrival)
    if !hasSpoken { hasSpoken = said.contains { if case .device = $0 { true } else { false } } }
    return said
  }

  /// What there is to say of how the job ended, by its exit status as a shell gives it.
  ///
  /// `isOurs` says that it was this program that ended it.
  public func ending(status: Int32, isOurs: Bool, at time: Timestamp) -> Event {
    var ending = LogEnding.of(last.older + last.newer)
    switch (ending, status) {
    case (.crashed, 1...), (.cancelled, 1...): break
    case (_, 0): ending = .finished
    case (_, 129...):
      let signal = LogEnding.signal(Int(status) - 128)
      ending =
        isOurs
        ? .cancelled("by hippowatt: its time was up, or it was asked to end")
        : ["SIGTERM", "SIGINT", "SIGHUP"].contains(signal)
          ? .cancelled("by \(signal)") : .crashed(signal)
    default: ending = .crashed("exit code \(status)")
    }
    let known = ending ?? .unknown
    return Event(
      time: time, kind: .note, text: known.words, device: hasSpoken ? parser.device : nil,
      cause: known.cause)
  }

  /// Takes up what is known of the job from elsewhere, under the keys of a job's attributes.
  public mutating func know(_ facts: [String: String]) { parser.know(facts) }
}
