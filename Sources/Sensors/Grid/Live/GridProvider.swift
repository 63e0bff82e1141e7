import Formats
import HTTP
import Quantities
import Telemetry

/// A service that says what a zone's electricity is made of: how it is asked and what its answers mean.
///
/// Nothing here asks: requests are values, and decoding is a pure function of bytes.
package protocol GridProvider: Sendable {
  /// What users call it: `energy-charts`.
  static var name: String { get }
  /// Its own name, for people: `Energy-Charts`.
  static var title: String { get }
  /// Where it is, unless the user names another place.
  static var base: String { get }
  /// What its numbers count.
  static var basis: GridFacts.Basis { get }
  /// What its direct grams are of.
  static var directBasis: GridFacts.Basis { get }
  /// By whose factors its lifecycle grams are counted.
  static var factors: String { get }
  /// By whose factors its direct grams are counted, where they hold more than fossil combustion.
  static var directFactors: String { get }
  /// Which question its intensities answer.
  static var signal: GridFacts.Signal { get }
  /// Under which terms its numbers may be shown, and how it is to be named.
  static var licence: String { get }
  /// Seconds between two new values.
  static var cadence: Double { get }
  /// The environment variable that holds its key; `nil` where it needs none.
  static var keyVariable: String? { get }
  /// Zones by example, for messages: `DE, FR, UK`.
  static var zones: String { get }

  /// Why a key cannot be one; `nil` where nothing speaks against it.
  static func flaw(ofKey key: String) -> String?

  /// Whether it knows a zone.
  static func covers(_ zone: String) -> Bool
  /// Whether it may be asked of a zone where the user names no service.
  static func isOffered(_ zone: String) -> Bool
  /// What is said beside its numbers.
  static func facts(_ zone: String, _ wishes: GridWishes) -> GridFacts
  /// The page that gives a token for the key, where pages are not asked for with the key itself.
  static func login(_ ask: GridAsk) -> GridRequest?
  /// What is to be asked now.
  static func requests(_ ask: GridAsk) -> [GridRequest]
  /// What an answer says.
  /// - Throws: `GridRefusal` where it says nothing that can be taken.
  static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer
}

extension GridProvider {
  package static var signal: GridFacts.Signal { .average }
  package static var keyVariable: String? { nil }
  package static var directBasis: GridFacts.Basis { basis }
  package static var factors: String { GridFactors.lifecycleName }
  package static var directFactors: String { "" }
  package static func flaw(ofKey key: String) -> String? { nil }
  package static func isOffered(_ zone: String) -> Bool { covers(zone) }
  package static func login(_ ask: GridAsk) -> GridRequest? { nil }

  package static func facts(_ zone: String, _ wishes: GridWishes) -> GridFacts {
    var facts = GridFacts(
      provider: title, zone: zone, basis: basis, signal: signal, licence: licence,
      cadence: cadence, directBasis: directBasis)
    facts.factors = factors
    facts.directFactors = directFactors
    return facts
  }

  /// Whether the user says where it is and what its values are.
  package static var isOwn: Bool { base.isEmpty }
}

/// Every service there is; adding one means adding a line.
package enum GridProviders {
  /// The services, in the order in which they are offered.
  package static let all: [any GridProvider.Type] = [
    EnergyCharts.self,
    RTEMix.self,
    CarbonIntensityGB.self,
    ElectricityMaps.self,
    EnergiDataService.self,
    OpenElectricity.self,
    EIA.self,
    WattTime.self,
    CSVGrid.self,
    JSONGrid.self,
  ]

  /// The service of that name.
  package static func named(_ name: String) -> (any GridProvider.Type)? {
    all.first { $0.name == name }
  }
}

/// What is to be known of a zone.
package struct GridAsk: Sendable, Hashable {
  /// The zone by the service's name.
  package var zone: String
  /// The time now.
  package var now: Timestamp
  /// How far back to ask, in seconds.
  package var back: Double
  /// The key or the token that was got for it, never shown; `nil` where there is none.
  package var key: String?
  /// What the user says of a source of their own.
  package var wishes = GridWishes()

  /// A question; by default for the last day.
  package init(
    zone: String, now: Timestamp, back: Double = 86_400, key: String? = nil,
    wishes: GridWishes = GridWishes()
  ) {
    (self.zone, self.now, self.back) = (zone, now, back)
    (self.key, self.wishes) = (key, wishes)
  }

  /// From when on to ask.
  package var start: Timestamp { now - back }
}

/// One page to be fetched.
package struct GridRequest: Sendable, Hashable {
  /// What the page tells.
  package enum Purpose: String, Sendable, Hashable, CaseIterable {
    case mix, intensity, forecast
    /// How the present stands among other times, in words.
    case index
    /// A token.
    case login
  }

  /// What the page tells.
  package var purpose: Purpose
  /// Path and query below the base, without anything secret.
  package var path: String
  /// More of the query that is never shown, such as `&api_key=…`.
  package var secretQuery = ""
  /// A header that is never shown, with its name.
  package var secretHeader: GridHeader?
  /// Who asks, by basic authentication; never shown.
  package var credentials: HTTPCredentials?
  /// What is asked for: the media type.
  package var accept = "application/json"
  /// The least seconds between two such requests.
  package var cadence: Double

  /// A page; an empty path is the base itself.
  package init(_ purpose: Purpose, _ path: String, cadence: Double) {
    (self.purpose, self.path, self.cadence) = (purpose, path, cadence)
  }
}

/// A header of a request; its value may be secret and is never printed.
package struct GridHeader: Sendable, Hashable, CustomStringConvertible {
  /// Its name.
  package var name: String
  /// Its value, which may be secret.
  package var value: String
  /// A header.
  package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  package var description: String { "\(name): \(Secrets.mask)" }
}

/// Times as the services write and want them, always UTC.
package enum GridStamp {
  /// A time with its zone, also without seconds (`2018-01-20T12:00Z`).
  package static func time(_ text: String?) -> Timestamp? {
    guard var text else { return nil }
    let bytes = Array(text.utf8)
    if bytes.count > 16, bytes[13] == 0x3A, bytes[16] != 0x3A {
      text = String(decoding: bytes[..<16] + Array(":00".utf8) + bytes[16...], as: UTF8.self)
    }
    return RFC3339.nanoseconds(text.utf8).map(Timestamp.init(nanoseconds:))
  }

  /// `2026-11-23T20:00Z`.
  package static func minutes(_ time: Timestamp) -> String { day(time) + "T" + clock(time) + "Z" }

  /// `2026-11-23T20:00:00Z`, to the whole minute.
  package static func seconds(_ time: Timestamp) -> String {
    day(time) + "T" + clock(time) + ":00Z"
  }

  /// `2026-11-23T20`.
  package static func hour(_ time: Timestamp) -> String { day(time) + "T" + clock(time).prefix(2) }

  /// `2026-11-23`.
  package static func day(_ time: Timestamp) -> String {
    let date = CivilDate(
      daysSince1970: Int(time.nanoseconds.flooredQuotient(by: 86_400_000_000_000)))
    return "\(date.year)-\(two(date.month))-\(two(date.day))"
  }

  private static func clock(_ time: Timestamp) -> String {
    let minute = Int(time.nanoseconds.flooredQuotient(by: 60_000_000_000)).flooredRemainder(
      by: 1440)
    return "\(two(minute / 60)):\(two(minute % 60))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
