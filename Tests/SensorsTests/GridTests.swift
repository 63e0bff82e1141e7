import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Sensors

@Suite struct GridTests {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  @Test func franceAsTheUserNamedIt() throws {
    var source = GridSource(country: "fra", timeZone: "America/New_York")
    let heard = try source.sample(FixedClock(Self.start))
    let device = try #require(heard.devices.first)
    #expect(device.id == DeviceID(machine: "", kind: .grid, name: "FR"))
    #expect(device.label == "France")
    #expect(!device.model.contains("guessed"))
    let reading = try #require(heard.readings.first)
    // Our World in Data, 2025: 5.6 + 7.75 + 10.45 + 1.94 + 0.1 % renewable, 68.99 % nuclear.
    #expect(reading[.renewableShare] == 0.2584)
    #expect(reading[.lowCarbonShare] == 0.9483)
    #expect(reading[.carbonIntensity] == 44.2)
    #expect(reading[.nuclearShare] == 0.6899)
    #expect(AnnualMix.fuels.compactMap { reading[$0] }.count == 9)
    for series in heard.series {
      #expect(series.provenance.method == .annual)
      #expect(series.provenance.note.contains("2025, provisional; intensity of 2024"))
      #expect(series.provenance.note.contains("CC BY 4.0"))
    }
  }

  @Test func aGuessFromTheTimeZoneSaysSo() throws {
    var source = GridSource(country: nil, timeZone: "Europe/Paris")
    let heard = try source.sample(FixedClock(Self.start))
    #expect(heard.devices.first?.id.name == "FR")
    #expect(heard.devices.first?.model.hasSuffix("guessed from the time zone Europe/Paris") == true)
    #expect(source.probe().message.contains("guessed from the time zone Europe/Paris"))
    #expect(source.probe().health == .ok)
    #expect(heard.series.allSatisfy { $0.provenance.note.contains("guessed") })
  }

  @Test(arguments: [
    ("Asia/Calcutta", "IN"), ("America/Argentina/Buenos_Aires", "AR"), ("US/Eastern", "US"),
    ("GB", "GB"), ("NZ", "NZ"), ("America/Indiana/Knox", "US"), ("Iceland", "IS"),
    ("Atlantic/Reykjavik", "IS"), ("Africa/Asmera", "ER"), ("Europe/Amsterdam", "NL"),
    ("Etc/UTC", nil), ("UTC", nil), ("CET", nil), ("Mars/Olympus", nil), ("", nil),
  ]) func zonesAndTheirCountries(zone: String, country: String?) {
    #expect(TimeZoneCountry.code(of: zone) == country)
  }

  @Test(arguments: [nil, "Etc/UTC", "Nowhere/At_All", "Europe/Monaco"])
  func withoutACountryNothingIsSaid(zone: String?) {
    var source = GridSource(country: nil, timeZone: zone)
    let failure = #expect(throws: SourceFailure.self) { try source.sample(FixedClock(Self.start)) }
    #expect(failure?.health == .absent)
    #expect(failure?.message.hasPrefix("no ") == true)
    #expect(failure?.remedy.contains("country = \"FR\"") == true)
  }

  @Test func repeatsItselfEveryFiveMinutes() throws {
    var source = GridSource(country: "DE", timeZone: nil)
    var times: [Double] = []
    for second in 0..<1200 {
      let heard = try source.sample(FixedClock(Self.start + Double(second)))
      if second > 0 { #expect(heard.devices.isEmpty) }
      if !heard.readings.isEmpty { times.append(Double(second)) }
    }
    #expect(times.count == 5)
    #expect(times[1] == 295)
  }

  @Test func everyRowOfTheTableAddsUp() {
    let rows = AnnualMix.table.split(separator: "\n")
    #expect(rows.count == 216)
    for row in rows {
      guard let mix = AnnualMix(row: row) else {
        Issue.record("not a row: \(row)")
        continue
      }
      #expect(AnnualMix.of(mix.code)?.country == mix.country)
      #expect(AnnualMix.of(mix.code3)?.country == mix.country)
      #expect(0...1.0001 ~= mix.renewable)
      #expect(mix.renewable <= mix.lowCarbon + 1e-12)
      #expect(mix.intensity.map { 5...1500 ~= $0 } ?? (mix.code == "CF"))
      #expect(2009...2025 ~= mix.year)
    }
    #expect(AnnualMix.of("uk")?.country == "United Kingdom")
    #expect(AnnualMix.of("EU")?.code == "EUU")
    #expect(AnnualMix.of("XX") == nil)
  }

  @Test(arguments: [
    "", "FR|FRA|France", "FR|FRA|France|2025|50|7|10|2|0|69|3|0|2|44|2024|p",
    "FR|FRA|France|2025|5|7|10|2|0|x|3|0|2|44|2024|p",
    "FR|FRA|France|2025|6|8|10|2|0|69|3|0|2|-4|2024|p",
  ]) func rowsThatDoNotAddUpAreRefused(row: String) {
    #expect(AnnualMix(row: row) == nil)
  }

  @Test func theCatalogueTakesACountryInThreeWays() throws {
    let context = SourceContext(machine: "box", timeZone: "Asia/Tokyo", country: "SE")
    func code(_ request: SourceRequest) throws -> String? {
      var source = try SourceCatalogue.sensors.make(request, in: context)
      return try source.sample(FixedClock(Self.start)).devices.first?.id.name
    }
    #expect(try code(SourceRequest(text: "grid")) == "SE")
    #expect(try code(SourceRequest(text: "grid:NO")) == "NO")
    #expect(try code(SourceRequest(kind: "grid", options: ["country": "DK"])) == "DK")
    #expect(throws: SourceRequestError.self) {
      try SourceCatalogue.sensors.make(SourceRequest(text: "grid:ZZ"), in: context)
    }
  }

  @Test func timesWithAZoneAreRead() {
    #expect(RFC3339.nanoseconds("1970-01-01T00:00:00Z".utf8) == 0)
    #expect(
      RFC3339.nanoseconds("2024-02-29 23:59:59,5+0530".utf8)
        == 1_709_231_399_500_000_000)
    for text in [
      "2024-02-29T23:59:59", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "", "2024",
      "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+1",
    ] {
      #expect(RFC3339.nanoseconds(text.utf8) == nil, "\(text)")
    }
  }
}
