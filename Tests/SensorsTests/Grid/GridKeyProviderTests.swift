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

  private func australia(_ series: [(fuel: String, region: String, values: String)]) -> String {
    let rows = series.map {
      "{\"name\":\"x\",\"columns\":{\"region\":\"\($0.region)\",\"fueltech\":\"\($0.fuel)\"},"
        + "\"data\":[\($0.values)]}"
    }
    return "{\"success\":true,\"error\":null,\"data\":[{\"metric\":\"power\",\"interval\":\"5m\","
      + "\"results\":[\(rows.joined(separator: ","))]}]}"
  }

  @Test func `Australia's rooftops come late, stores and borders generate nothing`() throws {
    func values(_ first: String, _ second: String) -> String {
      "[\"2026-03-10T21:00:00+10:00\",\(first)],[\"2026-03-10T21:05:00+10:00\",\(second)]"
    }
    let page = australia([
      ("COAL_BLACK", "NSW1", values("600", "600")), ("wind", "NSW1", values("100", "100")),
      ("SOLAR_ROOFTOP", "NSW1", values("300", "null")), ("exports", "NSW1", values("90", "90")),
      ("battery_charging", "NSW1", values("50", "50")), ("pumps", "NSW1", values("50", "50")),
      ("battery_discharging", "NSW1", values("70", "70")), ("imports", "NSW1", values("9", "9")),
      ("coal_brown", "VIC1", values("9000", "9000")),
    ])
    let answer = try decode(OpenElectricity.self, page, zone: "NSW1")
    #expect(answer.intervals.count == 1 && answer.leftOut == .incomplete)
    let first = try #require(answer.intervals.first)
    #expect(first.span == TimeSpan(Self.now - 3600, Self.now - 3300))
    #expect(first[.renewableShare] == 0.4 && first[.coalShare] == 0.6)
    #expect(throws: GridRefusal.empty) { try decode(OpenElectricity.self, page, zone: "QLD1") }
    #expect(throws: GridRefusal.service("over quota")) {
      try decode(
        OpenElectricity.self, "{\"success\":false,\"error\":\"over quota\",\"data\":[]}",
        zone: "NEM")
    }
    // Its clock knows no summer time, and a day of five regions would be too much at once.
    let path = OpenElectricity.requests(GridAsk(zone: "NSW1", now: Self.now)).first?.path ?? ""
    #expect(path.contains("date_start=2026-03-10T10:00:00") && !path.hasSuffix("Z"), "\(path)")
  }

  @Test func `WattTime's pounds become grams, of the region and unit that were asked for`() throws {
    func page(_ region: String, _ units: String) -> String {
      "{\"meta\":{\"region\":\"\(region)\",\"signal_type\":\"co2_moer\",\"units\":\"\(units)\"},"
        + "\"data\":[{\"point_time\":\"2026-03-10T11:00:00+00:00\",\"value\":412.5}]}"
    }
    let intervals = try decode(
      WattTime.self, page("CAISO_NORTH", "lbs_co2_per_mwh"), .intensity, zone: "CAISO_NORTH"
    ).intervals
    let value = try #require(intervals.first?[.marginalIntensity])
    #expect(abs(value - 187.1069) < 0.001 && intervals.first?.quality == .estimated)
    #expect(intervals.first?.span.seconds == 300)
    for (region, units) in [("PJM", "lbs_co2_per_mwh"), ("CAISO_NORTH", "percentile")] {
      #expect(throws: GridRefusal.self) {
        try decode(WattTime.self, page(region, units), .intensity, zone: "CAISO_NORTH")
      }
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
