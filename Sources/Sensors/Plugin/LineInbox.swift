import Formats
import Telemetry

/// Takes bytes from a sensor and gives out what its lines say; a bad line is named once.
struct LineInbox {
  private let source: String
  private var splitter = LineSplitter(cap: JSONLineDecoder.longestLine, splitsAtReturns: false)
  private var decoder: JSONLineDecoder
  private var isBadLineNamed = false
  /// How many lines were not understood.
  private(set) var badLines = 0
  /// Why no further line can be understood, once that is so.
  private(set) var failure: SourceFailure?

  init(machine: String, source: String) {
    self.source = source
    decoder = JSONLineDecoder(machine: machine, source: source)
  }

  /// Takes bytes and appends what the lines completed by them say.
  mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ now: Timestamp, into result: inout [Observation]
  ) {
    var splitter = splitter
    splitter.feed(bytes) { line, isCut in take(line, isCut, now, &result) }
    self.splitter = splitter
  }

  /// Takes the last line, which has no end.
  mutating func finish(_ now: Timestamp, into result: inout [Observation]) {
    var splitter = splitter
    splitter.finish { line, isCut in take(line, isCut, now, &result) }
    self.splitter = splitter
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ isCut: Bool, _ now: Timestamp,
    _ result: inout [Observation]
  ) {
    guard failure == nil else { return }
    if isCut {
      decoder.skipLine()
      reject(
        JSONLineError(line: decoder.lineCount, message: "longer than 1 MiB", isFinal: false), now,
        &result)
      return
    }
    do throws(JSONLineError) {
      result += try decoder.decode(line, arrival: now)
    } catch {
      reject(error, now, &result)
    }
  }

  private mutating func reject(
    _ error: JSONLineError, _ now: Timestamp, _ result: inout [Observation]
  ) {
    badLines += 1
    if error.isFinal {
      failure = SourceFailure(.failed, "\(source): \(error)", isFinal: true)
    } else if !isBadLineNamed {
      isBadLineNamed = true
      let text = "\(source): \(error); such lines are passed over"
      result.append(.event(Event(time: now, kind: .note, text: text)))
    }
  }
}
