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

  /// The output of the job that `parser` makes rows of.
  public init(_ parser: LogParser) { self.parser = parser }

  /// Takes bytes of one stream and returns what they say.
  public mutating func consume(
    _ bytes: [UInt8], from stream: Stream, arrival: Timestamp
  ) -> [Observation] {
    bytes.withUnsafeBufferPointer { bytes in
      splitters[stream.rawValue].feed(bytes) { line, isCut in
        parser.take(line, isCut: isCut, arrival: arrival)
      }
    }
    return parser.flush(arrival: arrival)
  }

  /// Reads the last lines, which had no end: the job has ended.
  public mutating func finish(arrival: Timestamp) -> [Observation] {
    for stream in Stream.allCases {
      splitters[stream.rawValue].finish { line, isCut in
        parser.take(line, isCut: isCut, arrival: arrival)
      }
    }
    return parser.flush(arrival: arrival)
  }

  /// Takes up what is known of the job from elsewhere, under the keys of a job's attributes.
  public mutating func know(_ facts: [String: String]) { parser.know(facts) }
}
