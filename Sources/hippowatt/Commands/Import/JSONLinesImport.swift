import Formats
import Recordings
import Sensors
import Telemetry

/// The program's own lines, as `record -o -` writes them or a sensor of one's own does, saved to a
/// file.
struct JSONLinesImport {
  /// What the lines say.
  private(set) var observations: [Observation] = []
  /// Lines that say nothing, in words; `nil` where there are none.
  private(set) var loss: String?

  /// A time that no line states: who leaves it out is known by it.
  private static let untold = Timestamp(nanoseconds: .min)
  private static let words = ["hippowatt", "reading", "device", "series", "event", "state"]

  /// Whether the first line of a text is one of ours.
  static func recognises(_ bytes: [UInt8]) -> Bool {
    PowerLogText(bytes).head(1).first.map(isOurs) ?? false
  }

  /// Reads a text.
  ///
  /// - Throws: `Failure` where no line can be read.
  init(_ bytes: [UInt8], machine: String, path: String) throws(Failure) {
    let text = PowerLogText(bytes)
    var decoder = JSONLineDecoder(machine: machine, source: "import")
    var broken = 0
    var fault: (line: Int, words: String)?
    var isHopeless = false
    // Series that no line describes: how often they speak is seen when all is read.
    var implied: [(place: Int, descriptor: SeriesDescriptor)] = []
    var times: [DeviceID: [Timestamp]] = [:]
    text.forEachLine { line in
      guard !line.isBlank else {
        decoder.skipLine()
        return true
      }
      do throws(JSONLineError) {
        let found = try decoder.decode(line.bytes, arrival: Self.untold)
        let readings = found.compactMap {
          if case .reading(let reading) = $0 { reading } else { nil }
        }
        guard found.allSatisfy(Self.hasTime) else {
          broken += 1
          fault = fault ?? (line.number, "it has no “time”")
          return true
        }
        for reading in readings { times[reading.device, default: []].append(reading.time) }
        for observation in found {
          if case .series(let descriptor) = observation, !readings.isEmpty {
            implied.append((observations.count, descriptor))
          }
          observations.append(Self.arrived(observation))
        }
      } catch {
        broken += 1
        fault = fault ?? (line.number, error.message)
        isHopeless = error.isFinal
        if isHopeless { return false }
      }
      return true
    }
    for (place, descriptor) in implied {
      var descriptor = descriptor
      descriptor.provenance.period = (times[descriptor.device] ?? []).sorted().usualPeriod
      observations[place] = .series(descriptor)
    }
    if let fault {
      let words = "line \(fault.line): \(fault.words)"
      guard !observations.isEmpty, !isHopeless else { throw Failure("\(path): \(words)") }
      loss =
        "\(broken) line\(broken == 1 ? "" : "s") left out, \(broken == 1 ? "" : "the first is ")"
        + words
    }
  }

  private static func isOurs(_ line: String) -> Bool {
    Array(line.utf8).withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      var isFirst = true
      guard (try? scanner.beginObject()) != nil, let key = try? scanner.nextKey(&isFirst),
        let word = try? scanner.text(key, cap: 16)
      else { return false }
      // Ours say the rest in an object; “event” begins the lines of many a logger.
      return words.contains(word) && (word == "hippowatt" || (try? scanner.beginObject()) != nil)
    }
  }

  private static func hasTime(_ observation: Observation) -> Bool {
    switch observation {
    case .device, .series: true
    case .reading(let reading): reading.time != untold
    case .grid: true
    case .event(let event): event.time != untold
    case .state(let state): state.time != untold
    }
  }

  /// A reading of which nobody says when it arrived has done so at its time.
  private static func arrived(_ observation: Observation) -> Observation {
    guard case .reading(var reading) = observation, reading.arrival == untold else {
      return observation
    }
    reading.arrival = reading.time
    return .reading(reading)
  }
}
