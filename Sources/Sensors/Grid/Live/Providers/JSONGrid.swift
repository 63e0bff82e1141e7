import Formats
import Quantities
import Telemetry

/// Any page of JSON in which the user names the places of the values (RFC 6901), their units and, where
/// it stands there, the time from which on they hold.
///
/// A value without a time is of when it was asked for, and estimated: nobody knows how old it is.
package enum JSONGrid: GridProvider {
  package static let name = "json"
  package static let title = "JSON"
  package static let base = ""
  package static let basis = GridFacts.Basis.unknown
  package static let licence = ""
  package static let cadence = 900.0
  package static let zones = "whatever the page is of"

  package static func covers(_ zone: String) -> Bool { true }
  package static func isOffered(_ zone: String) -> Bool { false }

  package static func facts(_ zone: String, _ wishes: GridWishes) -> GridFacts {
    wishes.facts(zone, title: title, cadence: cadence)
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    [ask.wishes.request(ask, cadence: cadence)]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    let wishes = ask.wishes
    let length = wishes.interval ?? wishes.every ?? cadence
    var start = ask.now
    if let pointer = wishes.time {
      guard let told = pointer.value(in: page) else {
        throw .shape("there is no time at \(pointer)")
      }
      guard let stamp = time(told, wishes.zone) else {
        throw .shape("what stands at \(pointer) is no time with its zone; say time_zone")
      }
      start = stamp
      if let most = wishes.maxAge, ask.now - stamp > most {
        throw .old("it is of \(GridStamp.minutes(stamp))")
      }
    }
    var interval = GridInterval(
      start: start, seconds: length, quality: wishes.time == nil ? .estimated : .measured)
    for (metric, place) in wishes.places {
      guard let value = place.pointer.value(in: page) else {
        throw .shape("there is nothing at \(place.pointer)")
      }
      do throws(SourceFailure) {
        interval[metric] = try value.meterNumber("what stands at \(place.pointer)").map {
          $0 * place.factor
        }
      } catch {
        throw .shape(Secrets.masked(error.message))
      }
    }
    guard !interval.values.isEmpty else { throw .empty }
    return GridAnswer([interval])
  }

  /// A time as text, or as seconds or milliseconds since 1970.
  private static func time(_ value: JSONValue, _ zone: TimeZoneRule?) -> Timestamp? {
    if let text = value.text {
      if let time = GridStamp.time(text) { return time }
      if let zone, let shown = GridStamp.time(text + "Z") {
        let local = shown.nanoseconds.flooredQuotient(by: 1_000_000_000)
        let fitting = zone.times(showing: local).filter { $0 + Int64(zone.offset(at: $0)) == local }
        return fitting.count == 1 ? Timestamp(seconds: Double(fitting[0])) : nil
      }
    }
    // Seconds reach this number in the year 5138, milliseconds did in 1973.
    return value.quantity.flatMap { number in
      guard 0...1e14 ~= number else { return nil }
      return Timestamp(seconds: number >= 1e11 ? number / 1000 : number)
    }
  }
}
