import Telemetry
import Testing

@testable import Sensors

/// Who is asked of a zone, and why none of the others.
@Suite struct GridChoiceTests {
  private func choice(
    _ zone: String, _ options: [String: String] = [:], _ environment: [String: String] = [:]
  ) -> GridChoice { GridChoice(zone: zone, options: options, environment: environment) }

  @Test func `The operator comes first, then whoever needs no key, then whoever has one`() {
    #expect(choice("FR").chosen?.host == "odre.opendatasoft.com")
    #expect(choice("fr").rows.first { $0.name == "energy-charts" }?.verdict == .later)
    #expect(choice("GB").chosen?.name == "gb")
    #expect(choice("DE").chosen?.host == "api.energy-charts.info")
    #expect(choice("DK1").chosen?.name == "energi-data")
    #expect(choice("NSW1").chosen == nil)
    #expect(
      choice("NSW1").rows.first { $0.name == "openelectricity" }?.verdict
        == .needsKey("OPENELECTRICITY_API_KEY"))
    let keys = ["OPENELECTRICITY_API_KEY": "k", "EIA_API_KEY": "k", "WATTTIME_LOGIN": "a:b"]
    #expect(choice("NSW1", [:], keys).chosen?.name == "openelectricity")
    #expect(choice("CISO", [:], keys).chosen?.name == "eia")
  }

  @Test func `A country is no balancing authority, and a marginal service is never chosen`() {
    let keys = ["EIA_API_KEY": "k", "WATTTIME_LOGIN": "a:b"]
    #expect(choice("IS", [:], keys).chosen == nil)
    #expect(choice("CAISO_NORTH", [:], keys).chosen == nil)
    #expect(
      choice("CAISO_NORTH", [:], keys).rows.first { $0.name == "watttime" }?.verdict == .byName)
    #expect(choice("CAISO_NORTH", ["provider": "watttime"]).chosen?.host == "api.watttime.org")
  }

  @Test func `All services are told once, and the one that is named comes first`() {
    let rows = choice("DE", ["provider": "json", "base": "http://10.0.0.7/x"]).rows
    #expect(rows.map(\.name).sorted() == GridProviders.all.map { $0.name }.sorted())
    #expect(rows.first?.host == "10.0.0.7" && rows.count { $0.verdict.isChosen } == 1)
    #expect(rows.allSatisfy { !$0.verdict.words.isEmpty })
    // What it could be asked of by its name alone is told, and what it cannot know as well.
    #expect(rows.first { $0.name == "energy-charts" }?.verdict == .later)
    #expect(rows.first { $0.name == "eia" }?.verdict == .elsewhere(EIA.zones))
    #expect(choice("DE", ["provider": "csv", "base": "day.csv"]).chosen?.host == "")
  }
}
