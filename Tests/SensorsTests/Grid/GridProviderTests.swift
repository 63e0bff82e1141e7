import Telemetry
import Testing

@testable import Sensors

/// What each service's answers mean, by small ones of the same shape.
@Suite struct GridProviderTests {
  static let now = GridStamp.time("2026-03-10T12:00:00Z") ?? Timestamp(seconds: 0)

  private func decode(
    _ provider: any GridProvider.Type, _ text: String, _ purpose: GridRequest.Purpose = .mix,
    zone: String = "DE", now: Timestamp = now
  ) throws(GridRefusal) -> GridAnswer {
    try provider.decode(
      Array(text.utf8), GridRequest(purpose, "/", cadence: 900), GridAsk(zone: zone, now: now))
  }

  private func seconds(_ text: String) -> Int { Int(GridStamp.time(text)?.seconds ?? 0) }

  // MARK: All of them

  @Test(arguments: GridProviders.all.map { $0.name })
  func `A service is named, has terms and asks with what can be sent`(name: String) throws {
    let provider = try #require(GridProviders.named(name))
    #expect(GridProviders.all.count { $0.name == name } == 1)
    #expect(!provider.title.isEmpty && provider.cadence >= 60)
    // Where it is and under which terms the user says of a source of their own.
    #expect(provider.isOwn || provider.base.hasPrefix("https://") && !provider.licence.isEmpty)
    let zone = try #require(
      ["DE", "FR", "GB", "DK1", "CISO", "NSW1", "CAISO_NORTH"].first { provider.covers($0) })
    #expect(provider.isOwn || !provider.covers("") && !provider.covers("../x"))
    let requests = provider.requests(GridAsk(zone: zone, now: Self.now, key: "me:secret-key"))
    #expect(!requests.isEmpty && Set(requests.map(\.purpose)).count == requests.count)
    for request in requests {
      #expect(request.path.hasPrefix("/") || provider.isOwn && request.path.isEmpty)
      #expect(request.path.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "\(request.path)")
      #expect(!request.path.contains("secret-key"))
      let shown = request.secretHeader?.description ?? ""
      #expect(!shown.contains("secret-key"))
    }
  }

  @Test(arguments: GridProviders.all.map { $0.name })
  func `An answer that is none is refused in words`(name: String) throws {
    let provider = try #require(GridProviders.named(name))
    for text in [
      "", " ", "{}", "[]", "null", "<html></html>", "{\"data\":", "{\"unix_seconds\":[1,2",
      "[{\"date_heure\":\"2026-03-10T11:00:00+00:00\"", "{\"data\":[]}", "{\"records\":[]}", "7",
    ] {
      for purpose in [GridRequest.Purpose.mix, .intensity, .forecast] {
        let refusal = #expect(throws: GridRefusal.self, "\(text)") {
          try decode(provider, text, purpose)
        }
        #expect(refusal?.words.isEmpty == false)
      }
    }
  }

  // MARK: Energy-Charts

  private func powerPage(_ rows: [(String, String)], starts: String) -> String {
    let types = rows.map { "{\"name\":\"\($0.0)\",\"data\":[\($0.1)]}" }.joined(separator: ",")
    return "{\"unix_seconds\":[\(starts)],\"production_types\":[\(types)],\"deprecated\":false}"
  }

  @Test func `The newest quarter that lacks a fuel waits until it is whole`() throws {
    let start = seconds("2026-03-10T11:00Z")
    let page = powerPage(
      [
        ("Hydro pumped storage consumption", "-900,-800,null"),
        ("Cross border electricity trading", "1200,1100,1000"), ("Nuclear", "null,null,null"),
        ("Fossil gas", "500,400,400"), ("Hydro pumped storage", "100,100,100"),
        ("Waste", "100,100,100"), ("Wind onshore", "300,400,500"), ("Solar", "100,100,null"),
        ("Load", "1000,1000,1000"), ("Residual load", "600,500,400"),
        ("Renewable share of generation", "50,60,70"),
      ], starts: "\(start),\(start + 900),\(start + 1800)")
    let answer = try decode(EnergyCharts.self, page)
    #expect(answer.intervals.count == 2)
    #expect(answer.leftOut == .incomplete)
    let first = try #require(answer.intervals.first)
    #expect(first.span == TimeSpan(Timestamp(seconds: Double(start)), last(900, start)))
    #expect(first.quality == .measured)
    #expect(first[.renewableShare] == 0.45)
    #expect(first[.nuclearShare] == nil)
    #expect(first[.renewableShareOfLoad] == 0.45)
  }

  private func last(_ seconds: Double, _ start: Int) -> Timestamp {
    Timestamp(seconds: Double(start) + seconds)
  }

  @Test func `Renewables above the load are told as they are, over the end of summer time too`()
    throws
  {
    // The day has 25 hours; its first one is missing, and times are seconds, so none is told twice.
    let midnight = seconds("2025-10-25T22:00Z")
    let starts = (4..<100).map { midnight + 900 * $0 }
    let shares = starts.indices.map { "\(103 + $0 % 20).5" }.joined(separator: ",")
    let page =
      "{\"unix_seconds\":[\(starts.map(String.init).joined(separator: ","))],\"ren_share\":[\(shares)],"
      + "\"solar_share\":null,\"substitute\":true,\"deprecated\":false}"
    let answer = try decode(
      EnergyCharts.self, page, .forecast,
      now: try #require(GridStamp.time("2025-10-26T09:00:00Z")))
    #expect(answer.intervals.count == 96)
    #expect(answer.intervals.allSatisfy { ($0[.renewableShareOfLoad] ?? 0) > 1 })
    #expect(answer.intervals.allSatisfy { $0[.renewableShare] == nil && $0.quality == .forecast })
    #expect(
      zip(answer.intervals.dropFirst(), answer.intervals).allSatisfy {
        $0.span.start == $1.span.end
      })
    #expect(answer.remark.contains("guessed"))
  }

  @Test func `Nothing in all its lists is nothing, and unequal lists are refused`() {
    let empty =
      "{\"unix_seconds\":[],\"ren_share\":[],\"solar_share\":[],\"substitute\":false}"
    #expect(throws: GridRefusal.empty) { try decode(EnergyCharts.self, empty, .forecast) }
    #expect(throws: GridRefusal.shape("“ren_share” has 1 values for 2 times")) {
      try decode(EnergyCharts.self, "{\"unix_seconds\":[0,900],\"ren_share\":[50]}", .forecast)
    }
    #expect(throws: GridRefusal.empty) {
      try decode(
        EnergyCharts.self, "{\"unix_seconds\":[0,900],\"ren_share\":[null,null]}", .forecast)
    }
  }

  // MARK: RTE

  private func row(_ time: String, _ rate: String, more: String = "") -> String {
    """
    {"perimetre":"France","date_heure":"\(time)","consommation":50000,"fioul":"100","charbon":10,
    "gaz":2000,"nucleaire":38000,"eolien":3000,"eolien_terrestre":"2900","solaire":2000,
    "hydraulique":5000,"hydraulique_step_turbinage":400,"pompage":-300,"bioenergies":700,
    "bioenergies_dechets":200,"taux_co2":\(rate),"stockage_batterie":"-4"\(more)}
    """
  }

  @Test func `RTE's rows are read in any order, with numbers as texts and nulls`() throws {
    let forecast =
      "{\"date_heure\":\"2026-03-10T11:30:00+00:00\",\"prevision_j\":51000,\"consommation\":null,"
      + "\"nucleaire\":null,\"taux_co2\":null}"
    let rows = [
      row("2026-03-10T12:15:00+01:00", "25"), forecast, row("2026-03-10T12:00:00+01:00", "null"),
    ]
    for page in [
      "[\(rows.joined(separator: ","))]",
      "{\"total_count\":3,\"results\":[\(rows.joined(separator: ","))]}",
      "{\"nhits\":3,\"records\":[\(rows.map { "{\"fields\":\($0)}" }.joined(separator: ","))]}",
    ] {
      let answer = try decode(RTEMix.self, page, zone: "FR")
      try #require(answer.intervals.count == 2)
      let (first, second) = (answer.intervals[0], answer.intervals[1])
      #expect(first.span.start == GridStamp.time("2026-03-10T11:00:00Z"))
      #expect(first.span.seconds == 900)
      #expect(second[.directIntensity] == 25)
      // By hand: 986·10 + 777·100 + 429·2000 + 494·700 over 50,810.
      #expect(abs((first[.directIntensity] ?? 0) - 25.41) < 0.01)
      // 3000 + 2000 + 4600 + 500 + half of 200, over all but what pumped storage gives back.
      #expect(abs((first[.renewableShare] ?? 0) - 10_200 / 50_410.0) < 1e-9)
      #expect(abs((first[.renewableShareOfLoad] ?? 0) - 0.204) < 1e-9)
    }
  }

  @Test func `A rate of zero is none, and the mix says it`() throws {
    let answer = try decode(
      RTEMix.self,
      "[\(row("2026-03-10T11:00:00Z", "0")),\(row("2026-03-10T11:15:00Z", "\"0\""))]", zone: "FR")
    #expect(answer.intervals.allSatisfy { ($0[.directIntensity] ?? 0) > 20 })
  }

  // MARK: Great Britain

  private static let mix = """
    [{"fuel":"gas","perc":30},{"fuel":"coal","perc":0},{"fuel":"biomass","perc":5},
    {"fuel":"nuclear","perc":15.1},{"fuel":"imports","perc":20},{"fuel":"other","perc":0},
    {"fuel":"wind","perc":25},{"fuel":"solar","perc":5},{"fuel":"hydro","perc":0}]
    """

  private func period(_ from: String, _ to: String, _ rest: String) -> String {
    "{\"from\":\"2026-03-10T\(from)Z\",\"to\":\"2026-03-10T\(to)Z\",\(rest)}"
  }

  @Test func `A region's answer is a list or an object, and never measured`() throws {
    let periods = [
      period("11:00", "11:30", "\"intensity\":{\"forecast\":150},\"generationmix\":\(Self.mix)"),
      period("12:00", "12:30", "\"intensity\":{\"forecast\":160},\"generationmix\":\(Self.mix)"),
    ].joined(separator: ",")
    let region = "{\"regionid\":12,\"shortname\":\"South England\",\"data\":[\(periods)]}"
    for page in ["{\"data\":[\(region)]}", "{\"data\":\(region)}"] {
      let answer = try decode(CarbonIntensityGB.self, page, zone: "GB-12")
      try #require(answer.intervals.count == 2)
      #expect(answer.intervals.map(\.quality) == [.estimated, .forecast])
      let first = answer.intervals[0]
      #expect(first[.directIntensity] == 150)
      // 35 of 80.1 that are made within.
      #expect(abs((first[.renewableShare] ?? 0) - 35 / 80.1) < 1e-9)
    }
  }

  @Test func `What is measured of the country is told apart from what was forecast`() throws {
    let page = """
      {"data":[\(period("10:30", "11:00", "\"intensity\":{\"forecast\":266,\"actual\":263}")),
      \(period("11:30", "12:00", "\"intensity\":{\"forecast\":250,\"actual\":null}")),
      \(period("12:00", "12:30", "\"intensity\":{\"forecast\":240,\"actual\":null}"))]}
      """
    let answer = try decode(CarbonIntensityGB.self, page, .intensity, zone: "GB")
    #expect(answer.intervals.map(\.quality) == [.measured, .estimated, .forecast])
    #expect(answer.intervals.map { $0[.directIntensity] } == [263, 250, 240])
    #expect(answer.intervals.allSatisfy { $0[.carbonIntensity] == nil })
    let generation = "{\"data\":\(period("11:00", "11:30", "\"generationmix\":\(Self.mix)"))}"
    let now = try decode(CarbonIntensityGB.self, generation, zone: "GB")
    #expect(now.intervals.first?.quality == .measured)
  }

  @Test func `A mix that does not add up is left out, and an outage says so`() throws {
    let wrong = period("11:00", "11:30", "\"generationmix\":[{\"fuel\":\"gas\",\"perc\":60}]")
    let right = period("11:30", "12:00", "\"generationmix\":\(Self.mix)")
    let answer = try decode(CarbonIntensityGB.self, "{\"data\":[\(wrong),\(right)]}", zone: "GB")
    #expect(answer.intervals.count == 1)
    #expect(answer.leftOut?.words.contains("60") == true)
    let error =
      "{\"error\":{\"code\":\"500 Internal Server Error\",\"message\":\"Requested resource not found.\"}}"
    #expect(throws: GridRefusal.service("Requested resource not found.")) {
      try decode(CarbonIntensityGB.self, error, zone: "GB")
    }
  }

  @Test(arguments: [
    ("GB", true), ("gb-rg10", true), ("GB-17", true), ("GB-18", false), ("GB-0", false),
    ("GB-10A", false), ("DE", false), ("GB-../x", false),
  ]) func `Zones of Great Britain`(zone: String, isKnown: Bool) {
    #expect(CarbonIntensityGB.covers(zone) == isKnown)
  }
}
