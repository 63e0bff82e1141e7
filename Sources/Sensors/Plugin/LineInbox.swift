import Formats
import Telemetry

/// Takes bytes from a sensor and gives out what its lines say.
///
/// The first bad line is named, and the first that goes beyond each bound or speaks of a time that
/// cannot be; all others are counted.
struct LineInbox {
  private let source: String
  private var splitter = LineSplitter(cap: JSONLineDecoder.longestLine, splitsAtReturns: false)
  private var decoder: JSONLineDecoder
  private var gate: TimeGate
  private var zeroPowers: [DeviceID: ZeroPowerCheck] = [:]
  private var isBadLineNamed = false
  private var excessLines = 0
  private var namedLimits: Set<JSONLineDecoder.Limit> = []
  /// How many lines were not understood.
  private(set) var badLines = 0
  /// Why no further line can be understood, once that is so.
  private(set) var failure: SourceFailure?

  init(machine: String, source: String, clock: TimeGate.Clock = .ours) {
    self.source = source
    gate = TimeGate(clock)
    decoder = JSONLineDecoder(machine: machine, source: source)
  }

  /// Begins anew with the first line of another stream of the same sensor.
  ///
  /// What it may make us keep is counted on, and what was said once is not said again.
  mutating func restart() {
    splitter.reset()
    decoder.restart()
    failure = nil
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
    gate.finish(into: &result)
    say(gate.refusal(line: decoder.lineCount), now, &result)
    let refused = gate.refused + excessLines
    if refused > 1 {
      let text = "\(source): \(refused) lines were refused in all"
      result.append(.event(Event(time: now, kind: .note, text: text, cause: .refused)))
    }
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
      var admitted: [Observation] = []
      gate.admit(try decoder.decode(line, arrival: now), at: now, into: &admitted)
      for observation in admitted { check(observation, &result) }
      say(gate.refusal(line: decoder.lineCount), now, &result)
    } catch {
      reject(error, now, &result)
    }
  }

  /// Passes on what was said, without watts of an accelerator that cannot be.
  private mutating func check(_ observation: Observation, _ result: inout [Observation]) {
    guard case .reading(var reading) = observation, reading.device.kind == .gpu,
      zeroPowers[reading.device] != nil || zeroPowers.count < 1024
    else {
      result.append(observation)
      return
    }
    let refusal = zeroPowers[reading.device, default: ZeroPowerCheck()].take(&reading)
    if !reading.isEmpty { result.append(.reading(reading)) }
    if let refusal { result.append(.event(refusal)) }
  }

  private mutating func reject(
    _ error: JSONLineError, _ now: Timestamp, _ result: inout [Observation]
  ) {
    badLines += 1
    if error.isFinal {
      failure = SourceFailure(.failed, "\(source): \(error)", isFinal: true)
    } else if let limit = error.limit {
      excessLines += 1
      guard namedLimits.insert(limit).inserted else { return }
      say("\(error) are not kept; the rest is passed over", now, &result)
    } else if !isBadLineNamed {
      isBadLineNamed = true
      let text = "\(source): \(error); such lines are passed over"
      result.append(.event(Event(time: now, kind: .note, text: text)))
    }
  }

  private func say(_ words: String?, _ now: Timestamp, _ result: inout [Observation]) {
    guard let words else { return }
    let text = "\(source): \(words)"
    result.append(.event(Event(time: now, kind: .note, text: text, cause: .refused)))
  }
}
