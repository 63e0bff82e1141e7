import Formats
import Telemetry

/// A table of the user's own, in a file or behind a URL, read again when it changes (`GridTable`).
///
/// What counts as measured must be told by its column `forecast`: without one the past is estimated and
/// the future forecast.
package enum CSVGrid: GridProvider {
  package static let name = "csv"
  package static let title = "CSV"
  package static let base = ""
  package static let basis = GridFacts.Basis.unknown
  package static let licence = ""
  package static let cadence = 60.0
  package static let zones = "whatever the table is of"

  package static func covers(_ zone: String) -> Bool { true }
  package static func isOffered(_ zone: String) -> Bool { false }

  package static func facts(_ zone: String, _ wishes: GridWishes) -> GridFacts {
    wishes.facts(zone, title: title, cadence: 900)
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    var request = ask.wishes.request(ask, cadence: cadence)
    request.accept = "text/csv, text/plain, */*"
    return [request]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable("it is not UTF-8")
    }
    guard let first = text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) else {
      throw .empty
    }
    if "<{[".contains(first) { throw .unreadable("it is no CSV") }
    let table: GridTable
    do throws(GridTable.Problem) {
      table = try GridTable(text, zone: ask.wishes.zone)
    } catch {
      throw .unreadable(error.description)
    }
    guard !table.isDaily else {
      throw .shape("a time of day is of no day; write dates, such as 2026-11-29T08:00Z")
    }
    var gathering = GridGathering()
    for (row, span) in table.dated {
      gathering.take { () throws(GridRefusal) in
        let isAhead = row.isForecast ?? (span.start > ask.now)
        let told: GridStatement.Quality = row.isForecast == nil ? .estimated : .measured
        var interval = GridInterval(
          start: span.start, seconds: span.seconds, quality: isAhead ? .forecast : told)
        for (metric, value) in row.values {
          let isMarginal = ask.wishes.signal == .marginal && metric == .carbonIntensity
          interval[isMarginal ? .marginalIntensity : metric] = value
        }
        return interval
      }
    }
    let answer = try gathering.answer(table.remarks.joined(separator: "; "))
    let isMarginal = answer.intervals.allSatisfy { interval in
      interval.values.keys.allSatisfy { $0 == .marginalIntensity }
    }
    guard !isMarginal || ask.wishes.signal == .marginal else {
      throw .shape("it tells marginal values alone; say signal = \"marginal\"")
    }
    return answer
  }
}
