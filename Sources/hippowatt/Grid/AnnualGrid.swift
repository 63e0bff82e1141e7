import Quantities
import Sensors
import Telemetry

/// The yearly mean of a country's electricity, laid over a span of the past.
enum AnnualGrid {
  /// The grid of a country as it is announced and read, held from the start of a span to its end.
  /// - Throws: `SourceFailure` where there are no numbers for the country.
  static func observations(
    of country: String, over span: TimeSpan
  ) throws(SourceFailure) -> [Observation] {
    var source = GridSource(country: country, timeZone: nil)
    let said = try source.sample(FixedClock(span.start))
    var result: [Observation] = []
    for observation in said {
      switch observation {
      case .series(let descriptor):
        // It is a constant: said once it holds over the whole span.
        var descriptor = descriptor
        descriptor.provenance.period = max(descriptor.provenance.period, span.seconds)
        result.append(.series(descriptor))
      case .reading(var reading):
        result.append(observation)
        reading.time = span.end
        if span.seconds > 0 { result.append(.reading(reading)) }
      // Of the past no source is well or ill.
      case .state: break
      default: result.append(observation)
      }
    }
    return result
  }
}
