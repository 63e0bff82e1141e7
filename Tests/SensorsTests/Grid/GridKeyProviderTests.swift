import Telemetry
import Testing

@testable import Sensors

/// What the services beyond the first three mean, by small answers of the same shape.
@Suite struct GridKeyProviderTests {
  static let now = GridStamp.time("2026-03-10T12:00:00Z") ?? Timestamp(seconds: 0)

  private func decode(
    _ provider: any GridProvider.Type, _ text: String, _ purpose: GridRequest.Purpose = .mix,
    zone: String
  ) throws(GridRefusal) -> GridAnswer {
    try provider.decode(
      Array(text.utf8), GridRequest(purpose, "/", cadence: 900), GridAsk(zone: zone, now: Self.now))
  }

  @Test func `Electricity Maps tells what is estimated, and of which zone`() throws {
    let row =
      "{\"zone\":\"DE\",\"carbonIntensity\":400,\"datetime\":\"2026-03-10T10:00:00.000Z\","
      + "\"emissionFactorType\":\"lifecycle\",\"isEstimated\":true}"
    let estimated = try decode(ElectricityMaps.self, row, .intensity, zone: "DE").intervals
    #expect(estimated.map(\.quality) == [.estimated])
    #expect(estimated.first?[.carbonIntensity] == 400)
    #expect(throws: GridRefusal.self) {
      try decode(ElectricityMaps.self, row, .intensity, zone: "FR")
    }
    let mix =
      "{\"zone\":\"DE\",\"history\":[{\"datetime\":\"2026-03-10T09:00:00.000Z\",\"isEstimated\":false,"
      + "\"powerConsumptionBreakdown\":{\"wind\":300,\"coal\":600,\"nuclear\":null,\"unknown\":100,"
      + "\"hydro discharge\":200},\"powerConsumptionTotal\":1200}]}"
    let first = try #require(try decode(ElectricityMaps.self, mix, zone: "DE").intervals.first)
    #expect(first[.renewableShare] == 0.3 && first[.carbonIntensity] == nil)
    #expect(first.quality == .measured && first.span.seconds == 3600)
  }

  @Test func `EIA's hours are named by their ends, and numbers may be texts`() throws {
    let rows = [("NG", "\"600\""), ("SUN", "400"), ("BAT", "\"-55\""), ("OTH", "null")].map {
      "{\"period\":\"2026-03-10T06\",\"respondent\":\"CISO\",\"fueltype\":\"\($0.0)\",\"value\":\($0.1)}"
    }
    let page = "{\"response\":{\"data\":[\(rows.joined(separator: ","))]}}"
    let first = try #require(try decode(EIA.self, page, zone: "CISO").intervals.first)
    #expect(first.span.start == GridStamp.time("2026-03-10T05:00:00Z"))
    #expect(first[.renewableShare] == 0.4)
    let alone = "{\"response\":{\"data\":[\(rows[0])]}}"
    #expect(throws: GridRefusal.incomplete) { try decode(EIA.self, alone, zone: "CISO") }
    #expect(throws: GridRefusal.empty) {
      try decode(EIA.self, "{\"response\":{\"data\":[]}}", zone: "CISO")
    }
  }

  @Test func `Denmark's thermal stations leave renewables unknown`() throws {
    let row =
      "{\"Minutes5UTC\":\"2026-03-10T11:00:00\",\"PriceArea\":\"DK1\",\"ProductionLt100MW\":100,"
      + "\"ProductionGe100MW\":100,\"OffshoreWindPower\":500,\"OnshoreWindPower\":200,\"SolarPower\":100}"
    let page = "{\"records\":[\(row),{\"PriceArea\":\"DK2\"}]}"
    let first = try #require(try decode(EnergiDataService.self, page, zone: "DK1").intervals.first)
    #expect(first[.windShare] == 0.7 && first[.solarShare] == 0.1)
    #expect(first[.renewableShare] == nil)
    let forecast =
      "{\"records\":[{\"Minutes5UTC\":\"2026-03-10T14:00:00\",\"PriceArea\":\"DK1\",\"CO2Emission\":123}]}"
    let ahead = try decode(EnergiDataService.self, forecast, .forecast, zone: "DK1").intervals
    #expect(ahead.map(\.quality) == [.forecast] && ahead.first?[.directIntensity] == 123)
  }
}
